import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { type AskedCall, finding, type RecordDoors, startRecordDoors } from '../testing/record-doors.ts';
import { KEY } from '../testing/sample-endpoint.ts';
import type { Transacted } from '../transaction.ts';
import { askV1, type Init } from './testing/ask-v1.ts';
import { ENDPOINT } from './testing/v1-endpoint.ts';

let doors: RecordDoors;
let answer: (call: AskedCall) => Json;
let transacted: Transacted | undefined;
beforeEach(async () => {
  answer = finding({ id: 5, name: 'Azur', write_date: '2026-01-22 10:00:00', country_id: 75 });
  transacted = undefined;
  doors = await startRecordDoors([ENDPOINT], {
    answer: (call) => answer(call),
    transact: () => transacted ?? { kind: 'done', replayed: false, results: [{ ids: [5] }] },
  });
});
afterEach(() => doors.stop());

const ask = (path: string, init: Init = {}) => askV1(doors.url, path, init);
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers });

test('searches by an address, and by a body', async () => {
  const query = new URLSearchParams({
    domain: '[["name","=","Azur"]]',
    fields: 'name,country_id.code',
    total: '1',
    limit: '5',
  });
  const [byAddress, byBody] = await Promise.all([
    ask(`/records/res.partner?${query}`),
    post('/records/res.partner/search', {
      domain: [['name', '=', 'Azur']],
      fields: ['name', { country_id: ['code'] }],
      ...{ total: true, limit: 5 },
    }),
  ]);
  const told = {
    records: [{ id: 5, name: 'Azur', country_id: { id: 75 } }],
    hasMore: false,
    next: null,
    total: 1,
  };
  expect([byAddress.json, byBody.json]).toEqual([told, told]);
  expect(doors.asked.map(({ kwargs }) => kwargs)[0]).toEqual(doors.asked.map(({ kwargs }) => kwargs)[1]);
  expect(doors.lines).toMatchObject([
    { door: 'v1', method: 'listRecords', model: 'res.partner', status: 200, outcome: 'ok', records: 1 },
    { door: 'v1', method: 'searchRecords', status: 200, input: expect.stringContaining('Azur') },
  ]);
});

test('reads a record with the tag of its state, and says when there is none', async () => {
  const read = await ask('/records/res.partner/5?fields=name');
  expect(read.json).toEqual({ id: 5, name: 'Azur' });
  expect(read.headers.get('etag')).toBe('"2026-01-22T10:00:00Z"');
  answer = finding();
  expect(await ask('/records/res.partner/6')).toMatchObject({
    status: 404,
    json: { code: 'record-missing', model: 'res.partner' },
  });
});

test('tags a record that was changed a moment ago by all digits of its date, and takes them back', async () => {
  const second = new Date().toISOString().slice(0, 19);
  answer = finding({ id: 5, name: 'Azur', write_date: second.replace('T', ' ') });
  const stamps = { 5: `${second.replace('T', ' ')}.123456` };
  transacted = { kind: 'done', replayed: false, results: [{ ids: [5], stamps }] };
  const read = await ask('/records/res.partner/5?fields=name');
  expect(read.headers.get('etag')).toBe(`"${second}.123456Z"`);
  expect(doors.asked).toHaveLength(2);
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  await ask('/records/res.partner/5', { method: 'PATCH', body: { name: 'B' }, headers });
  expect(doors.transactions).toMatchObject([
    { operations: [{ op: 'read', stamps: true }] },
    { operations: [{ op: 'write', ifMatch: { 5: stamps[5] } }] },
  ]);
});

