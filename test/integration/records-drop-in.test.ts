import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type OpenEndpoint, type RecordsLoop, startRecordsLoop } from '../support/records-loop.ts';
import { until } from '../support/until.ts';

/** The documented routes of the webhook module, before a real Odoo. */
let loop: RecordsLoop;
let shop: OpenEndpoint;
let open: OpenEndpoint;
let guestId: number;

const ALL = { x_verb_get: true, x_verb_put: true, x_verb_patch: true, x_verb_delete: true };

beforeAll(async () => {
  loop = await startRecordsLoop();
  const { records } = loop;
  const seller = await records.employee('Seller', [
    'base.group_partner_manager',
    'sales_team.group_sale_salesman',
  ]);
  guestId = (await records.employee('Guest')).id;
  shop = await loop.openEndpoint(
    seller.id,
    [
      { model: 'res.partner', rights: 'rcwu' },
      { model: 'res.country' },
      { model: 'sale.order', rights: 'rc' },
      { model: 'sale.order.line', rights: 'rc' },
      { model: 'product.product' },
    ],
    { ...ALL, x_max_records: 5 },
  );
  open = await loop.openEndpoint(guestId, [{ model: 'res.country' }, { model: 'sale.order', rights: 'r' }]);
}, 240_000);

afterAll(() => loop?.dispose());

type Sent = { verb?: string; path?: string; endpoint?: OpenEndpoint; headers?: Record<string, string> };

