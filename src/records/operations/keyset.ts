import type { Json } from '../../odoo/index.ts';
import { type FieldMeta, ID_META } from '../scope/field-meta.ts';
import { RecordsError } from '../scope/records-error.ts';
import type { Scope } from '../scope/scope.ts';

/** The sort of a search that can be gone through page by page: one field, and the id where that is the same. */
export type Sort = {
  field: string;
  meta: FieldMeta;
  descending: boolean;
  idDescending: boolean;
  text: string;
};

/**
 * Records that sort one after the other. What is empty is a segment of its own: where the database sorts it, and whether 0 and ""
 * are empty too, differs by type and series; a domain tells them apart everywhere.
 */
export type Segment = { domain: readonly Json[]; isEmpty: boolean };

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'float', 'monetary']);
const OTHERS: ReadonlySet<string> = new Set(['char', 'date', 'datetime']);

/** The sort of an order, or why it cannot be gone through by a cursor. The order is judged already. */
export function sortOf(scope: Scope, model: string, order: string): Sort | { why: string } {
  const [first, second, third] = scope.order(model, order);
  if (first === undefined) return { why: 'The order is empty.' };
  const { path: field, descending } = first;
  const isAlone = second === undefined || (second.path === 'id' && third === undefined);
  if (!isAlone || first.nulls !== null) {
    return {
      why: 'A cursor goes by the id, or by one field and the id: order by "<field>", "<field> desc" or "id".',
    };
  }
  const idDescending = second?.descending ?? (field === 'id' && descending);
  const text = `${field} ${descending ? 'desc' : 'asc'}, id ${idDescending ? 'desc' : 'asc'}`;
  if (field === 'id') return { field, meta: ID_META, descending, idDescending: descending, text };
  if (field === 'write_date' || field === 'create_date') {
    return {
      why: `${field} has parts of a second that Odoo does not tell, so a cursor would lose records. Filter by ${field} and order by id.`,
    };
  }
  const meta = scope.field(model, field);
  if (field.includes('.') || !meta.store || !(NUMBERS.has(meta.type) || OTHERS.has(meta.type))) {
    return {
      why: `A cursor cannot go by ${field} (${meta.type}). Order by the id, or by a stored text, number or date.`,
    };
  }
  return { field, meta, descending, idDescending, text };
}

/** The segments of a sort, in its order. */
export function segmentsOf({ field, meta, descending }: Sort): Segment[] {
  if (meta.required || field === 'id') return [{ domain: [], isEmpty: false }];
  const below = { domain: [[field, '<', 0]], isEmpty: false };
  const above = { domain: [[field, '>', 0]], isEmpty: false };
  const filled = { domain: [[field, '!=', false]], isEmpty: false };
  const empty = { domain: [[field, '=', false]], isEmpty: true };
  const zero = { domain: ['|', [field, '=', false], [field, '=', 0]], isEmpty: true };
  const ascending = NUMBERS.has(meta.type) ? [below, zero, above] : [filled, empty];
  return descending ? ascending.toReversed() : ascending;
}

/** How Odoo sorts within a segment. */
export function orderWithin({ field, descending, idDescending }: Sort, segment: Segment): string {
  const byId = `id ${idDescending ? 'desc' : 'asc'}`;
  return segment.isEmpty || field === 'id' ? byId : `${field} ${descending ? 'desc' : 'asc'}, ${byId}`;
}

/** The records of a segment that come after this one. */
export function domainAfter(
  sort: Sort,
  segment: Segment,
  { value, id }: { value: Json; id: number },
): readonly Json[] {
  const afterId: Json = ['id', sort.idDescending ? '<' : '>', id];
  if (segment.isEmpty || sort.field === 'id') return [...segment.domain, afterId];
  const isAfter: Json = [sort.field, sort.descending ? '<' : '>', value];
  return [...segment.domain, '|', isAfter, '&', [sort.field, '=', value], afterId];
}

/** A refusal of a cursor, in the words of {@link sortOf}. */
export function noCursor(model: string, why: string): RecordsError {
  return new RecordsError({ code: 'invalid-cursor', message: why, model });
}
