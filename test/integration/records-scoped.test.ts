import { createRequire } from 'node:module';
import OdooAwait from 'odoo-await';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json, type OdooConnection } from '../../src/odoo/index.ts';
import { idOf } from '../support/external-id.ts';
import { callJson2, type OpenEndpoint, type RecordsLoop, startRecordsLoop } from '../support/records-loop.ts';
import { until } from '../support/until.ts';

// As Node itself loads it; the test runner would take its default for the module.
const odooJsonRpc: typeof import('@fernandoslim/odoo-jsonrpc') = createRequire(import.meta.url)(
  '@fernandoslim/odoo-jsonrpc',
);

/** Clients of Odoo, as they are, before an endpoint instead of an Odoo. */
let loop: RecordsLoop;
let seller: { id: number; login: string; password: string };
let endpoint: OpenEndpoint;
/** Odoo itself, as the endpoint's user. */
let direct: OdooConnection;

const GROUPS = [
  'base.group_partner_manager',
  'sales_team.group_sale_salesman',
  'account.group_account_invoice',
];

beforeAll(async () => {
  loop = await startRecordsLoop();
  const { records, odoo } = loop;
  seller = await records.employee('Seller', GROUPS);
  const note = await idOf(odoo, 'sale.field_sale_order__note');
  endpoint = await loop.openEndpoint(seller.id, [
    { model: 'res.partner', rights: 'rcwu' },
    { model: 'res.country' },
    {
      ...{ model: 'sale.order', rights: 'rcw' },
      values: {
        x_fields_mode: 'except',
        x_field_ids: [[6, 0, [note]]],
        x_methods: 'action_confirm\nmessage_post',
      },
    },
    { model: 'sale.order.line', rights: 'rc' },
    { model: 'product.product' },
  ]);
  direct = createOdooClient({ ...odoo, login: seller.login, password: seller.password });
}, 240_000);

afterAll(async () => {
  await direct?.stop();
  await loop?.dispose();
});

const port = () => Number(new URL(loop.url).port);
const byXmlRpc = async () => {
  const client = new OdooAwait({
    baseUrl: loop.url,
    db: 'any',
    username: endpoint.uuid,
    password: endpoint.key,
  });
  await client.connect();
  return client;
};
const byJsonRpc = async () => {
  const client = new odooJsonRpc.default({
    ...{ baseUrl: 'http://127.0.0.1', port: port(), db: 'any' },
    ...{ username: endpoint.uuid, apiKey: endpoint.key },
  });
  await client.connect();
  return client;
};

