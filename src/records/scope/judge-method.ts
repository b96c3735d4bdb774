import type { Json } from '../../odoo/index.ts';
import { isRefusedMethod } from './closed.ts';
import { isObject } from './json.ts';
import type { FieldJudge } from './judge-fields.ts';
import { namesFor, quoted, RecordsError } from './records-error.ts';

/** Arguments by which a method would act in somebody else's name. */
const ARGUMENTS_OF_OTHERS: ReadonlySet<string> = new Set([
  'author_id',
  'author_guest_id',
  'email_from',
  'uid',
]);
const ACTION = /^(action:[1-9]\d*|[a-z0-9_]+\.[a-zA-Z0-9_.-]+)$/;

/** Refuses methods that the endpoint does not name, those with a leading underscore, and those that go round its fields. */
export function judgeMethod(judge: FieldJudge, model: string, method: string): void {
  const { methods } = judge.callable(model);
  if (!isRefusedMethod(method) && methods.includes(method)) return;
  const allowed = methods.filter((name) => !isRefusedMethod(name));
  throw new RecordsError({
    ...{ code: 'method-not-allowed', model },
    message: `The method ${quoted(method)} of ${model} may not be called through this endpoint. Allowed are: ${namesFor(allowed)}.`,
  });
}

/** Refuses server actions (an external id, or `action:<id>`) that the endpoint does not name. */
export function judgeAction(judge: FieldJudge, model: string, action: string): void {
  const { methods } = judge.callable(model);
  const allowed = methods.filter((name) => ACTION.test(name));
  if (allowed.includes(action)) return;
  throw new RecordsError({
    ...{ code: 'method-not-allowed', model },
    message: `The server action ${quoted(action)} may not be run through this endpoint. Allowed are: ${namesFor(allowed)}.`,
  });
}

/** Refuses named arguments of a method by which it would act as somebody else; a context is judged by itself. */
export function judgeArguments(model: string, method: string, kwargs: Json | undefined): void {
  if (kwargs === undefined) return;
  if (!isObject(kwargs)) throw refused(model, `${method} takes named arguments as an object`);
  for (const name of Object.keys(kwargs)) {
    if (name === 'context') throw refused(model, `the context of ${method} stands beside its arguments`);
    if (ARGUMENTS_OF_OTHERS.has(name) || name.startsWith('_')) {
      throw refused(
        model,
        `${method} may not be given ${quoted(name)}: calls are made as the user of the endpoint`,
      );
    }
  }
}

/** Methods that are granted and yet never called, for the log. */
export function refusedMethodsOf(methods: readonly string[]): string[] {
  return methods.filter((name) => isRefusedMethod(name) && !ACTION.test(name));
}

function refused(model: string, why: string): RecordsError {
  return new RecordsError({ code: 'invalid-arguments', message: `On ${model}, ${why}.`, model });
}
