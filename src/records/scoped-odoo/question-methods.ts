import type { Json } from '../../odoo/index.ts';
import { isList } from '../scope/json.ts';
import { badArgument, isNothing, textOf } from './arguments.ts';
import { bindArguments } from './bind-arguments.ts';
import { checkIds } from './bounds.ts';
import type { Caller } from './caller.ts';
import { isAllowed } from './foreign-names.ts';
import { type MethodRun, options } from './read-methods.ts';

const RIGHTS = ['read', 'create', 'write', 'unlink'] as const;
type Right = (typeof RIGHTS)[number];

function rightOf(value: Json | undefined): Right {
  const text = textOf('operation', value);
  const right = RIGHTS.find((known) => known === text);
  if (right === undefined) throw badArgument(`operation must be one of ${RIGHTS.join(', ')}`);
  return right;
}

/** The endpoint's right first, then the user's. */
const checkAccessRights: MethodRun = async (call, caller) => {
  const { model } = call;
  const names = ['operation', 'raise_exception'];
  const { named } = bindArguments(call, { on: 'model', names }, caller);
  const operation = rightOf(named['operation']);
  const raises = named['raise_exception'] === undefined || !isNothing(named['raise_exception']);
  if (raises) caller.scope.model(model, operation);
  else if (!hasRight(model, operation, caller)) return false;
  const kwargs = { operation, raise_exception: raises };
  // From Odoo 18 on it gives nothing where it does not raise.
  return (await caller.call(model, 'check_access_rights', [], options(kwargs))) ?? true;
};

const hasAccess: MethodRun = async (call, caller) => {
  const { model } = call;
  const { ids, named, context } = bindArguments(
    call,
    { on: 'records-or-none', names: ['operation'] },
    caller,
  );
  const operation = rightOf(named['operation']);
  checkIds(ids, caller);
  if (!hasRight(model, operation, caller)) return false;
  return await caller.call(model, 'has_access', [ids], options({ operation, context }));
};

/** As a search: Odoo's own is private from 19 on, and tells of records that the user may not see. */
const exists: MethodRun = async (call, caller) => {
  const { model } = call;
  const { ids } = bindArguments(call, { on: 'records', names: [] }, caller);
  caller.scope.model(model, 'read');
  checkIds(ids, caller);
  if (ids.length === 0) return [];
  const kwargs = { limit: ids.length, context: { active_test: false } };
  const found = await caller.call(model, 'search', [[['id', 'in', ids]]], options(kwargs));
  const known = new Set(isList(found) ? found : []);
  return ids.filter((id) => known.has(id));
};

/** What clients ask first, for language and time zone; of the endpoint's own user, so that no grant is needed. */
export const contextGet: MethodRun = async (call, caller) => {
  bindArguments({ ...call, args: [] }, { on: 'model', names: [] }, caller);
  return await caller.call('res.users', 'context_get', [], options({}));
};

/** The methods that ask for rights. */
export const QUESTION_METHODS: ReadonlyMap<string, MethodRun> = new Map([
  ['check_access_rights', checkAccessRights],
  ['has_access', hasAccess],
  ['exists', exists],
]);

function hasRight(model: string, right: Right, { scope }: Caller): boolean {
  return isAllowed(() => scope.model(model, right));
}