const Names = z.array(z.object({ id: z.number(), name: z.string() }));
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('odoo-await', () => {
  test('signs in, creates, finds, reads, changes and deletes', async () => {
    const client = await byXmlRpc();
    const id = z
      .number()
      .parse(await client.create('res.partner', { name: 'Azur <Nord> & Fils\r\nÉté', ref: 'AW-1' }));
    expect(await client.search('res.partner', { ref: 'AW-1' })).toEqual([id]);
    const [read] = Names.parse(await client.read('res.partner', id, ['name']));
    expect(read).toEqual({ id, name: 'Azur <Nord> & Fils\r\nÉté' });
    expect(await client.update('res.partner', id, { comment: false, name: 'Azur' })).toBe(true);
    const options = { limit: 5, offset: 0, order: 'name', context: { lang: 'en_US' } };
    const rows = await client.searchRead(
      'res.partner',
      [['ref', '=', 'AW-1']],
      ['name', 'country_id'],
      options,
    );
    expect(rows).toEqual([{ id, name: 'Azur', country_id: false }]);
    expect(await client.searchRead('res.partner', { ref: 'AW-1' }, ['name'], { limit: 5 })).toEqual([
      { id, name: 'Azur' },
    ]);
    expect(await client.delete('res.partner', id)).toBe(true);
    expect(await client.search('res.partner', { ref: 'AW-1' })).toEqual([]);
  });

  test('is told of fields, and runs what is granted', async () => {
    const client = await byXmlRpc();
    const fields = z
      .record(z.string(), z.object({ type: z.string() }))
      .parse(await client.getFields('sale.order', ['type']));
    expect(fields['partner_id']).toEqual({ type: 'many2one' });
    expect(Object.keys(fields)).not.toContain('note');
    const partner = z.number().parse(await client.create('res.partner', { name: 'Buyer' }));
    const line = { action: 'create', value: { name: 'Section', display_type: 'line_section' } };
    const order = z
      .number()
      .parse(await client.create('sale.order', { partner_id: partner, order_line: line }));
    await client.action('sale.order', 'action_confirm', order);
    expect(await client.read('sale.order', order, ['state', 'partner_id'])).toEqual([
      { id: order, state: 'sale', partner_id: [partner, 'Buyer'] },
    ]);
  });

  test('is refused as by Odoo', async () => {
    const client = await byXmlRpc();
    expect(await faultOf(client.read('sale.order', 1, ['note']))).toContain(
      '"note" of sale.order is not allowed',
    );
    expect(await faultOf(client.createExternalId('res.partner', 1, 'mine'))).toContain('ir.model.data');
    expect(await faultOf(client.delete('sale.order', 1))).toContain('may not unlink');
    const stranger = new OdooAwait({
      baseUrl: loop.url,
      db: 'any',
      username: endpoint.uuid,
      password: 'wrong',
    });
    expect(await faultOf(stranger.connect())).toContain('invalid credentials');
  });
});

describe('@fernandoslim/odoo-jsonrpc', () => {
  test('signs in, creates, finds, reads, changes and deletes', async () => {
    const client = await byJsonRpc();
    const id = await client.create('res.partner', { name: 'Brise', ref: 'JR-1' });
    expect(await client.search('res.partner', [['ref', '=', 'JR-1']])).toEqual([id]);
    expect(await client.read('res.partner', id, ['name'])).toEqual([{ id, name: 'Brise' }]);
    expect(await client.update('res.partner', id, { name: 'Brise Marine' })).toBe(true);
    const options = { limit: 1, order: 'name desc', context: { active_test: false } };
    expect(await client.searchRead('res.partner', [['ref', '=', 'JR-1']], ['name'], options)).toEqual([
      { id, name: 'Brise Marine' },
    ]);
    expect(await client.delete('res.partner', id)).toBe(true);
  });

  test('is told of fields, runs what is granted, and is refused the rest', async () => {
    const client = await byJsonRpc();
    expect(Object.keys(Object(await client.getFields('sale.order')))).not.toContain('note');
    const partner = await client.create('res.partner', { name: 'Buyer' });
    const order = await client.create('sale.order', { partner_id: partner });
    await client.call_kw('sale.order', 'message_post', [[order]], { body: 'Called' });
    expect(await faultOf(client.action('sale.order', 'action_cancel', [order]))).toContain('action_cancel');
    expect(await faultOf(client.searchRead('ir.config_parameter', [], []))).toContain('ir.config_parameter');
    const messages = await loop.odoo.execute('mail.message', 'search_read', [
      [
        ['model', '=', 'sale.order'],
        ['res_id', '=', order],
        ['body', 'ilike', 'Called'],
      ],
      ['create_uid'],
    ]);
    expect(messages).toMatchObject([{ create_uid: [seller.id, 'Seller'] }]);
  });
});

