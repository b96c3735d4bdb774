import { afterEach, describe, expect, test } from 'vitest';
import { type Json, OdooError } from '../../odoo/index.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { sampleGrant } from '../scope/testing/sample-scope.ts';
import { type AskedCall, finding, type RecordDoors, startRecordDoors } from '../testing/record-doors.ts';
import { KEY, sampleEndpoint, UUID } from '../testing/sample-endpoint.ts';

const ALL = { read: true, create: true, write: true, unlink: true };
const PARTNERS = sampleGrant('res.partner', ALL);
const ORDERS = sampleGrant('sale.order', { fieldsMode: 'except', fields: ['amount_total'] });
const PUBLIC = sampleEndpoint({
  id: 8,
  uuid: '00000000-0000-4000-8000-000000000000',
  auth: 'public',
  keys: [],
});
const DATED = [{ id: 1, date_order: '2026-01-22 10:00:00', validity_date: false, partner_id: 5 }];

let doors: RecordDoors | undefined;
afterEach(async () => {
  await doors?.stop();
  doors = undefined;
});

type Options = Partial<Endpoint> & {
  answer?: (call: AskedCall) => Json;
  found?: number[];
  refusals?: number;
};

const CHAR = { type: 'char', string: 'Name', required: false, readonly: false, store: true };
const ORDER_FIELDS = {
  name: { ...CHAR, required: true },
  date_order: { ...CHAR, type: 'datetime', required: true },
  partner_id: { ...CHAR, type: 'many2one', string: 'Customer', required: true, relation: 'res.partner' },
  // Computed, and to be written over.
  user_id: { ...CHAR, type: 'many2one', required: true, depends: ['partner_id'] },
};

/** Odoo answers a search by default with what an order looks like. */
async function started({ answer, found = [], refusals = 1_000, ...endpoint }: Options = {}) {
  const one = sampleEndpoint({ grants: [PARTNERS, ORDERS], ...endpoint });
  doors = await startRecordDoors([one, PUBLIC], {
    answer: answer ?? finding(...DATED),
    transact: () => ({ kind: 'done', replayed: false, results: [{ ids: found }] }),
    refusals,
  });
  return doors;
}

type Sent = { verb?: string; path?: string; headers?: Record<string, string>; uuid?: string };

async function send(
  body: unknown,
  { verb = 'POST', path = '', headers = { authorization: `Bearer ${KEY}` }, uuid = UUID }: Sent = {},
) {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  const url = `${doors?.url}/bitconn/webhook/${uuid}${path}`;
  const response = await fetch(url, { method: verb, headers, body: text });
  const answer: unknown = await response.json();
  return { status: response.status, answer, allow: response.headers.get('allow') };
}

const get = (path: string) => send(undefined, { verb: 'GET', path });
const refusal = (error: string, reason?: string) =>
  expect.objectContaining({ ok: false, error, ...(reason === undefined ? {} : { reason }) });