async function send(
  body: object | string | null,
  { verb = 'POST', path = '', endpoint = shop, headers }: Sent = {},
) {
  const text = body === null || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${loop.url}/bitconn/webhook/${endpoint.uuid}${path}`, {
    method: verb,
    headers: headers ?? { authorization: `Bearer ${endpoint.key}` },
    body: text,
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

const Created = z.object({ ok: z.literal(true), id: z.number() });
const created = async (model: string, values: object) =>
  Created.parse((await send({ model, method: 'create', values })).answer).id;

describe('the documented examples', () => {
  const email = 'cliente@example.com';
  const domain = [['email', '=', email]];
  const model = 'res.partner';

  test('create, write, search, read and unlink a contact', async () => {
    const id = await created(model, { name: 'Cliente Teste', email });
    expect(
      await send({ model, method: 'write', domain, values: { comment: 'Atualizado via webhook' } }),
    ).toEqual({
      ...{ status: 200, answer: { ok: true, ids: [id] } },
    });
    expect((await send({ model, method: 'search', domain, limit: 5 })).answer).toEqual({
      ok: true,
      count: 1,
      ids: [id],
    });
    expect(
      (await send({ model, method: 'read', ids: [id], fields: ['id', 'name', 'email'] })).answer,
    ).toEqual({
      ...{ ok: true, count: 1, records: [{ id, name: 'Cliente Teste', email }] },
    });
    expect((await send({ model, method: 'unlink', domain })).answer).toEqual({ ok: true, ids: [id] });
    expect(await send({ model, method: 'unlink', domain })).toMatchObject({
      status: 400,
      answer: { error: 'not_found' },
    });
    expect(await send({ model, method: 'read', ids: [id] })).toMatchObject({
      status: 400,
      answer: { error: 'not_found' },
    });
  });

  test('the same over other verbs and the query', async () => {
    const id = await created(model, { name: 'Verbs', ref: 'VERB-1' });
    const byRef = [['ref', '=', 'VERB-1']];
    expect((await send({ model, ids: [id], values: { name: 'Put' } }, { verb: 'PUT' })).answer).toEqual({
      ok: true,
      ids: [id],
    });
    const query = `?model=res.partner&fields=name&domain=${encodeURIComponent(JSON.stringify(byRef))}`;
    expect((await send(null, { verb: 'GET', path: query })).answer).toEqual({
      ...{ ok: true, count: 1, records: [{ id, name: 'Put' }] },
    });
    expect((await send({ model, domain: byRef }, { verb: 'DELETE' })).answer).toEqual({
      ok: true,
      ids: [id],
    });
    const refused = await send({ model: 'res.country', method: 'search' }, { verb: 'PUT', endpoint: open });
    expect(refused).toMatchObject({ status: 405, answer: { allowed_methods: ['POST'] } });
  });
});

describe('orders', () => {
  let order: number;
  let partner: number;
  beforeAll(async () => {
    partner = await created('res.partner', { name: 'Buyer', country_id: await countryId('FR') });
    const line = (name: string, sequence: number) => [0, 0, { name, sequence, display_type: 'line_note' }];
    const lines = [line('second', 20), line('first', 10), line('third', 30)];
    order = await created('sale.order', { partner_id: partner, order_line: lines });
  });

  const countryId = async (code: string) =>
    (await loop.records.search('res.country', [['code', '=', code]]))[0] ?? 0;

  test('are read with their dates and lines in Odoo’s order, nested as documented', async () => {
    const fields = [
      ...['id', 'date_order', 'partner_id', 'user_id', 'validity_date'],
      { order_line: ['name', { product_id: ['id', 'default_code', 'name'] }] },
    ];
    const nested = [{ partner_id: ['id', 'name', { country_id: ['id', 'code'] }] }];
    const told = await send({ model: 'sale.order', method: 'search', domain: [['id', '=', order]], fields });
    expect(told).toMatchObject({
      status: 200,
      answer: {
        ...{ ok: true, count: 1 },
        records: [
          {
            ...{ id: order, partner_id: { id: partner }, user_id: { id: expect.any(Number) } },
            date_order: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
            order_line: [
              { name: 'first', product_id: false },
              { name: 'second', product_id: false },
              { name: 'third', product_id: false },
            ],
          },
        ],
      },
    });
    const deep = await send({
      model: 'sale.order',
      method: 'search_advanced',
      domain: [['id', '=', order]],
      fields: nested,
    });
    expect(deep.answer).toMatchObject({
      records: [{ id: order, partner_id: { id: partner, name: 'Buyer', country_id: { code: 'FR' } } }],
    });
  });

  test('are read with all fields of the endpoint where none are named', async () => {
    const { status, answer } = await send({ model: 'sale.order', method: 'read', ids: [order] });
    expect(status).toBe(200);
    const [record] = z.object({ records: z.array(z.record(z.string(), z.unknown())) }).parse(answer).records;
    expect(Object.keys(record ?? {})).toEqual(
      expect.arrayContaining(['name', 'create_date', 'amount_total']),
    );
    expect(Object.keys(record ?? {})).not.toContain('access_token');
  });
});

describe('everything', () => {
  test('is not what no selector means', async () => {
    const before = await loop.records.search('res.partner', []);
    const kept = await created('res.partner', { name: 'Kept' });
    const gone = await created('res.partner', { name: 'Gone' });
    const model = 'res.partner';
    for (const selector of [
      {},
      { domain: [] },
      { ids: [] },
      { domain: [[1, '=', 1]] },
      { domain: ['|', [1, '=', 1], ['id', '=', 1]] },
    ])
      expect(await send({ model, method: 'unlink', ...selector })).toMatchObject({
        ...{ status: 400, answer: { ok: false, error: 'invalid_payload', reason: 'missing_selector' } },
      });
    expect((await send({ model, method: 'unlink', ids: [gone] })).answer).toEqual({ ok: true, ids: [gone] });
    expect(await loop.records.search(model, [])).toEqual([...before, kept]);
  });

  test('is not what one answer or one change holds', async () => {
    const search = await send({ model: 'res.country', method: 'search' });
    expect(search.answer).toMatchObject({ ok: true, count: 5, more: true });
    for (let count = 0; count < 6; count += 1) await created('res.partner', { name: 'Many', ref: 'MANY' });
    const domain = [['ref', '=', 'MANY']];
    expect(await send({ model: 'res.partner', method: 'unlink', domain })).toMatchObject({
      ...{ status: 400, answer: { reason: 'too_many_records' } },
    });
    expect(await loop.records.search('res.partner', domain)).toHaveLength(6);
  });

  test('an archived record is changed by its id', async () => {
    const id = await created('res.partner', { name: 'Old', active: false });
    expect(
      (await send({ model: 'res.partner', method: 'write', ids: [id], values: { name: 'Older' } })).answer,
    ).toEqual({
      ...{ ok: true, ids: [id] },
    });
    expect(await loop.records.read('res.partner', id, { name: z.string() })).toMatchObject({ name: 'Older' });
  });
});

describe('refusals', () => {
  test('of Odoo are told in its words', async () => {
    const id = await created('res.partner', { name: 'Loop' });
    const recursive = await send({
      model: 'res.partner',
      method: 'write',
      ids: [id],
      values: { parent_id: id },
    });
    expect(recursive).toMatchObject({
      ...{
        status: 400,
        answer: { ok: false, error: 'odoo_error', reason: 'validation_error', message: expect.any(String) },
      },
    });
    const rights = await send({ model: 'sale.order', method: 'search' }, { endpoint: open });
    expect(rights).toMatchObject({ status: 400, answer: { error: 'odoo_error', reason: 'access_error' } });
    const values = await send({
      model: 'res.partner',
      method: 'create',
      values: { name: 'x', type: 'no such type' },
    });
    expect(values).toMatchObject({ status: 400, answer: { ok: false, error: 'odoo_error' } });
  });

  test('of strangers are all the same', async () => {
    const body = { model: 'res.country', method: 'search' };
    const wrong = await send(body, { headers: { 'webhook-key': 'wrong' } });
    const unknown = await send(body, { endpoint: { ...shop, uuid: 'ffffffff-0000-4000-8000-000000000000' } });
    const others = await send(body, { endpoint: { ...shop, key: open.key } });
    expect(wrong).toMatchObject({
      status: 401,
      answer: { ok: false, error: 'forbidden', reason: 'invalid_token' },
    });
    expect([unknown, others]).toEqual([wrong, wrong]);
  });

  test('are in the log with everything else, and no secret is', async () => {
    await send(
      { model: 'res.users', method: 'search', domain: [['login', '=', 'admin']] },
      { endpoint: open },
    );
    const domain = [
      ['x_endpoint_id', '=', open.id],
      ['x_door', '=', 'drop-in'],
      ['x_model', '=', 'res.users'],
    ];
    const read = () => loop.odoo.execute('x_viaduct_call', 'search_read', [domain]);
    const lines = await until(read, (rows) => z.array(z.unknown()).parse(rows).length > 0);
    expect(lines).toMatchObject([
      { x_method: 'search', x_outcome: 'refused', x_error_code: 'model_not_allowed', x_verb: 'POST' },
    ]);
    const all = JSON.stringify(await loop.odoo.execute('x_viaduct_call', 'search_read', [[]]));
    expect([shop.key, open.key].filter((key) => all.includes(key) || loop.logText().includes(key))).toEqual(
      [],
    );
  });
});

describe('models', () => {
  test('are described', async () => {
    const { answer } = await send(null, { verb: 'GET', path: '/schema?model=sale.order&method=create' });
    expect(answer).toMatchObject({
      ...{
        ok: true,
        model: 'sale.order',
        method: 'create',
        required_fields: expect.arrayContaining(['partner_id']),
      },
      fields: {
        partner_id: { type: 'many2one', relation: 'res.partner', required: true, string: expect.any(String) },
      },
      defaults: { date_order: expect.stringMatching(/^\d{4}-/) },
      access: { can_create: true, can_write: false, can_unlink: false, can_read: true },
    });
  });

  test('tell what is still missing', async () => {
    const missing = await send(null, { verb: 'GET', path: '/required?model=sale.order' });
    expect(missing.answer).toEqual(['partner_id']);
    const values = encodeURIComponent(JSON.stringify({ partner_id: 1 }));
    expect(
      (await send(null, { verb: 'GET', path: `/required?model=sale.order&values=${values}` })).answer,
    ).toEqual([]);
    expect((await send(null, { verb: 'GET', path: '/required?model=sale.order&details=1' })).answer).toEqual([
      { field: 'partner_id', label: 'Customer' },
    ]);
  });
});
