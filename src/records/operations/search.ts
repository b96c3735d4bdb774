import type { Json } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import type { WebSpec } from '../scope/read-spec.ts';
import { RecordsError } from '../scope/records-error.ts';
import type { Scope } from '../scope/scope.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { incomingDomain } from './incoming.ts';
import { domainAfter, noCursor, orderWithin, type Segment, type Sort, segmentsOf, sortOf } from './keyset.ts';
import { outgoing, type Shape } from './outgoing.ts';
import type { Reader } from './reading.ts';

export type SearchRequest = {
  model: string;
  domain?: Json | undefined;
  /** Names, paths and objects; the id and the name where nothing is said. */
  fields?: Json | undefined;
  /** By id where nothing is said; null is Odoo's own order, where all fields of the model may be read. */
  order?: string | null | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  /** `next` of the page before. */
  cursor?: string | undefined;
  withTotal?: boolean | undefined;
  context?: Json | undefined;
};

export type SearchResult = {
  records: JsonObject[];
  ids: number[];
  /** Whether there are more records than these. */
  hasMore: boolean;
  /** The cursor of the next page; null at the end, and where the order has none (`whyNoCursor`). */
  next: string | null;
  whyNoCursor?: string;
  total?: number;
};

export type SearchParts = { scope: Scope; reader: Reader; shape: Shape };

const USUAL_LIMIT = 100;

type Asked = {
  model: string;
  domain: readonly Json[];
  spec: WebSpec;
  order: string | undefined;
  limit: number;
  context: JsonObject;
  withTotal: boolean;
};

/** Searches and reads in one RPC call; a page that begins where empty values of its order do takes one more. */
export async function searchRecords(parts: SearchParts, request: SearchRequest): Promise<SearchResult> {
  const asked = askedOf(parts.scope, request);
  const { model, order } = asked;
  const { offset, cursor } = request;
  if (cursor !== undefined && offset !== undefined) {
    throw noCursor(model, 'There are a cursor and an offset; a search goes on by one of them.');
  }
  const sort =
    order === undefined ? { why: 'Odoo’s own order has no cursor.' } : sortOf(parts.scope, model, order);
  if ('why' in sort) {
    if (cursor !== undefined) throw noCursor(model, sort.why);
    return await searchPlainly(parts, asked, { offset: offset ?? 0, why: sort.why });
  }
  if (offset !== undefined && offset > 0) {
    return await searchPlainly(parts, asked, { offset, why: 'A page by offset has no cursor.' });
  }
  return await searchPage(parts, asked, sort, cursor);
}

function askedOf(scope: Scope, request: SearchRequest): Asked {
  const { model, fields, order } = request;
  scope.model(model, 'read');
  const domain = incomingDomain(scope, model, scope.domain(model, request.domain ?? []));
  const spec = scope.spec(model, fields ?? usualFields(scope, model));
  const { maxRecords } = scope.endpoint;
  const limit = Math.min(request.limit ?? USUAL_LIMIT, maxRecords);
  const isOdoosOrder = order === null && scope.isWhole(model);
  const wanted = order ?? 'id';
  scope.order(model, wanted);
  const context = scope.context(request.context);
  const sorted = isOdoosOrder ? undefined : wanted;
  return { model, domain, spec, order: sorted, limit, context, withTotal: request.withTotal ?? false };
}

/** What is read where nobody says what: the id and the name. */
export function usualFields(scope: Scope, model: string): string[] {
  return scope.meta(model, 'display_name') === undefined ? ['id'] : ['id', 'display_name'];
}

async function searchPlainly(
  { scope, reader, shape }: SearchParts,
  asked: Asked,
  { offset, why }: { offset: number; why: string },
): Promise<SearchResult> {
  const { model, domain, spec, order, limit, context, withTotal } = asked;
  const countLimit = withTotal ? undefined : offset + limit + 1;
  const { records, length } = await reader.search(
    model,
    spec,
    { domain, order, limit, offset, countLimit },
    context,
  );
  const hasMore = length > offset + records.length;
  return {
    records: records.map(outgoing({ scope, shape }, model, spec)),
    ids: records.map(idOf),
    hasMore,
    next: null,
    ...(hasMore ? { whyNoCursor: why } : {}),
    // Odoo gives 0 behind the last record.
    ...(withTotal
      ? { total: length === 0 && offset > 0 ? await reader.count(model, domain, context) : length }
      : {}),
  };
}

/** Fills one page from where the cursor is, segment by segment. */
async function searchPage(
  { scope, reader, shape }: SearchParts,
  asked: Asked,
  sort: Sort,
  cursor: string | undefined,
): Promise<SearchResult> {
  const { model, domain, spec, limit, context, withTotal } = asked;
  const segments = segmentsOf(sort);
  const from = cursor === undefined ? null : decodeCursor(model, cursor);
  if (from !== null && (from.order !== sort.text || from.segment >= segments.length)) {
    throw noCursor(
      model,
      'The cursor is of a search with another order. Go on with the order it was given for.',
    );
  }
  const isOneCall = from === null && segments.length === 1;
  const counting = withTotal && !isOneCall ? reader.count(model, domain, context) : null;
  // Whatever comes of the pages, its failure is theirs.
  counting?.catch(() => {});
  const wanted = sort.field === 'id' ? spec : { ...spec, [sort.field]: spec[sort.field] ?? {} };

  const found: JsonObject[] = [];
  let next: Cursor | null = null;
  let total: number | undefined;
  for (const [index, segment] of segments.entries()) {
    if (index < (from?.segment ?? 0)) continue;
    const after = index === from?.segment ? from.after : null;
    const room = limit - found.length;
    if (room === 0) {
      next = { order: sort.text, segment: index, after: null };
      break;
    }
    const { records, length } = await reader.search(
      ...([model, wanted] as const),
      {
        ...{
          domain: [...domain, ...within(sort, segment, after)],
          order: orderWithin(sort, segment),
          limit: room,
        },
        countLimit: isOneCall && withTotal ? undefined : room + 1,
      },
      context,
    );
    found.push(...records);
    if (isOneCall) total = length;
    const last = records.at(-1);
    if (length <= records.length || last === undefined) continue;
    next = {
      order: sort.text,
      segment: index,
      after: { value: valueIn(sort, segment, last), id: idOf(last) },
    };
    break;
  }
  return {
    records: found.map(outgoing({ scope, shape }, model, spec)),
    ids: found.map(idOf),
    hasMore: next !== null,
    next: next === null ? null : encodeCursor(next),
    ...(withTotal ? { total: (await counting) ?? total ?? found.length } : {}),
  };
}

function within(sort: Sort, segment: Segment, after: Cursor['after']): readonly Json[] {
  return after === null ? segment.domain : domainAfter(sort, segment, after);
}

function valueIn({ field }: Sort, segment: Segment, record: JsonObject): string | number | null {
  const value = record[field];
  if (segment.isEmpty || field === 'id') return null;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function idOf({ id }: JsonObject): number {
  if (typeof id === 'number') return id;
  throw new RecordsError({
    code: 'not-possible',
    message: 'Odoo gave a record without an id.',
    retry: 'later',
  });
}
