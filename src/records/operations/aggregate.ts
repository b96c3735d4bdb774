import { z } from 'zod';
import { type Json, OdooError } from '../../odoo/index.ts';
import { isList, isObject, type JsonObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { isoMoment } from './dates.ts';
import { given, incomingDomain } from './incoming.ts';
import type { Shape } from './outgoing.ts';
import type { Acting } from './reading.ts';

export type AggregateRequest = {
  model: string;
  domain?: Json | undefined;
  /** Fields, and parts of dates as `date_order:month`. */
  groupBy: readonly string[];
  /** `__count`, or `<field>:<how>` as `amount_total:sum`. */
  aggregates?: readonly string[] | undefined;
  order?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  context?: Json | undefined;
};

export type AggregateParts = {
  scope: Scope;
  acting: Acting;
  shape: Shape;
  /** Odoo's series, as 19. */
  series: () => Promise<number>;
};

/** Odoo 19 has `formatted_read_group`, and `read_group` only to be left behind. */
const FIRST_WITH_FORMATTED = 19;
const Groups = z.array(z.record(z.string(), z.custom<Json>()));

/** Groups with their figures, in one RPC call. A relation is told as `{"id": n}`, a part of a date by the day or moment it begins at. */
export async function aggregateRecords(
  parts: AggregateParts,
  request: AggregateRequest,
): Promise<JsonObject[]> {
  const { scope, acting, shape, series } = parts;
  const { model, groupBy, aggregates = ['__count'], offset } = request;
  scope.groupBy(model, groupBy, aggregates, request.order);
  const domain = incomingDomain(scope, model, scope.domain(model, request.domain ?? []));
  const context = scope.context(request.context);
  const limit = Math.min(request.limit ?? scope.endpoint.maxRecords, scope.endpoint.maxRecords);
  const order = request.order ?? quietOrder(scope, model, groupBy);
  const isFormatted = (await series()) >= FIRST_WITH_FORMATTED;
  const names = new Map(aggregates.map((aggregate, index) => [aggregate, `a${index}`]));
  const answer = isFormatted
    ? await acting.call(model, 'formatted_read_group', [], {
        kwargs: given({ domain, groupby: groupBy, aggregates, offset, limit, order, context }),
        idempotent: true,
      })
    : await acting.call(model, 'read_group', [], {
        kwargs: given({
          ...{ domain, fields: olderAggregates(names), groupby: groupBy, offset, limit, orderby: order },
          ...{ lazy: false, context },
        }),
        idempotent: true,
      });
  const groups = Groups.safeParse(answer);
  if (!groups.success) throw unexpected(model);
  return groups.data.map((group) => {
    const told: { [name: string]: Json } = {};
    for (const name of groupBy) told[name] = keyOf({ scope, shape }, model, name, group);
    for (const [aggregate, older] of names) {
      told[aggregate] = group[isFormatted || aggregate === '__count' ? aggregate : older] ?? null;
    }
    return told;
  });
}

/** Where groups would be sorted by the names of records that nobody may see, they come by their first record. */
function quietOrder(scope: Scope, model: string, groupBy: readonly string[]): string | undefined {
  const isByName = groupBy.some((group) => {
    const { relation } = scope.field(model, group.split(':')[0] ?? '');
    return relation !== null && !scope.isWhole(relation);
  });
  return isByName ? 'id:min' : undefined;
}

/** `name:how(field)`, because two aggregates of one field would have one name. */
function olderAggregates(names: ReadonlyMap<string, string>): string[] {
  return [...names].flatMap(([aggregate, name]) => {
    const [field, how] = aggregate.split(':');
    return how === undefined ? [] : [`${name}:${how}(${field})`];
  });
}

function keyOf(
  { scope, shape }: { scope: Scope; shape: Shape },
  model: string,
  name: string,
  group: { readonly [name: string]: Json },
): Json {
  const { type, relation } = scope.field(model, name.split(':')[0] ?? '');
  const value = group[name] ?? false;
  const nothing = shape === 'v1' ? null : false;
  if (relation !== null || name === 'id' || type === 'property') {
    const id = isList(value) ? (value[0] ?? nothing) : value;
    if (type === 'property') return id;
    return id === false || id === null ? nothing : relation === null ? id : { id };
  }
  if (type !== 'date' && type !== 'datetime') return type !== 'boolean' && value === false ? nothing : value;
  const start = isList(value) ? value[0] : rangeStart(group['__range'], name);
  if (typeof start === 'string') return shape === 'v1' ? isoMoment(start) : start;
  return typeof value === 'number' ? value : nothing;
}

function rangeStart(ranges: Json | undefined, name: string): Json | undefined {
  const range = isObject(ranges) ? ranges[name] : undefined;
  return isObject(range) ? range['from'] : undefined;
}

function unexpected(model: string): OdooError {
  return new OdooError({
    ...{ kind: 'protocol', outcome: 'unknown' },
    message: `Odoo answered the groups of ${model} with something else than groups.`,
  });
}
