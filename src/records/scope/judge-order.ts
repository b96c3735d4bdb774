import { isToMany } from './field-meta.ts';
import type { FieldJudge } from './judge-fields.ts';
import { namesFor, quoted, RecordsError } from './records-error.ts';

/** One term of an order, as Odoo reads it. */
export type OrderTerm = { path: string; descending: boolean; nulls: 'first' | 'last' | null };

const TERM =
  /^(?<path>[a-z0-9_]+(?:\.[a-z0-9_]+)?(?::[a-z_]+)?)(?: +(?<direction>asc|desc))?(?: +nulls +(?<nulls>first|last))?$/i;
const MOST_TERMS = 8;
const GRANULARITIES: ReadonlySet<string> = new Set([
  ...['hour', 'day', 'week', 'month', 'quarter', 'year', 'year_number', 'quarter_number', 'month_number'],
  ...[
    'iso_week_number',
    'day_of_year',
    'day_of_month',
    'day_of_week',
    'hour_number',
    'minute_number',
    'second_number',
  ],
]);
/** What all three series know (READ_GROUP_AGGREGATE), but for `recordset`, which is `array_agg`. */
const AGGREGATES: readonly string[] = [
  ...['sum', 'avg', 'max', 'min', 'bool_and', 'bool_or', 'array_agg', 'count', 'count_distinct'],
];
const MOST_GROUPS = 4;
const MOST_AGGREGATES = 20;

/** The terms of an order by fields that the endpoint may read; throws `invalid-order` or `field-not-allowed`. */
export function judgeOrder(judge: FieldJudge, model: string, order: string): OrderTerm[] {
  judge.right(model, 'read');
  const terms = orderTerms(model, order);
  for (const { path } of terms) judgeTerm(judge, model, path);
  return terms;
}

function judgeTerm(judge: FieldJudge, model: string, path: string): void {
  if (path.includes(':')) throw invalidOrder(model, `${quoted(path)} is no field`);
  if (path.endsWith('.id')) {
    const first = judge.path(model, path.slice(0, -3));
    if (first.type === 'many2one') return;
    throw invalidOrder(model, `${quoted(path)} is no path through one record`);
  }
  const meta = judge.path(model, path);
  if (path.includes('.') && meta.type !== 'property') {
    throw invalidOrder(
      model,
      `${quoted(path)} leads to another record; Odoo sorts by fields of the record itself`,
    );
  }
  if (isToMany(meta.type) || meta.type === 'binary')
    throw invalidOrder(model, `${path} is of type ${meta.type}`);
  // Odoo sorts by the order of the other model, whose fields nobody named.
  const other = meta.type === 'many2one' ? meta.relation : path === 'display_name' ? model : null;
  if (other !== null && !judge.isWhole(other)) {
    throw invalidOrder(
      model,
      `${path} is sorted by fields of ${other} that this endpoint may not all read; sort by a field of ${model} that holds a value`,
    );
  }
}

function orderTerms(model: string, order: string): OrderTerm[] {
  const parts = order.split(',').map((part) => part.trim());
  if (order.length > 500 || parts.length > MOST_TERMS)
    throw invalidOrder(model, `it has more than ${MOST_TERMS} terms`);
  return parts.map((part) => {
    const { path, direction, nulls } = TERM.exec(part)?.groups ?? {};
    if (path === undefined) {
      throw invalidOrder(model, `${quoted(part)} is no field with "asc" or "desc" behind it`);
    }
    return {
      path,
      descending: direction?.toLowerCase() === 'desc',
      nulls: nulls === undefined ? null : nulls.toLowerCase() === 'first' ? 'first' : 'last',
    };
  });
}

/** Refuses groups and aggregates by anything that the endpoint may not read. */
export function judgeGroups(
  judge: FieldJudge,
  model: string,
  {
    groupBy,
    aggregates,
    order,
  }: { groupBy: readonly string[]; aggregates: readonly string[]; order?: string | undefined },
): void {
  judge.right(model, 'read');
  if (groupBy.length > MOST_GROUPS)
    throw invalidGroups(model, `more than ${MOST_GROUPS} groups are asked for`);
  if (aggregates.length > MOST_AGGREGATES)
    throw invalidGroups(model, `more than ${MOST_AGGREGATES} aggregates are asked for`);
  for (const group of groupBy) judgeGroup(judge, model, group);
  for (const aggregate of aggregates) judgeAggregate(judge, model, aggregate);
  if (order === undefined) return;
  for (const { path } of orderTerms(model, order)) {
    if (groupBy.includes(path)) judgeGroupOrder(judge, model, path);
    else if (path.includes(':') || path === '__count') judgeAggregate(judge, model, path);
    else throw invalidOrder(model, `${quoted(path)} is neither a group nor an aggregate of this call`);
  }
}

function judgeGroup(judge: FieldJudge, model: string, group: string): void {
  const { path, granularity } =
    /^(?<path>[a-z0-9_.]+)(?::(?<granularity>[a-z_]+))?$/.exec(group)?.groups ?? {};
  if (path === undefined) throw invalidGroups(model, `${quoted(group)} is no field`);
  const meta = judge.path(model, path);
  const isDate = meta.type === 'date' || meta.type === 'datetime';
  if (isDate && granularity === undefined)
    throw invalidGroups(model, `${path} is a date: say which part, as ${path}:month`);
  if (
    granularity !== undefined &&
    (!(isDate || meta.type === 'property') || !GRANULARITIES.has(granularity))
  ) {
    throw invalidGroups(
      model,
      `${quoted(group)} has no such part; ${namesFor([...GRANULARITIES])} are parts of dates`,
    );
  }
  if (
    path === 'display_name' ||
    meta.type === 'one2many' ||
    meta.type === 'binary' ||
    meta.type === 'properties'
  ) {
    throw invalidGroups(model, `Odoo cannot group by ${path}`);
  }
}

function judgeGroupOrder(judge: FieldJudge, model: string, group: string): void {
  const meta = judge.path(model, group.split(':')[0] ?? '');
  if (!(meta.type === 'many2one' || isToMany(meta.type)) || meta.relation === null) return;
  if (!judge.isWhole(meta.relation)) {
    throw invalidOrder(
      model,
      `${group} is sorted by fields of ${meta.relation} that this endpoint may not all read`,
    );
  }
}

function judgeAggregate(judge: FieldJudge, model: string, aggregate: string): void {
  if (aggregate === '__count') return;
  const { field, how } = /^(?<field>[a-z0-9_]+):(?<how>[a-z_]+)$/.exec(aggregate)?.groups ?? {};
  if (field === undefined || how === undefined || !AGGREGATES.includes(how)) {
    throw invalidGroups(
      model,
      `${quoted(aggregate)} is no aggregate; write "__count" or <field>:<how> with ${AGGREGATES.join(', ')}`,
    );
  }
  if (field === 'display_name') throw invalidGroups(model, 'display_name holds no stored value');
  judge.path(model, field);
}

function invalidOrder(model: string, why: string): RecordsError {
  return new RecordsError({
    code: 'invalid-order',
    message: `The order for ${model} cannot be: ${why}.`,
    model,
  });
}

function invalidGroups(model: string, why: string): RecordsError {
  return new RecordsError({
    code: 'invalid-groups',
    message: `The groups of ${model} cannot be: ${why}.`,
    model,
  });
}
