import { expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { OdooError } from '../../odoo/index.ts';
import { createFakeTable } from './testing/fake-table.ts';
import { sampleRecords } from './testing/sample-records.ts';

/** 90 records, of whose amounts and names some are empty, some 0 and "", and many the same. */
const ROWS = Array.from({ length: 90 }, (_, index) => ({
  id: index + 1,
  client_order_ref: index % 7 === 0 ? null : index % 7 === 1 ? '' : `ref ${(index * 31) % 11}`,
  note: null,
  state: 'sale',
  date_order: `2026-01-${String(1 + ((index * 13) % 28)).padStart(2, '0')} 10:00:00`,
  validity_date: index % 4 === 0 ? null : `2026-02-${String(1 + ((index * 5) % 20)).padStart(2, '0')}`,
  amount_total: index % 5 === 0 ? null : ((index * 17) % 9) - 4,
  partner_id: index % 3 === 0 ? null : index,
  order_line: [index, index + 1],
}));

test.each([
  ...[
    'id',
    'id desc',
    'client_order_ref',
    'client_order_ref desc',
    'date_order',
    'date_order desc, id desc',
    'validity_date desc',
  ],
  ...['amount_total', 'amount_total desc', 'amount_total desc, id desc'],
])('goes through all records once, by %s', async (order) => {
  const { acting, calls } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting });
  const seen: number[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await records.search({
      model: 'sale.order',
      fields: ['state'],
      order,
      limit: 20,
      cursor,
      withTotal: true,
    });
    expect(page.total).toBe(90);
    expect(page.records.every((record) => Object.keys(record).join() === 'id,state')).toBe(true);
    seen.push(...page.ids);
    cursor = page.next ?? undefined;
    pages += 1;
  } while (cursor !== undefined && pages < 20);
  expect([pages, new Set(seen).size, seen.length]).toEqual([5, 90, 90]);
  const [field = 'id', direction] = order.split(/[ ,]+/);
  const values = seen
    .map((id) => ROWS[id - 1])
    .map((row) => Object.entries(row ?? {}).find(([name]) => name === field)?.[1]);
  const ranked = values
    .map((value) => (field === 'amount_total' ? (value ?? 0) : value || null))
    .filter((value) => value !== null);
  const sorted = ranked.toSorted((one, other) => (one === other ? 0 : (one ?? 0) < (other ?? 0) ? -1 : 1));
  expect(ranked).toEqual(direction === 'desc' ? sorted.toReversed() : sorted);
  // One for each page and one for its total; one more where a page goes on with what is empty.
  expect(calls.length).toBeLessThanOrEqual(2 * pages + 2);
});

test('asks Odoo once for the first page, with the total', async () => {
  const { acting, calls } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting });
  const page = await records.search({ model: 'sale.order', fields: ['state'], limit: 10, withTotal: true });
  expect(page).toMatchObject({ total: 90, hasMore: true, next: expect.any(String) });
  const all = await records.search({ model: 'sale.order', domain: [['id', '<', 11]], limit: 10 });
  expect(all).toMatchObject({ hasMore: false, next: null });
  expect(calls.map(({ method }) => method)).toEqual(['web_search_read', 'web_search_read']);
  expect(calls[1]?.kwargs).toMatchObject({
    count_limit: 11,
    order: 'id asc',
    specification: { display_name: {} },
  });
});

test.each([
  ['write_date', 'Filter by write_date and order by id'],
  ['state, name', 'one field and the id'],
  ['state', 'cannot go by state'],
  ['name nulls first', 'one field and the id'],
])('gives no cursor for the order %s, and says why', async (order, why) => {
  const { acting } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting });
  const page = await records.search({ model: 'sale.order', order, limit: 10, offset: 20 });
  expect(page).toMatchObject({ next: null, hasMore: true, whyNoCursor: expect.stringContaining(why) });
  const begun = await records.search({ model: 'sale.order', limit: 10 });
  const again = records.search({ model: 'sale.order', order, cursor: begun.next ?? '' });
  await expect(again).rejects.toMatchObject({
    code: 'invalid-cursor',
    message: expect.stringContaining(why),
  });
});

test.each([
  ['nonsense', 'nonsense'],
  [
    'of another order',
    Buffer.from('{"order":"name asc, id asc","segment":0,"after":null}').toString('base64url'),
  ],
  [
    'with a domain in it',
    Buffer.from('{"order":"id asc, id asc","segment":0,"after":{"value":["|"],"id":1}}').toString(
      'base64url',
    ),
  ],
  [
    'beyond the last segment',
    Buffer.from('{"order":"id asc, id asc","segment":2,"after":null}').toString('base64url'),
  ],
  ['of 9,000 characters', 'A'.repeat(9_000)],
])('refuses a cursor that is %s', async (_, cursor) => {
  const { acting, calls } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting });
  await expect(records.search({ model: 'sale.order', cursor })).rejects.toMatchObject({
    code: 'invalid-cursor',
  });
  expect(calls).toEqual([]);
});

