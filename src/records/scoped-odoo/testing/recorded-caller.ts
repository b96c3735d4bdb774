import type { Json } from '../../../odoo/index.ts';
import type { Endpoint, ModelGrant } from '../../endpoints/endpoint.ts';
import { sampleScope } from '../../scope/testing/sample-scope.ts';
import type { Caller } from '../caller.ts';

export type RecordedCall = { model: string; method: string; args: readonly Json[]; kwargs: unknown };

/** A caller whose Odoo answers with what is given, and what it was asked. */
export function recordedCaller(
  grants: readonly ModelGrant[],
  { answer = [], ...more }: Partial<Endpoint> & { answer?: Json } = {},
): Caller & { asked: RecordedCall[] } {
  const asked: RecordedCall[] = [];
  return {
    asked,
    scope: sampleScope(grants, more),
    call: async (model, method, args, options) => {
      asked.push({ model, method, args, kwargs: options?.kwargs ?? {} });
      return answer;
    },
  };
}