describe('who calls', () => {
  test.each([
    ['Authorization', { authorization: `bearer ${KEY}` }],
    ['Webhook-Key', { 'webhook-key': KEY }],
    ['webhook_key', { webhook_key: KEY }],
    ['X-Webhook-Key', { 'x-webhook-key': KEY }],
  ])('may show the key in %s', async (_, headers) => {
    await started();
    expect((await send({ method: 'default_payload' }, { headers })).status).toBe(200);
  });

  test('with a wrong key, or at an unknown address, is told the same', async () => {
    const { lines } = await started();
    const body = { model: 'res.partner', method: 'search' };
    const told = [
      await send(body, { headers: {} }),
      await send(body, { headers: { 'webhook-key': 'wrong' } }),
      await send(body, { uuid: 'nobody' }),
      await send(undefined, { verb: 'GET', path: '/schema?model=res.partner', headers: {} }),
    ];
    const [first] = told;
    expect(first).toMatchObject({
      status: 401,
      answer: { ok: false, error: 'forbidden', reason: 'invalid_token' },
    });
    expect(told).toEqual(Array(4).fill(first));
    expect(lines).toEqual([]);
  });

  test('is slowed down where he guesses', async () => {
    await started({ refusals: 1 });
    const guess = () => send({}, { headers: { 'webhook-key': 'wrong' } });
    expect([(await guess()).status, await guess()]).toEqual([
      401,
      expect.objectContaining({ status: 429, answer: refusal('too_many_requests') }),
    ]);
  });

  test('uses a verb of the endpoint, or is told which', async () => {
    await started({ verbs: ['POST', 'PUT'] });
    const told = await send({}, { verb: 'DELETE' });
    expect(told).toMatchObject({
      ...{ status: 405, allow: 'POST, PUT' },
      answer: { ok: false, error: 'method_not_allowed', allowed_methods: ['POST', 'PUT'] },
    });
  });

  test('is never told the secret', async () => {
    await started();
    const told = [
      await send({ method: 'default_payload' }),
      await send({ method: 'default_payload' }, { uuid: PUBLIC.uuid, headers: {} }),
    ];
    expect(told.map(({ status }) => status)).toEqual([200, 200]);
    expect(JSON.stringify(told)).not.toContain(KEY);
    expect(told[0]?.answer).toMatchObject({
      ok: true,
      payload: { webhook_uuid: UUID, model: 'res.partner', method: 'create', domain: [] },
      headers_example: { Authorization: 'Bearer <secret_key>', 'Webhook-Key': '<secret_key>' },
    });
  });
});

describe('a body', () => {
  test.each<[string, string, string, string | undefined]>([
    ['is no JSON', "{'model': 'res.partner'}", 'invalid_json', undefined],
    ['has comments', '// x\n{"model": "res.partner"}', 'invalid_json', undefined],
    ['is a list', '[]', 'invalid_payload', 'not_an_object'],
    ['has no model', '{"method": "search"}', 'invalid_payload', 'missing_model'],
    ['has an unknown method', '{"model": "res.partner", "method": "code"}', 'invalid_method', undefined],
    [
      'has values that are none',
      '{"model": "res.partner", "values": []}',
      'invalid_payload',
      'invalid_values',
    ],
    [
      'has a domain as text',
      '{"model": "res.partner", "method": "search", "domain": "[]"}',
      'invalid_payload',
      'invalid_domain',
    ],
    [
      'has a limit as text',
      '{"model": "res.partner", "method": "search", "limit": "5"}',
      'invalid_payload',
      'invalid_limit',
    ],
    [
      'has ids as texts',
      '{"model": "res.partner", "method": "read", "ids": ["1"]}',
      'invalid_payload',
      'invalid_ids',
    ],
  ])('that %s is a clear 400', async (_, body, error, reason) => {
    const { asked } = await started();
    expect(await send(body)).toMatchObject({ status: 400, answer: refusal(error, reason) });
    expect(asked).toEqual([]);
  });

  test('may be left out: then the query is read, as far as nothing changes', async () => {
    const { asked } = await started({ verbs: ['GET', 'POST'] });
    const domain = encodeURIComponent('[["state","=","sale"]]');
    expect((await get(`?model=sale.order&domain=${domain}&limit=1&fields=date_order`)).status).toBe(200);
    expect(asked[0]?.kwargs).toMatchObject({ domain: [['state', '=', 'sale']], limit: 1 });
    expect(await get('?model=res.partner&method=create')).toMatchObject({
      ...{ status: 400, answer: refusal('invalid_method', 'get_only_reads') },
    });
    expect(await send(undefined)).toMatchObject({
      status: 400,
      answer: refusal('invalid_payload', 'missing_model'),
    });
  });
});