test('never asks for more than the endpoint gives', async () => {
  const { acting, calls } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting }, { maxRecords: 7 });
  const page = await records.search({ model: 'sale.order', limit: 5_000 });
  expect(page.ids).toHaveLength(7);
  expect(calls[0]?.kwargs).toMatchObject({ limit: 7, count_limit: 8 });
});

test('tells values in the shape of the interface', async () => {
  const { acting } = createFakeTable(ROWS);
  const fields = ['client_order_ref', 'note', 'amount_total', 'date_order', 'partner_id', 'order_line'];
  const { records } = sampleRecords({ acting });
  const { records: told } = await records.search({
    model: 'sale.order',
    domain: [['id', 'in', [1, 3]]],
    fields,
  });
  expect(told).toEqual([
    {
      ...{ id: 1, client_order_ref: null, note: null, amount_total: 0, date_order: '2026-01-01T10:00:00Z' },
      ...{ partner_id: null, order_line: [0, 1] },
    },
    {
      ...{
        id: 3,
        client_order_ref: 'ref 7',
        note: null,
        amount_total: 3,
        date_order: '2026-01-27T10:00:00Z',
      },
      ...{ partner_id: { id: 2 }, order_line: [2, 3] },
    },
  ]);
  const odoo = sampleRecords({ acting, shape: 'odoo' });
  const plain = await odoo.records.read({ model: 'sale.order', ids: [1], fields });
  expect(plain).toMatchObject([
    { client_order_ref: false, date_order: '2026-01-01 10:00:00', partner_id: false },
  ]);
});

test('reads in the order asked, without what is not there', async () => {
  const { acting, calls } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting });
  const read = await records.read({ model: 'sale.order', ids: [9, 400, 2, 9], fields: ['state'] });
  expect(read.map(({ id }) => id)).toEqual([9, 2]);
  expect(calls.map(({ method }) => method)).toEqual(['web_read']);
  expect(calls[0]?.kwargs['context']).toEqual({ active_test: false });
});

test('looks for the records where Odoo would not look whether there are any', async () => {
  const { acting, calls } = createFakeTable(ROWS);
  const { records } = sampleRecords({ acting });
  const read = await records.read({ model: 'sale.order', ids: [9, 400], fields: ['id'] });
  expect(read).toEqual([{ id: 9 }]);
  await records.read({ model: 'sale.order', ids: [9, 400], fields: ['display_name'] });
  expect(calls.map(({ method }) => method)).toEqual(['web_search_read', 'web_search_read']);
});

test('reads those that are to be seen where others are not', async () => {
  const methods: string[] = [];
  const { records } = sampleRecords({
    acting: {
      async call(_model, method) {
        methods.push(method);
        if (method !== 'web_read') return { length: 2, records: [{ id: 2 }, { id: 9 }] };
        throw new OdooError({ kind: 'access', outcome: 'refused', message: 'Not yours.' });
      },
    },
  });
  const read = await records.read({ model: 'sale.order', ids: [9, 5, 2], fields: ['state'] });
  expect(read.map(({ id }) => id)).toEqual([9, 2]);
  expect(methods).toEqual(['web_read', 'web_search_read']);
});

test('reads level by level where a record that another leads to is hidden', async () => {
  const calls: string[] = [];
  const answers: Record<string, Json> = {
    'sale.order': [
      { id: 1, partner_id: 8, order_line: [3, 4] },
      { id: 2, partner_id: 9, order_line: [] },
    ],
    'res.partner': [{ id: 9, name: 'Azur', country_id: 75 }],
    'res.country': [{ id: 75, code: 'FR' }],
    'sale.order.line': [{ id: 4, name: 'Line' }],
  };
  const { records } = sampleRecords({
    acting: {
      async call(model, _method, _args, { kwargs = {} } = {}) {
        const isNested = JSON.stringify(kwargs['specification']).includes('fields');
        calls.push(isNested ? `${model}, nested` : model);
        if (isNested) throw new OdooError({ kind: 'access', outcome: 'refused', message: 'Not yours.' });
        const found = answers[model];
        return { length: 2, records: structuredClone(found) ?? [] };
      },
    },
  });
  const fields = [{ partner_id: ['name', { country_id: ['code'] }] }, { order_line: ['name'] }];
  const { records: read } = await records.search({ model: 'sale.order', fields });
  expect(read).toEqual([
    { id: 1, partner_id: { id: 8 }, order_line: [{ id: 3 }, { id: 4, name: 'Line' }] },
    { id: 2, partner_id: { id: 9, name: 'Azur', country_id: { id: 75, code: 'FR' } }, order_line: [] },
  ]);
  expect(calls).toEqual([
    'sale.order, nested',
    'sale.order',
    'res.partner',
    'res.country',
    'sale.order.line',
  ]);
});
