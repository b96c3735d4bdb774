import { isList } from '../scope/json.ts';
import { isNothing, objectOf } from './arguments.ts';
import { bindArguments } from './bind-arguments.ts';
import { checkIds } from './bounds.ts';
import { type MethodRun, optionsOnce } from './read-methods.ts';

const create: MethodRun = async (call, caller) => {
  const { model } = call;
  const aliases = { vals: 'vals_list', values: 'vals_list' };
  const { named, context } = bindArguments(call, { on: 'model', names: ['vals_list'], aliases }, caller);
  caller.scope.model(model, 'create');
  const given = named['vals_list'];
  const list = isList(given) ? given : [given ?? {}];
  checkIds(list, caller);
  const judged = list.map((values) => objectOf('values', values));
  for (const values of judged) caller.scope.values(model, values, 'create');
  // Always a list, so that all transports to Odoo answer alike.
  const ids = judged.length === 0 ? [] : await caller.call(model, 'create', [judged], optionsOnce(context));
  return isList(given) || !isList(ids) ? ids : (ids[0] ?? false);
};

const write: MethodRun = async (call, caller) => {
  const { model } = call;
  const aliases = { values: 'vals' };
  const { ids, named, context } = bindArguments(call, { on: 'records', names: ['vals'], aliases }, caller);
  caller.scope.model(model, 'write');
  checkIds(ids, caller);
  const values = objectOf('vals', named['vals']);
  caller.scope.values(model, values, 'write');
  if (ids.length === 0 || isNothing(values)) return true;
  return await caller.call(model, 'write', [ids, values], optionsOnce(context));
};

const unlink: MethodRun = async (call, caller) => {
  const { model } = call;
  const { ids, context } = bindArguments(call, { on: 'records', names: [] }, caller);
  caller.scope.model(model, 'unlink');
  checkIds(ids, caller);
  return ids.length === 0 ? true : await caller.call(model, 'unlink', [ids], optionsOnce(context));
};

/** The methods that change records. */
export const WRITE_METHODS: ReadonlyMap<string, MethodRun> = new Map<string, MethodRun>([
  ['create', create],
  ['write', write],
  ['unlink', unlink],
]);
