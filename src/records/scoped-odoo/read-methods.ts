import type { Json } from '../../odoo/index.ts';
import { isList, isObject, type JsonObject } from '../scope/json.ts';
import { countOf, listOf, textOf, textsOf } from './arguments.ts';
import { type BoundArguments, bindArguments, type Signature } from './bind-arguments.ts';
import { boundedLimit, checkIds, checkRows } from './bounds.ts';
import type { Caller, OdooCall } from './caller.ts';
import { isAllowed, withoutForeignNames, withoutPropertyNames } from './foreign-names.ts';
import { judgeSpecification } from './specification.ts';

/** Runs a call once it is judged: as few RPCs as the same call on Odoo itself. */
export type MethodRun = (call: OdooCall, caller: Caller) => Promise<Json>;

/** A method's run, given its arguments by name and the right that it needs on its model. */
function reading(
  signature: Signature,
  run: (model: string, bound: BoundArguments, caller: Caller) => Promise<Json>,
): MethodRun {
  return async (call, caller) => {
    caller.scope.model(call.model, 'read');
    return await run(call.model, bindArguments(call, signature, caller), caller);
  };
}

const read = reading({ on: 'records', names: ['fields', 'load'] }, async (model, bound, caller) => {
  const { ids, named, context } = bound;
  checkIds(ids, caller);
  const args = [ids, await readFieldsOf(model, named['fields'], caller)];
  const rows = await caller.call(model, 'read', args, options({ ...loadOf(named), context }));
  return withoutForeignNames(model, rows, caller);
});

const search = reading(
  { on: 'model', names: ['domain', 'offset', 'limit', 'order'], aliases: { args: 'domain' } },
  async (model, { named, context }, caller) => {
    const args = [domainOf(model, named['domain'], caller)];
    const ids = await caller.call(
      model,
      'search',
      args,
      options({ ...pageOf(model, named, caller), context }),
    );
    checkRows(isList(ids) ? ids.length : 0, caller);
    return ids;
  },
);

const searchRead = reading(
  { on: 'model', names: ['domain', 'fields', 'offset', 'limit', 'order', 'load'] },
  async (model, { named, context }, caller) => {
    const args = [
      domainOf(model, named['domain'], caller),
      await readFieldsOf(model, named['fields'], caller),
    ];
    const kwargs = { ...pageOf(model, named, caller), ...loadOf(named), context };
    const rows = await caller.call(model, 'search_read', args, options(kwargs));
    checkRows(isList(rows) ? rows.length : 0, caller);
    return withoutForeignNames(model, rows, caller);
  },
);

const searchCount = reading(
  { on: 'model', names: ['domain', 'limit'], aliases: { args: 'domain' } },
  async (model, { named, context }, caller) => {
    const limit = countOf('limit', named['limit']);
    const args = [domainOf(model, named['domain'], caller)];
    return await caller.call(model, 'search_count', args, options({ limit, context }));
  },
);

const webRead = reading({ on: 'records', names: ['specification'] }, async (model, bound, caller) => {
  const { ids, named, context } = bound;
  checkIds(ids, caller);
  const specification = judgeSpecification(model, named['specification'], caller);
  const rows = await caller.call(model, 'web_read', [ids], options({ specification, context }));
  return withoutPropertyNames(model, rows, specification, caller);
});

const webSearchRead = reading(
  { on: 'model', names: ['domain', 'specification', 'offset', 'limit', 'order', 'count_limit'] },
  async (model, { named, context }, caller) => {
    const specification = judgeSpecification(model, named['specification'], caller);
    const kwargs = {
      ...{ domain: domainOf(model, named['domain'], caller), specification },
      ...pageOf(model, named, caller),
      ...{ count_limit: countOf('count_limit', named['count_limit']), context },
    };
    const answer = await caller.call(model, 'web_search_read', [], options(kwargs));
    if (!isObject(answer)) return answer;
    const { records = [] } = answer;
    checkRows(isList(records) ? records.length : 0, caller);
    return { ...answer, records: withoutPropertyNames(model, records, specification, caller) };
  },
);

const nameSearch = reading(
  { on: 'model', names: ['name', 'domain', 'operator', 'limit'], aliases: { args: 'domain' } },
  async (model, { named, context }, caller) => {
    caller.scope.field(model, 'display_name');
    const name = textOf('name', named['name']) ?? '';
    const operator = textOf('operator', named['operator']) ?? 'ilike';
    const given = domainOf(model, named['domain'], caller);
    const limit = Math.min(countOf('limit', named['limit']) ?? 100, caller.scope.endpoint.maxRecords);
    if (caller.scope.isWhole(model)) {
      return await caller.call(model, 'name_search', [name, given, operator, limit], options({ context }));
    }
    // Odoo looks for a name in several fields, and so would tell of closed ones; here only the name itself is looked at.
    const leaf: Json[] = name === '' ? [] : [['name', operator, name]];
    const domain = [...leaf, ...given];
    caller.scope.domain(model, domain);
    const rows = await caller.call(
      model,
      'search_read',
      [domain, ['display_name']],
      options({ limit, context }),
    );
    return isList(rows)
      ? rows.map((row) => (isObject(row) ? [row['id'] ?? 0, row['display_name'] ?? ''] : row))
      : [];
  },
);

