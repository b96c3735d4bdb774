import { describe, expect, test } from 'vitest';
import { inBatches, searchReadAll } from './batches.ts';
import type { Json } from './odoo.ts';

test('items are cut into batches in order', () => {
  expect(inBatches([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(inBatches([1, 2], 2)).toEqual([[1, 2]]);
  expect(inBatches([], 2)).toEqual([]);
});

describe('reading all rows', () => {
  async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const page of pages) all.push(page);
    return all;
  }

  /** A table of ids, read as `search_read` does with `['id', '>', last]` as last condition. */
  function table(ids: number[]) {
    const domains: Json[] = [];
    const call = async (_model: string, _method: string, args: readonly Json[]) => {
      const [domain] = args;
      domains.push(domain ?? null);
      const afterId = Number([domain].flat(2).at(-1));
      return ids
        .filter((id) => id > afterId)
        .slice(0, 2)
        .map((id) => ({ id, name: `row ${id}` }));
    };
    return { call, domains };
  }

  test('takes one call per page, after the last id seen', async () => {
    const client = table([3, 5, 8]);
    const pages = await collect(
      searchReadAll(client, { model: 'a', domain: [['x', '=', 1]], fields: ['name'], pageSize: 2 }),
    );
    expect(pages.map((page) => page.map((row) => row.id))).toEqual([[3, 5], [8]]);
    expect(client.domains).toEqual([
      [
        ['x', '=', 1],
        ['id', '>', 0],
      ],
      [
        ['x', '=', 1],
        ['id', '>', 5],
      ],
    ]);
  });

  test('ends where the last page was full, and gives nothing where there is nothing', async () => {
    const full = await collect(searchReadAll(table([1, 2]), { model: 'a', fields: [], pageSize: 2 }));
    expect(full).toHaveLength(1);
    expect(await collect(searchReadAll(table([]), { model: 'a', fields: [] }))).toEqual([]);
  });

  test('refuses an answer that is no list of rows', async () => {
    const pages = searchReadAll({ call: async () => [{ name: 'x' }] }, { model: 'a', fields: ['name'] });
    await expect(collect(pages)).rejects.toMatchObject({ kind: 'protocol' });
  });
});
