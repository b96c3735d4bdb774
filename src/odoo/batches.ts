import { z } from 'zod';
import { unexpectedAnswer } from './errors.ts';
import type { Json, OdooClient } from './odoo.ts';

/** Cuts `items` into arrays of at most `size`, in order. */
export function inBatches<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** A row as `search_read` gives it. */
export type Row = { readonly id: number; readonly [field: string]: Json };
const Rows: z.ZodType<Row[]> = z.array(z.object({ id: z.number() }).catchall(z.custom<Json>()));

export type SearchReadAll = {
  model: string;
  domain?: readonly Json[];
  fields: readonly string[];
  pageSize?: number;
  context?: { readonly [key: string]: Json };
  signal?: AbortSignal;
};

/**
 * Reads all matching rows in the order of their ids, one call per page. It goes on after the last id seen, so rows that
 * are added or deleted meanwhile neither repeat nor hide others.
 */
export async function* searchReadAll(
  client: Pick<OdooClient, 'call'>,
  { model, domain = [], fields, pageSize = 1000, context = {}, signal }: SearchReadAll,
): AsyncGenerator<readonly Row[]> {
  let afterId = 0;
  for (;;) {
    const page = await client.call(model, 'search_read', [[...domain, ['id', '>', afterId]], fields], {
      kwargs: { limit: pageSize, order: 'id', context },
      idempotent: true,
      ...(signal === undefined ? {} : { signal }),
    });
    const parsed = Rows.safeParse(page);
    if (!parsed.success) throw unexpectedAnswer(`${model}.search_read`, 'rows with ids');
    const last = parsed.data.at(-1);
    if (last !== undefined) yield parsed.data;
    if (last === undefined || parsed.data.length < pageSize) return;
    afterId = last.id;
  }
}
