import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { sampleGrant } from '../scope/testing/sample-scope.ts';
import { type AskedCall, finding, type RecordDoors, startRecordDoors } from '../testing/record-doors.ts';
import { KEY, sampleEndpoint } from '../testing/sample-endpoint.ts';
import { createViaductClient } from './viaduct-client.ts';

const all = { create: true, write: true, unlink: true };

let doors: RecordDoors;
let answer: (call: AskedCall) => Json;
let client: ReturnType<typeof createViaductClient>;
beforeEach(async () => {
  answer = finding({ id: 5, name: 'Azur', write_date: '2026-01-22 10:00:00' });
  const grants = [sampleGrant('res.partner', { ...all, methods: ['message_post'] })];
  doors = await startRecordDoors([sampleEndpoint({ grants })], { answer: (call) => answer(call) });
  client = createViaductClient({ url: `${doors.url}/`, key: KEY });
});
afterEach(() => doors.stop());

test('searches, reads and counts', async () => {
  const body = { domain: [['name', '=', 'Azur']], fields: ['name'], limit: 5, total: true };
  const page = await client.searchRecords('res.partner', { body });
  expect(page).toEqual({ records: [{ id: 5, name: 'Azur' }], hasMore: false, next: null, total: 1 });
  expect(await client.readRecord('res.partner', 5, { query: { fields: 'name' } })).toEqual({
    id: 5,
    name: 'Azur',
  });
  answer = () => 3;
  expect((await client.countRecords('res.partner', { body: {} })).count).toBe(3);
});

test('makes, changes and deletes', async () => {
  answer = ({ method }) => (method === 'create' ? [7] : true);
  expect((await client.createRecords('res.partner', { body: { name: 'Azur' } })).ids).toEqual([7]);
  expect((await client.writeRecord('res.partner', 7, { body: { name: 'B' } })).ids).toEqual([7]);
  expect((await client.deleteRecord('res.partner', 7)).ids).toEqual([7]);
  expect(doors.asked.map(({ method }) => method)).toEqual(['create', 'write', 'unlink']);
});

test('sends keys and conditions as headers', async () => {
  const sent = { body: { name: 'B' }, idempotencyKey: 'a', ifMatch: '"2026-01-22T10:00:00Z"' };
  await client.writeRecord('res.partner', 7, sent);
  expect(doors.transactions).toMatchObject([
    { idempotency: { key: 'a' }, operations: [{ ifMatch: { '7': '2026-01-22 10:00:00' } }] },
  ]);
});

test('takes files up and down', async () => {
  const row = { id: 9, name: 'a', mimetype: 'text/plain', file_size: 3, type: 'binary', create_date: false };
  answer = ({ method }) => {
    if (method === 'create') return [9];
    return method === 'read' ? [{ datas: 'QUJD' }] : [{ ...row, res_model: 'res.partner', res_field: false }];
  };
  const file = { bytes: Buffer.from('ABC'), type: 'text/plain' };
  const query = { model: 'res.partner', id: '5', name: 'a' };
  expect(await client.uploadAttachment({ file, query })).toMatchObject({
    id: 9,
    bytes: 3,
    mimetype: 'text/plain',
  });
  expect(await (await client.downloadAttachment(9)).text()).toBe('ABC');
});

test('rejects with the problem of a refusal', async () => {
  await expect(client.searchRecords('res.users', { body: {} })).rejects.toMatchObject({
    ...{ name: 'ViaductProblem', status: 403, code: 'model-not-allowed', model: 'res.users' },
    message: expect.stringContaining('Allowed are: res.partner'),
  });
  const stranger = createViaductClient({ url: doors.url, key: 'vdk_x' });
  await expect(stranger.countRecords('res.partner', { body: {} })).rejects.toMatchObject({
    code: 'unauthorized',
  });
});

test('has a function for each address', async () => {
  const document = await (await fetch(`${doors.url}/v1/openapi.json`)).text();
  const ids = [...document.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
  expect(Object.keys(client).toSorted()).toEqual(ids.toSorted());
});