describe('records that are to be changed', () => {
  test.each<[string, object, string]>([
    ['no selector', {}, 'missing_selector'],
    ['an empty domain', { domain: [] }, 'missing_selector'],
    ['no ids', { ids: [] }, 'missing_selector'],
    ['a domain that means everything', { domain: [[1, '=', 1]] }, 'missing_selector'],
    ['ids and a domain', { ids: [5], domain: [['name', '=', 'x']] }, 'two_selectors'],
  ])('are not chosen by %s', async (_, selector, reason) => {
    const { asked, transactions } = await started();
    for (const method of ['write', 'unlink']) {
      const told = await send({ model: 'res.partner', method, values: { name: 'x' }, ...selector });
      expect(told).toMatchObject({ status: 400, answer: refusal('invalid_payload', reason) });
    }
    expect([asked, transactions]).toEqual([[], []]);
  });

  test('are those of the ids, and no others', async () => {
    const { transactions } = await started({ found: [5] });
    const told = await send({ model: 'res.partner', method: 'unlink', ids: [5, 6] });
    expect(told).toMatchObject({ status: 200, answer: { ok: true, ids: [5] } });
    expect(transactions[0]?.operations).toMatchObject([
      { op: 'unlink', domain: [['id', 'in', [5, 6]]], max: 1000 },
    ]);
  });

  test('are those of the domain; none is not_found', async () => {
    const { transactions } = await started();
    const domain = [['email', '=', 'cliente@example.com']];
    const told = await send({ model: 'res.partner', method: 'write', domain, values: { name: 'x' } });
    expect(told).toMatchObject({ status: 400, answer: refusal('not_found') });
    expect(transactions[0]?.operations).toMatchObject([{ op: 'write', domain, values: { name: 'x' } }]);
  });

  test('a new one is told by its id', async () => {
    const { asked } = await started({ answer: () => [42] });
    expect(await send({ model: 'res.partner', values: { name: 'Cliente X' } })).toMatchObject({
      ...{ status: 200, answer: { ok: true, id: 42 } },
    });
    expect(asked[0]).toMatchObject({ method: 'create', args: [[{ name: 'Cliente X' }]] });
  });
});

describe('records that are read', () => {
  test('have dates as Odoo writes them, and a record as its id', async () => {
    await started();
    const fields = ['id', 'date_order', 'validity_date', 'partner_id'];
    const told = await send({ model: 'sale.order', method: 'read', ids: [1], fields });
    expect(told).toMatchObject({ status: 200, answer: { ok: true, count: 1 } });
    expect(told.answer).toHaveProperty('records', [
      { id: 1, date_order: '2026-01-22 10:00:00', validity_date: false, partner_id: { id: 5 } },
    ]);
  });

  test('are searched with nested fields in one call, by both names of the method', async () => {
    const { asked } = await started();
    const fields = ['id', { partner_id: ['id', 'name'] }, 'partner_id.email'];
    for (const method of ['search', 'search_advanced'])
      await send({ model: 'sale.order', method, domain: [['state', '=', 'sale']], fields });
    const specification = { partner_id: { fields: { name: {}, email: {} } } };
    expect(asked.map(({ method, kwargs }) => [method, kwargs])).toEqual(
      Array(2).fill(['web_search_read', expect.objectContaining({ specification })]),
    );
  });

  test('are ids where no fields are asked for, and as many as the endpoint gives', async () => {
    await started({ maxRecords: 1, answer: () => ({ length: 2, records: [{ id: 1 }] }) });
    const all = await send({ model: 'sale.order', method: 'search' });
    const one = await send({ model: 'sale.order', method: 'search', limit: 1 });
    expect([all.answer, one.answer]).toEqual([
      { ok: true, count: 1, ids: [1], more: true },
      { ok: true, count: 1, ids: [1] },
    ]);
  });

  test('are not found where they are gone', async () => {
    const answer = (call: AskedCall) =>
      call.method === 'fields_get' ? { name: { type: 'char' } } : finding()(call);
    await started({ answer });
    expect(await send({ model: 'sale.order', method: 'read', ids: [9] })).toMatchObject({
      ...{ status: 400, answer: refusal('not_found') },
    });
  });
});

