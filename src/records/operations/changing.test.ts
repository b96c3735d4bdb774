import { expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import type { Transacted } from '../transaction.ts';
import type { Change } from './changing.ts';
import { sampleRecords } from './testing/sample-records.ts';

function recordsOf(answers: Record<string, Json> = {}, transacted?: Transacted) {
  const calls: Json[] = [];
  const sample = sampleRecords({
    acting: {
      async call(model, method, args, { kwargs = {} } = {}) {
        calls.push([model, method, [...args], kwargs]);
        return answers[method] ?? true;
      },
    },
    ...(transacted === undefined ? {} : { transact: async () => transacted }),
  });
  return { ...sample, calls };
}

test.each<[what: string, change: Change, call: Json, ids: number[]]>([
  [
    'makes records',
    {
      ...{ op: 'create', model: 'sale.order' },
      values: {
        partner_id: { id: 3 },
        date_order: '2026-01-22T11:00:00+01:00',
        order_line: [[0, 0, { product_id: { id: 4 } }]],
      },
    },
    [
      ...['sale.order', 'create'],
      [[{ partner_id: 3, date_order: '2026-01-22 10:00:00', order_line: [[0, 0, { product_id: 4 }]] }]],
      { context: {} },
    ],
    [21, 22],
  ],
  [
    'writes to records',
    {
      op: 'write',
      model: 'res.partner',
      selector: { ids: [5, 6] },
      values: { name: 'Azur', category_id: [1, { id: 2 }] },
    },
    ['res.partner', 'write', [[5, 6], { name: 'Azur', category_id: [1, 2] }], { context: {} }],
    [5, 6],
  ],
  [
    'deletes records',
    { op: 'unlink', model: 'res.partner', selector: { ids: [5] } },
    ['res.partner', 'unlink', [[5]], { context: {} }],
    [5],
  ],
])('%s in one plain call', async (_, change, call, ids) => {
  const { records, calls, transactions } = recordsOf({ create: [21, 22] });
  expect(await records.change(change)).toEqual({ ids });
  expect(calls).toEqual([call]);
  expect(transactions).toEqual([]);
});

test.each<[what: string, change: Change, operation: object]>([
  [
    'a domain',
    {
      op: 'write',
      model: 'sale.order',
      selector: { domain: [['date_order', '<', '2026-01-01T00:00:00Z']] },
      values: { note: 'x' },
    },
    { domain: [['date_order', '<', '2026-01-01 00:00:00']], max: 1_000, values: { note: 'x' } },
  ],
  [
    'a domain to delete by',
    { op: 'unlink', model: 'sale.order', selector: { domain: [], all: true } },
    { domain: [], max: 1_000 },
  ],
  [
    'a condition',
    { op: 'unlink', model: 'sale.order', selector: { ids: [5] }, ifMatch: { '5': '2026-01-22 10:00:00' } },
    { ids: [5], ifMatch: { '5': '2026-01-22 10:00:00' } },
  ],
  [
    'an upsert',
    { op: 'upsert', model: 'res.partner', key: ['ref'], values: [{ ref: 'A1', name: 'Azur' }] },
    { key: ['ref'], values: [{ ref: 'A1', name: 'Azur' }] },
  ],
])('does %s in one transaction', async (_, change, operation) => {
  const { records, calls, transactions } = recordsOf();
  expect(await records.change(change)).toMatchObject({ ids: [5] });
  expect(calls).toEqual([]);
  expect(transactions).toMatchObject([{ operations: [operation], dryRun: false, idempotency: null }]);
});

test('tries a change without doing it, and does one once for a key', async () => {
  const { records, calls, transactions } = recordsOf();
  const change: Change = { op: 'create', model: 'res.partner', values: { name: 'Azur' } };
  await records.change(change, { dryRun: true, context: { lang: 'fr_FR' } });
  await records.change(change, { idempotency: { key: 'a', fingerprint: 'b' } });
  expect(calls).toEqual([]);
  expect(transactions).toMatchObject([
    { dryRun: true, idempotency: null, context: { lang: 'fr_FR' } },
    { dryRun: false, idempotency: { key: 'a', fingerprint: 'b' } },
  ]);
});

test('does a batch in one transaction, in which operations take what others gave', async () => {
  const { records, transactions } = recordsOf(
    {},
    {
      ...{ kind: 'done', replayed: false },
      results: [
        { ids: [31] },
        { ids: [41, 42, 42], created: [42] },
        { ids: [31], records: [{ id: 31, name: 'Azur', parent_id: false }] },
      ],
    },
  );
  const done = await records.batch([
    { op: 'create', model: 'res.partner', values: { name: 'Azur' } },
    {
      op: 'upsert',
      model: 'res.partner',
      key: ['ref'],
      values: [{ ref: 'A', parent_id: { $ref: '0.id' } }, { ref: 'B' }],
    },
    { op: 'read', model: 'res.partner', ids: { $ref: '0.ids' }, fields: ['name', 'parent_id'] },
  ]);
  expect(done.results).toEqual([
    { ids: [31] },
    { ids: [41, 42, 42], created: [false, true, false] },
    { ids: [31], records: [{ id: 31, name: 'Azur', parent_id: null }] },
  ]);
  expect(transactions).toEqual([]);
});

test.each<[what: string, changes: Change[], refusal: object]>([
  ['nothing', [], { code: 'invalid-operations' }],
  [
    'too much',
    Array<Change>(101).fill({ op: 'unlink', model: 'sale.order', selector: { ids: [1] } }),
    { code: 'invalid-operations' },
  ],
  [
    'one that is not allowed',
    [
      { op: 'create', model: 'res.partner', values: { name: 'a' } },
      { op: 'write', model: 'res.partner', selector: { ids: [1] }, values: { vat: 'a' } },
    ],
    { code: 'field-not-allowed', field: 'vat', message: expect.stringMatching(/^Operation 1: /) },
  ],
  [
    'a country made',
    [{ op: 'create', model: 'res.country', values: { name: 'a' } }],
    { code: 'right-not-allowed' },
  ],
  [
    'reading what is withheld',
    [{ op: 'read', model: 'res.partner', ids: [1], fields: ['vat'] }],
    { code: 'field-not-allowed' },
  ],
  [
    'a selector by a reference to a domain',
    [{ op: 'unlink', model: 'sale.order', selector: { ids: { $ref: '0.domain' } } }],
    { code: 'selector-missing' },
  ],
])('refuses a batch with %s', async (_, changes, refusal) => {
  const { records, transactions } = recordsOf();
  await expect(records.batch(changes)).rejects.toMatchObject(refusal);
  expect(transactions).toEqual([]);
});

test.each<[what: string, change: Change, code: string]>([
  ['without a selector', { op: 'unlink', model: 'sale.order', selector: null }, 'selector-missing'],
  ['of no records', { op: 'create', model: 'sale.order', values: [] }, 'too-many-records'],
  ['with values that are none', { op: 'create', model: 'sale.order', values: ['x'] }, 'invalid-values'],
  ['by no key', { op: 'upsert', model: 'res.partner', key: [], values: [{ ref: 'a' }] }, 'invalid-values'],
  [
    'by a key that is missing',
    { op: 'upsert', model: 'res.partner', key: ['ref'], values: [{ name: 'a' }] },
    'invalid-values',
  ],
  [
    'by a key that is withheld',
    { op: 'upsert', model: 'res.partner', key: ['vat'], values: [{ vat: 'a' }] },
    'field-not-allowed',
  ],
  [
    'with a reference that no batch gives',
    { op: 'write', model: 'sale.order', selector: { ids: [1] }, values: { partner_id: { $ref: '0.id' } } },
    'invalid-values',
  ],
])('refuses a change %s', async (_, change, code) => {
  const { records, calls, transactions } = recordsOf();
  await expect(records.change(change)).rejects.toMatchObject({ code });
  expect([calls, transactions]).toEqual([[], []]);
});

test.each<[transacted: Transacted, refusal: object]>([
  [
    { kind: 'refused', operation: 0, fault: 'AccessError', words: 'Not yours.' },
    { kind: 'access', message: 'Not yours.' },
  ],
  [{ kind: 'refused', operation: 0, fault: 'MissingError', words: 'Gone.' }, { kind: 'missing' }],
  [{ kind: 'refused', operation: 0, fault: 'ValidationError', words: 'No.' }, { kind: 'validation' }],
  [
    { kind: 'refused', operation: 0, fault: 'PreconditionFailed', words: 'Changed.' },
    { code: 'precondition-failed' },
  ],
  [{ kind: 'refused', operation: 0, fault: 'TooMany', words: '2,000.' }, { code: 'too-many-records' }],
  [{ kind: 'reused' }, { code: 'idempotency-key-reused' }],
  [{ kind: 'held' }, { code: 'database-held' }],
])('tells why a transaction was not done: %j', async (transacted, refusal) => {
  const { records } = recordsOf({}, transacted);
  const change: Change = { op: 'upsert', model: 'res.partner', key: ['ref'], values: [{ ref: 'A' }] };
  await expect(records.change(change)).rejects.toMatchObject(refusal);
});
