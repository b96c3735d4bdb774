import type { Json } from '../../odoo/index.ts';
import { isList } from '../scope/json.ts';
import { badArgument, countOf, isNothing, textOf, textsOf } from './arguments.ts';
import { bindArguments } from './bind-arguments.ts';
import { boundedLimit, checkRows } from './bounds.ts';
import type { Caller } from './caller.ts';
import { withoutForeignNames } from './foreign-names.ts';
import { domainOf, type MethodRun, options } from './read-methods.ts';

/** `field`, `field:function` or `name:function(field)` (odoo/orm/models.py, read_group). */
const AGGREGATE = /^(\w+)(?::(\w+)(?:\((\w+)\))?)?$/;

const readGroup: MethodRun = async (call, caller) => {
  const { model } = call;
  const names = ['domain', 'fields', 'groupby', 'offset', 'limit', 'orderby', 'lazy'];
  const { named, context } = bindArguments(call, { on: 'model', names }, caller);
  caller.scope.model(model, 'read');
  const groupby = textsOf('groupby', named['groupby']);
  const fields = textsOf('fields', named['fields']);
  const groups = groupby.map((group) => withPart(model, group, caller));
  caller.scope.groupBy(
    model,
    groups,
    fields.map((field) => aggregateOf(model, field, caller)).filter(isAggregate),
  );
  const orderby = textOf('orderby', named['orderby']);
  judgeOrder(orderby, [...groupby, ...fields]);
  const rows = await caller.call(
    model,
    'read_group',
    [],
    options({
      ...{ domain: domainOf(model, named['domain'], caller), fields, groupby, orderby, context },
      ...{ offset: countOf('offset', named['offset']), limit: boundedLimit(named['limit'], caller) },
      lazy: named['lazy'] === undefined ? undefined : !isNothing(named['lazy']),
    }),
  );
  return checked(model, rows, caller);
};

const formattedReadGroup: MethodRun = async (call, caller) => {
  const { model } = call;
  const names = ['domain', 'groupby', 'aggregates', 'having', 'offset', 'limit', 'order'];
  const { named, context } = bindArguments(call, { on: 'model', names }, caller);
  caller.scope.model(model, 'read');
  if (!isNothing(named['having'])) throw badArgument('having is not taken here');
  const groupby = textsOf('groupby', named['groupby']);
  const aggregates = textsOf('aggregates', named['aggregates']);
  const order = textOf('order', named['order']);
  caller.scope.groupBy(model, groupby, aggregates, order);
  const rows = await caller.call(
    model,
    'formatted_read_group',
    [],
    options({
      ...{ domain: domainOf(model, named['domain'], caller), groupby, aggregates, order, context },
      ...{ offset: countOf('offset', named['offset']), limit: boundedLimit(named['limit'], caller) },
    }),
  );
  return checked(model, rows, caller);
};

/** The methods that group. */
export const GROUP_METHODS: ReadonlyMap<string, MethodRun> = new Map([
  ['read_group', readGroup],
  ['formatted_read_group', formattedReadGroup],
]);

function checked(model: string, rows: Json, caller: Caller): Json {
  checkRows(isList(rows) ? rows.length : 0, caller);
  return withoutForeignNames(model, rows, caller);
}

/** A date without a part is grouped by months here. */
function withPart(model: string, group: string, { scope }: Caller): string {
  const type = scope.meta(model, group)?.type;
  return type === 'date' || type === 'datetime' ? `${group}:month` : group;
}

/** As `field:function`; a field without a function, which Odoo sums up by its own, is judged here and left out. */
function aggregateOf(model: string, text: string, { scope }: Caller): string | null {
  if (text === '__count') return null;
  const [, name, aggregator, field] = AGGREGATE.exec(text) ?? [];
  if (name === undefined) throw badArgument(`Invalid field specification '${text}'`);
  if (aggregator !== undefined) return `${field ?? name}:${aggregator}`;
  scope.field(model, name);
  return null;
}

function isAggregate(text: string | null): text is string {
  return text !== null;
}

/** What is ordered by must be among what is judged already: a group, an aggregate, their names in the answer, or a count. */
function judgeOrder(order: string | undefined, judged: readonly string[]): void {
  const known = new Set(['__count', ...judged.flatMap((text) => [text, text.split(':')[0] ?? text])]);
  for (const term of order?.split(',') ?? []) {
    const [name = ''] = term.trim().split(/\s+/);
    if (known.has(name) || known.has(name.replace(/_count$/, ''))) continue;
    throw badArgument(`order may name groups and aggregates only, not '${name}'`);
  }
}