describe('every answer', () => {
  test.each<[string, string, string, readonly Json[], { [name: string]: Json }]>([
    [
      'of a read',
      'res.country',
      'read',
      [
        [1, 2],
        ['name', 'code'],
      ],
      {},
    ],
    [
      'of a search',
      'res.country',
      'search',
      [[['code', 'like', 'F']]],
      { order: 'code desc', limit: 3, offset: 1 },
    ],
    ['of a count', 'res.country', 'search_count', [[['code', 'like', 'F']]], {}],
    [
      'of a search with values',
      'sale.order',
      'search_read',
      [[], ['name', 'date_order', 'partner_id', 'order_line']],
      {},
    ],
    ['of a look-up by name', 'res.country', 'name_search', ['Fran'], { limit: 3 }],
    ['of groups', 'sale.order', 'read_group', [[], ['amount_total:sum'], ['partner_id']], { lazy: false }],
    [
      'of a specification',
      'sale.order',
      'web_search_read',
      [],
      {
        ...{ domain: [], limit: 5, order: 'id' },
        specification: {
          name: {},
          partner_id: { fields: { display_name: {} } },
          order_line: { fields: { name: {} } },
        },
      },
    ],
    ['of a default', 'res.partner', 'default_get', [['type', 'active']], {}],
    ['of a right', 'res.partner', 'check_access_rights', [], { operation: 'write', raise_exception: false }],
  ])('%s is that of Odoo itself, over JSON-RPC and XML-RPC', async (_, model, method, args, kwargs) => {
    const account = { url: loop.url, database: 'any', login: endpoint.uuid, password: endpoint.key };
    const clients = (['json-rpc', 'xml-rpc'] as const).map((transport) =>
      createOdooClient({ ...account, transport }),
    );
    try {
      const expected = await direct.call(model, method, args, { kwargs });
      const given = await Promise.all(clients.map(({ call }) => call(model, method, args, { kwargs })));
      expect(given).toEqual([expected, expected]);
    } finally {
      await Promise.all(clients.map(({ stop }) => stop()));
    }
  });

  test('of JSON-2 has its statuses', async () => {
    const created = await callJson2(loop, endpoint.key, 'res.partner/create', {
      vals_list: [{ name: 'Two' }],
    });
    expect(created).toEqual({ status: 200, answer: [expect.any(Number)] });
    const ids = z.array(z.number()).parse(created.answer);
    const bad = await callJson2(loop, endpoint.key, 'res.partner/write', {
      ids,
      vals: { parent_id: ids[0] ?? 0 },
    });
    expect(bad).toMatchObject({ status: 422, answer: { name: 'odoo.exceptions.ValidationError' } });
    const gone = await callJson2(loop, endpoint.key, 'res.partner/read', {
      ids: [99_999_999],
      fields: ['name'],
    });
    expect(gone).toEqual({ status: 200, answer: [] });
    const refused = await callJson2(loop, endpoint.key, 'res.users/read', { ids: [2], fields: ['login'] });
    expect(refused).toMatchObject({ status: 403, answer: { name: 'odoo.exceptions.AccessError' } });
  });

  test('names nobody whom the endpoint may not see', async () => {
    const order = await loop.records.search('sale.order', []);
    const { answer } = await callJson2(loop, endpoint.key, 'sale.order/read', {
      ids: order,
      fields: ['user_id'],
    });
    const users = z
      .array(z.object({ user_id: z.tuple([z.number(), z.literal('')]).or(z.literal(false)) }))
      .parse(answer);
    expect(users.some(({ user_id: user }) => user !== false)).toBe(true);
  });

  test('is a line of the log in Odoo', async () => {
    await callJson2(loop, endpoint.key, 'res.country/read', { ids: [3], fields: ['name'] });
    await callJson2(loop, endpoint.key, 'res.country/write', { ids: [3], vals: { name: 'x' } });
    const domain = [
      ['x_endpoint_id', '=', endpoint.id],
      ['x_door', '=', 'json-2'],
      ['x_model', '=', 'res.country'],
    ];
    const read = () =>
      loop.odoo.execute('x_viaduct_call', 'search_read', [domain, ['x_method', 'x_outcome', 'x_status']], {
        order: 'id',
      });
    const lines = await until(read, (rows) => z.array(z.unknown()).parse(rows).length >= 2);
    expect(lines).toMatchObject([
      { x_method: 'read', x_outcome: 'ok', x_status: 200 },
      { x_method: 'write', x_outcome: 'refused', x_status: 403 },
    ]);
  });
});