test('makes, changes and deletes records in one call each', async () => {
  answer = ({ method }) => (method === 'create' ? [7] : true);
  const made = await post('/records/res.partner', { name: 'Azur' });
  expect([made.status, made.json, made.headers.get('location')]).toEqual([
    201,
    { ids: [7] },
    '/v1/records/res.partner/7',
  ]);
  expect((await ask('/records/res.partner/7', { method: 'PATCH', body: { name: 'B' } })).json).toEqual({
    ids: [7],
  });
  expect((await ask('/records/res.partner/7', { method: 'DELETE' })).json).toEqual({ ids: [7] });
  const many = { selector: { ids: [7, 8] }, values: { name: 'C' } };
  expect((await ask('/records/res.partner', { method: 'PATCH', body: many })).json).toEqual({ ids: [7, 8] });
  expect((await post('/records/res.partner/delete', { selector: { ids: [7] } })).json).toEqual({ ids: [7] });
  expect(doors.asked.map(({ method }) => method)).toEqual(['create', 'write', 'unlink', 'write', 'unlink']);
  expect(doors.transactions).toEqual([]);
});

test('does conditions, keys, upserts, tries and batches in one transaction each', async () => {
  transacted = { kind: 'done', replayed: true, results: [{ ids: [5], created: [5] }] };
  const headers = { 'if-match': '"2026-01-22T10:00:00Z"', 'idempotency-key': 'order-17' };
  const written = await ask('/records/res.partner/5', { method: 'PATCH', body: { name: 'B' }, headers });
  expect([written.status, written.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
  const upsert = { key: ['ref'], values: [{ ref: 'A' }] };
  expect((await ask('/records/res.partner', { method: 'PUT', body: upsert })).json).toEqual({
    ids: [5],
    created: [true],
  });
  expect((await post('/records/res.partner?dryRun=1', [{ name: 'x' }])).json).toEqual({
    ids: [5],
    dryRun: true,
  });
  const operations = [{ op: 'unlink', model: 'res.partner', selector: { ids: [5] } }];
  expect((await post('/batch', { operations, dryRun: true })).json).toEqual({
    results: [{ ids: [5] }],
    dryRun: true,
  });
  expect(doors.transactions).toMatchObject([
    {
      operations: [{ op: 'write', ifMatch: { '5': '2026-01-22 10:00:00' } }],
      idempotency: { key: 'order-17' },
    },
    { operations: [{ op: 'upsert' }], idempotency: null, dryRun: false },
    { operations: [{ op: 'create' }], dryRun: true },
    { operations: [{ op: 'unlink' }], dryRun: true },
  ]);
  expect(doors.asked).toEqual([]);
});

test('gives one key and one request one fingerprint', async () => {
  const headers = { 'idempotency-key': 'a' };
  await post('/records/res.partner', { name: 'A' }, headers);
  await post('/records/res.partner', { name: 'A' }, headers);
  await post('/records/res.partner', { name: 'B' }, headers);
  await post('/records/res.partner?dryRun=1', { name: 'A' }, headers);
  const [first, second, third, fourth] = doors.transactions.map(
    ({ idempotency }) => idempotency?.fingerprint,
  );
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(new Set([first, third, fourth]).size).toBe(3);
});

test('calls methods and runs actions that the endpoint names', async () => {
  answer = () => 12;
  const call = await post('/records/res.partner/call/message_post', {
    ids: [5],
    kwargs: { body: 'Bonjour' },
  });
  const run = await post('/records/res.partner/action/base.action_x', { ids: [5] });
  expect([call.json, run.json]).toEqual([{ result: 12 }, { result: 12 }]);
  expect(doors.asked).toMatchObject([
    { model: 'res.partner', method: 'message_post', args: [[5]], kwargs: { body: 'Bonjour' } },
    { model: 'ir.actions.server', method: 'run', args: [[31]] },
  ]);
});

test('counts, groups, describes and tells defaults', async () => {
  answer = ({ method }) => {
    if (method === 'search_count') return 3;
    if (method === 'fields_get') return { name: { type: 'char' } };
    return method === 'default_get' ? { name: 'x' } : [{ country_id: [75, 'France'], __count: 2 }];
  };
  expect((await post('/records/res.partner/count', {})).json).toEqual({ count: 3 });
  const groups = await post('/records/res.partner/aggregate', { groupBy: ['country_id'] });
  expect(groups.json).toEqual({ groups: [{ country_id: { id: 75 }, __count: 2 }] });
  expect((await post('/records/res.partner/fields', {})).json).toEqual({
    fields: { name: { type: 'char' } },
  });
  expect((await post('/records/res.partner/defaults', { fields: ['name'] })).json).toEqual({
    values: { name: 'x' },
  });
});

test('takes no compressed body, which would be kept as the file', async () => {
  const headers = { 'content-type': 'application/pdf', 'content-encoding': 'gzip' };
  const query = new URLSearchParams({ model: 'res.partner', id: '5', name: 'a.pdf' });
  const refused = await ask(`/attachments?${query}`, { method: 'POST', body: Buffer.from('x'), headers });
  expect(refused).toMatchObject({ status: 415, json: { code: 'encoding-not-supported' } });
  expect(doors.asked).toEqual([]);
});

test('attaches files to records, lists them and gives them back', async () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
  const row = {
    ...{
      id: 9,
      name: 'Übersicht 1.pdf',
      mimetype: 'application/pdf',
      file_size: bytes.length,
      type: 'binary',
    },
    ...{ create_date: '2026-01-22 10:00:00', res_model: 'res.partner', res_field: false },
  };
  answer = ({ method }) => {
    if (method === 'create') return [9];
    return method === 'read' ? [{ id: 9, datas: bytes.toString('base64') }] : [row];
  };
  const query = new URLSearchParams({ model: 'res.partner', id: '5', name: 'Übersicht 1.pdf' });
  const headers = { 'content-type': 'application/pdf; charset=binary' };
  const made = await ask(`/attachments?${query}`, { method: 'POST', body: bytes, headers });
  expect(made.json).toEqual({ id: 9, name: 'Übersicht 1.pdf', mimetype: 'application/pdf', bytes: 100_000 });
  expect(doors.asked[0]?.args).toMatchObject([
    [{ res_model: 'res.partner', res_id: 5, datas: bytes.toString('base64'), mimetype: 'application/pdf' }],
  ]);
  const listed = await ask('/attachments?model=res.partner&id=5');
  expect(listed.json.attachments).toMatchObject([
    { id: 9, bytes: 100_000, createdAt: '2026-01-22T10:00:00Z' },
  ]);
  const given = await fetch(`${doors.url}/v1/attachments/9`, { headers: { authorization: `Bearer ${KEY}` } });
  expect(Buffer.from(await given.arrayBuffer()).equals(bytes)).toBe(true);
  expect(given.headers.get('content-disposition')).toBe(
    "attachment; filename*=UTF-8''%C3%9Cbersicht%201.pdf",
  );
  expect(given.headers.get('content-length')).toBe('100000');
});

test.each([
  ['of a model without a grant', { res_model: 'account.move', res_field: false }, 404, 'record-missing'],
  ['of a field that is withheld', { res_model: 'res.partner', res_field: 'vat' }, 403, 'field-not-allowed'],
  ['of no record', { res_model: false, res_field: false }, 404, 'record-missing'],
  ['that is an address', { res_model: 'res.partner', res_field: false, type: 'url' }, 422, 'not-possible'],
  [
    'that is too large',
    { res_model: 'res.partner', res_field: false, file_size: 30_000_000 },
    422,
    'not-possible',
  ],
])('does not give a file %s', async (_, more, status, code) => {
  answer = () => [
    { id: 9, name: 'x', mimetype: false, file_size: 1, type: 'binary', create_date: false, ...more },
  ];
  expect(await ask('/attachments/9')).toMatchObject({ status, json: { code } });
  expect(doors.asked.map(({ method }) => method)).toEqual(['search_read']);
});

test('gives a file of a strange type as mere bytes', async () => {
  const row = {
    id: 9,
    name: 'x',
    file_size: 3,
    type: 'binary',
    create_date: false,
    res_model: 'res.partner',
  };
  answer = ({ method }) =>
    method === 'read'
      ? [{ datas: 'QUJD' }]
      : [{ ...row, res_field: false, mimetype: 'text/html\r\nx-injected: 1' }];
  const given = await ask('/attachments/9');
  expect([given.status, given.text, given.headers.get('content-type')]).toEqual([
    200,
    'ABC',
    'application/octet-stream',
  ]);
  expect(given.headers.get('x-injected')).toBeNull();
});
