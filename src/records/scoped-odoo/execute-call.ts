import type { Json } from '../../odoo/index.ts';
import { isList } from '../scope/json.ts';
import { contextOf } from './bind-arguments.ts';
import { checkIds } from './bounds.ts';
import type { Caller, OdooCall } from './caller.ts';
import { GROUP_METHODS } from './group-methods.ts';
import { contextGet, QUESTION_METHODS } from './question-methods.ts';
import { type MethodRun, READ_METHODS } from './read-methods.ts';
import { WRITE_METHODS } from './write-methods.ts';

const METHODS: ReadonlyMap<string, MethodRun> = new Map([
  ...READ_METHODS,
  ...GROUP_METHODS,
  ...WRITE_METHODS,
  ...QUESTION_METHODS,
]);

/**
 * Runs what an Odoo client asked for, as the endpoint's user: the methods of Odoo's ORM that are known here, each argument of
 * them judged, and beyond them those that the endpoint was granted by name. Everything else is refused by the scope.
 */
export function executeCall(call: OdooCall, caller: Caller): Promise<Json> {
  if (call.model === 'res.users' && call.method === 'context_get') return contextGet(call, caller);
  const run = METHODS.get(call.method) ?? granted;
  return run(call, caller);
}

/** Its arguments are the method's own business; the context and the number of records are not. */
const granted: MethodRun = async ({ model, method, ids, args: given, kwargs }, caller) => {
  const { context: asked, ...named } = kwargs;
  const args = ids === undefined ? given : [ids, ...given];
  caller.scope.method(model, method, named);
  const [records] = args;
  if (isList(records)) checkIds(records, caller);
  const context = contextOf(asked, caller);
  const options = { kwargs: context === undefined ? named : { ...named, context } };
  return await caller.call(model, method, args, options);
};