/** Of the model's fields only those that the endpoint has. */
const fieldsGet: MethodRun = async (call, caller) => {
  const { model } = call;
  const { named, context } = bindArguments(call, { on: 'model', names: ['allfields', 'attributes'] }, caller);
  judgeAnyRight(model, caller);
  const args = [textsOf('allfields', named['allfields']), textsOf('attributes', named['attributes'])];
  const answer = await caller.call(model, 'fields_get', args, options({ context }));
  if (!isObject(answer)) return answer;
  const isOpen = (field: string) => isAllowed(() => caller.scope.field(model, field));
  return Object.fromEntries(Object.entries(answer).filter(([field]) => isOpen(field)));
};

const defaultGet: MethodRun = async (call, caller) => {
  const { model } = call;
  const signature = { on: 'model', names: ['fields'], aliases: { fields_list: 'fields' } } as const;
  const { named, context } = bindArguments(call, signature, caller);
  caller.scope.model(model, 'create');
  const fields = fieldsOf(model, named['fields'], caller);
  const defaults = await caller.call(model, 'default_get', [fields], options({ context }));
  if (!isObject(defaults)) return defaults;
  // Those of lines hold values of another model.
  const isOpen = (field: string, value: Json) =>
    !isList(value) || isAllowed(() => caller.scope.values(model, { [field]: value }, 'create'));
  return Object.fromEntries(Object.entries(defaults).filter(([field, value]) => isOpen(field, value)));
};

/** The methods that only read. */
export const READ_METHODS: ReadonlyMap<string, MethodRun> = new Map([
  ['read', read],
  ['search', search],
  ['search_read', searchRead],
  ['search_count', searchCount],
  ['name_search', nameSearch],
  ['web_read', webRead],
  ['web_search_read', webSearchRead],
  ['fields_get', fieldsGet],
  ['default_get', defaultGet],
]);

/** A judged domain; an empty one for nothing. */
export function domainOf(model: string, value: Json | undefined, { scope }: Caller): readonly Json[] {
  const domain = listOf('domain', value);
  scope.domain(model, domain);
  return domain;
}

/** Judged names of fields; all that the endpoint has where none are named. */
function fieldsOf(model: string, value: Json | undefined, { scope }: Caller): string[] {
  const fields = textsOf('fields', value);
  if (fields.length === 0) return scope.fields(model);
  for (const field of fields) scope.field(model, field);
  return fields;
}

/**
 * The same for reading. Odoo refuses a field that its user may not see, and leaves it out where none are named; so it is asked
 * for those first. Files and images are given where they are named.
 */
async function readFieldsOf(model: string, value: Json | undefined, caller: Caller): Promise<string[]> {
  if (textsOf('fields', value).length > 0) return fieldsOf(model, value, caller);
  const kwargs = { allfields: caller.scope.fields(model), attributes: ['type'] };
  const described = await caller.call(model, 'fields_get', [], options(kwargs));
  const isFile = (meta: Json) => isObject(meta) && meta['type'] === 'binary';
  const names = isObject(described) ? Object.entries(described).filter(([, meta]) => !isFile(meta)) : [];
  const open = new Set(caller.scope.fields(model));
  const readable = names.map(([name]) => name).filter((name) => open.has(name));
  // None named would mean all of them.
  return readable.length === 0 ? ['id'] : readable;
}

function pageOf(model: string, named: BoundArguments['named'], caller: Caller) {
  const order = textOf('order', named['order']);
  if (order !== undefined) caller.scope.order(model, order);
  const offset = countOf('offset', named['offset']);
  return { offset, limit: boundedLimit(named['limit'], caller), order };
}

/** Without `load`, a many2one is told by its id and name; with anything else but that, by its id alone. */
function loadOf({ load }: BoundArguments['named']): { load?: Json } {
  return load === undefined || load === '_classic_read' ? {} : { load: false };
}

function judgeAnyRight(model: string, { scope }: Caller): void {
  const rights = ['create', 'write', 'unlink'] as const;
  if (!rights.some((right) => isAllowed(() => scope.model(model, right)))) scope.model(model, 'read');
}

/** Named arguments without those that were left out; reads may be tried again. */
export function options(kwargs: { readonly [name: string]: Json | undefined }): {
  kwargs: JsonObject;
  idempotent: true;
} {
  const given: Record<string, Json> = {};
  for (const [name, value] of Object.entries(kwargs)) if (value !== undefined) given[name] = value;
  return { kwargs: given, idempotent: true };
}

/** For what may be done only once. */
export function optionsOnce(context: JsonObject | undefined): { kwargs: JsonObject } {
  return { kwargs: context === undefined ? {} : { context } };
}
