import { expect, test } from 'vitest';
import { createFieldBook } from './field-book.ts';
import type { FieldsOfModels } from './field-meta.ts';
import { SAMPLE_FIELDS } from './testing/sample-scope.ts';

function bookOf(read?: () => Promise<FieldsOfModels>) {
  let nowMs = 0;
  const asked: (readonly string[])[] = [];
  const book = createFieldBook({
    clock: { nowMs: () => nowMs, sleep: () => Promise.resolve() },
    read: async (models) => {
      asked.push(models);
      return read === undefined ? SAMPLE_FIELDS : await read();
    },
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { book, asked, pass };
}

test('reads the fields of all unknown models at once, and once', async () => {
  const { book, asked } = bookOf();
  const [known, again] = await Promise.all([
    book.of(['res.partner', 'sale.order', 'no.model']),
    book.of(['sale.order', 'res.partner']),
  ]);
  expect(known.get('res.partner')?.get('parent_id')).toMatchObject({ relation: 'res.partner' });
  expect([...again.keys()]).toEqual(['sale.order', 'res.partner']);
  expect(known.has('no.model')).toBe(false);
  await book.of(['no.model', 'res.partner', 'res.country']);
  expect(asked).toEqual([['res.partner', 'sale.order', 'no.model'], ['res.country']]);
});

test('reads again after a minute, and at once when it is told to renew', async () => {
  const { book, asked, pass } = bookOf();
  await book.of(['res.partner']);
  pass(59_000);
  await book.of(['res.partner']);
  expect(asked).toHaveLength(1);
  pass(2_000);
  await book.of(['res.partner']);
  await book.of(['sale.order']);
  book.renew();
  expect(asked).toHaveLength(4);
  await book.of(['res.partner', 'sale.order']);
  expect(asked.slice(3)).toEqual([['res.partner', 'sale.order']]);
});

test('asks anew after a failure', async () => {
  let fails = true;
  const { book } = bookOf(async () => {
    if (fails) throw new Error('away');
    return SAMPLE_FIELDS;
  });
  await expect(book.of(['res.partner'])).rejects.toThrow('away');
  fails = false;
  expect([...(await book.of(['res.partner'])).keys()]).toEqual(['res.partner']);
});