describe('what the endpoint may not', () => {
  test.each<[string, object, string]>([
    ['another model', { model: 'res.country', method: 'search' }, 'model_not_allowed'],
    ['a secret model', { model: 'ir.config_parameter', method: 'search' }, 'model_not_allowed'],
    ['creating', { model: 'sale.order', method: 'create', values: {} }, 'create_not_allowed'],
    [
      'writing',
      { model: 'sale.order', method: 'write', ids: [1], values: { note: 'x' } },
      'write_not_allowed',
    ],
    ['deleting', { model: 'sale.order', method: 'unlink', ids: [1] }, 'unlink_not_allowed'],
    ['a field', { model: 'sale.order', method: 'search', fields: ['amount_total'] }, 'field_not_allowed'],
    [
      'a field in a domain',
      { model: 'sale.order', method: 'search', domain: [['amount_total', '>', 1]] },
      'field_not_allowed',
    ],
    [
      'a field to sort by',
      { model: 'sale.order', method: 'search', order: 'amount_total' },
      'field_not_allowed',
    ],
    [
      'a field elsewhere',
      { model: 'sale.order', method: 'search', fields: [{ user_id: ['login'] }] },
      'model_not_allowed',
    ],
  ])('is refused: %s', async (_, body, reason) => {
    const { asked, lines } = await started();
    expect(await send(body)).toMatchObject({ status: 400, answer: refusal('permission_denied', reason) });
    expect([asked, lines[0]?.outcome, lines[0]?.errorCode]).toEqual([[], 'refused', reason]);
  });
});

describe('what Odoo refuses', () => {
  const throwing = (kind: 'validation' | 'access' | 'protocol' | 'unavailable', words: string) => () => {
    const message = `Odoo answered res.partner.create with ValidationError: ${words}`;
    throw new OdooError({ kind, outcome: kind === 'unavailable' ? 'not-done' : 'refused', message });
  };
  const create = { model: 'res.partner', values: { name: 'x' } };

  test.each([
    ['validation', 'validation_error'],
    ['access', 'access_error'],
    ['protocol', 'invalid_request'],
  ] as const)('as %s is told in its words', async (kind, reason) => {
    const { lines } = await started({ answer: throwing(kind, 'Two of a kind.') });
    const told = await send(create);
    expect(told).toMatchObject({
      status: 400,
      answer: { ...{ ok: false, error: 'odoo_error', reason }, message: 'Two of a kind.' },
    });
    expect(lines[0]).toMatchObject({
      outcome: 'refused',
      errorCode: reason,
      door: 'drop-in',
      method: 'create',
    });
  });

  test('because it is away is a 503', async () => {
    await started({ answer: throwing('unavailable', 'x') });
    expect(await send(create)).toMatchObject({ status: 503, answer: refusal('unavailable') });
  });
});

describe('models', () => {
  test('are described for creating', async () => {
    const fields = { parent_id: { ...CHAR, type: 'many2one', relation: 'res.partner' }, signup_token: CHAR };
    await started({ answer: ({ method }) => (method === 'fields_get' ? fields : { active: true }) });
    const { status, answer } = await get('/schema?model=res.partner&method=create');
    expect([status, answer]).toMatchObject([
      200,
      {
        ...{ ok: true, model: 'res.partner', method: 'create', defaults: { active: true } },
        fields: { parent_id: { type: 'many2one', relation: 'res.partner', required: false } },
        access: { can_create: true, can_write: true, can_unlink: true, can_read: true },
      },
    ]);
    expect(JSON.stringify(answer)).not.toContain('signup_token');
  });

  test('tell which fields are still missing', async () => {
    await started({
      grants: [sampleGrant('sale.order', { create: true })],
      answer: ({ method }) =>
        method === 'fields_get' ? ORDER_FIELDS : { date_order: '2026-01-22 10:00:00' },
    });
    const values = encodeURIComponent(JSON.stringify({ name: 'S1' }));
    expect((await get('/required?model=sale.order')).answer).toEqual(['name', 'partner_id']);
    expect((await get(`/required?model=sale.order&values=${values}`)).answer).toEqual(['partner_id']);
    expect((await get(`/required?model=sale.order&values=${values}&details=1`)).answer).toEqual([
      { field: 'partner_id', label: 'Customer' },
    ]);
  });

  test.each([
    ['/schema', 'missing_param'],
    ['/required', 'missing_param'],
    ['/schema?model=res.partner&method=unlink', 'invalid_method'],
    ['/schema?model=res.country', 'permission_denied'],
    ['/required?model=res.partner&values=%7B', 'invalid_json'],
    ['/required?model=res.partner&source=view', 'invalid_param'],
  ])('%s is a clear 400', async (path, error) => {
    await started();
    expect(await get(path)).toMatchObject({ status: 400, answer: refusal(error) });
  });
});
