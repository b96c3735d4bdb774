import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../src/odoo/index.ts';
import { idOf } from '../support/external-id.ts';
import { countCalls } from '../support/odoo-work.ts';
import { type OpenEndpoint, type RecordsLoop, startRecordsLoop } from '../support/records-loop.ts';

/** Viaduct's own addresses for records, before a real Odoo. */
let loop: RecordsLoop;
let seller: OpenEndpoint;
let manager: OpenEndpoint;
let employee: OpenEndpoint;
let sellerId: number;
let country: number;
let product: number;

const GRANTS: { model: string; rights?: string; values?: Record<string, Json> }[] = [
  {
    ...{ model: 'res.partner', rights: 'rcwu' },
    values: { x_fields_mode: 'except', x_methods: 'message_post' },
  },
  { model: 'res.country' },
  { model: 'product.product' },
  {
    ...{ model: 'sale.order', rights: 'rcwu' },
    values: { x_methods: 'action_confirm\naction_cancel\nmessage_post' },
  },
  { model: 'sale.order.line', rights: 'rcwu' },
];
const Ids = z.object({ ids: z.array(z.number()) });
const Page = z.looseObject({
  records: z.array(z.looseObject({ id: z.number() })),
  next: z.string().nullable(),
  total: z.number().optional(),
});

beforeAll(async () => {
  loop = await startRecordsLoop();
  const { records, odoo } = loop;
  const vat = await idOf(odoo, 'base.field_res_partner__vat');
  const grants = GRANTS.map((grant) =>
    grant.model === 'res.partner'
      ? { ...grant, values: { ...grant.values, x_field_ids: [[6, 0, [vat]]] } }
      : grant,
  );
  const sales = ['base.group_partner_manager', 'sales_team.group_sale_salesman'];
  const sellerUser = await records.employee('Seller', sales);
  sellerId = sellerUser.id;
  // Up to 18, Odoo lets nobody write to a chatter who has no address to send from.
  await odoo.execute('res.users', 'write', [[sellerId], { email: 'seller@example.com' }]);
  const managerUser = await records.employee('Manager', [
    'base.group_partner_manager',
    'sales_team.group_sale_manager',
  ]);
  const employeeUser = await records.employee('Employee');
  seller = await loop.openEndpoint(sellerUser.id, grants);
  manager = await loop.openEndpoint(managerUser.id, grants);
  employee = await loop.openEndpoint(employeeUser.id, grants);
  country = await idOf(odoo, 'base.fr');
  product = await records.create('product.product', { name: 'Chair', list_price: 100, type: 'consu' });
}, 240_000);

afterAll(() => loop?.dispose());

type Init = { method?: string; body?: Json; headers?: Record<string, string>; as?: OpenEndpoint };

async function ask(path: string, { method = 'GET', body, headers = {}, as = seller }: Init = {}) {
  const answered = await fetch(`${loop.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${as.key}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json: unknown = await answered.json();
  return { status: answered.status, headers: answered.headers, json };
}

const post = (path: string, body: Json, more: Init = {}) => ask(path, { method: 'POST', body, ...more });
const search = async (model: string, body: Json, as = seller) =>
  Page.parse((await post(`/records/${model}/search`, body, { as })).json);
const made = async (model: string, values: Json, as = seller) =>
  Ids.parse((await post(`/records/${model}`, values, { as })).json).ids;

/** Makes an order of this partner with as many lines, and gives its id. */
async function order(partner: number, lines: number, as = seller): Promise<number> {
  const line = { product_id: product, product_uom_qty: 2 };
  const [id = 0] = await made(
    'sale.order',
    { partner_id: partner, order_line: Array<Json>(lines).fill([0, 0, line]) },
    as,
  );
  return id;
}

/** How many calls of Odoo this takes at most: lines of the log and readings of the endpoints come in between. */
async function callsOf(work: () => Promise<unknown>): Promise<number> {
  const counted = await countCalls(loop);
  await work();
  return await counted();
}

test('reads orders with partner, country, lines and products in one call', async () => {
  const [partner = 0] = await made('res.partner', { name: 'Azur Interior', country_id: { id: country } });
  const ids = [await order(partner, 2), await order(partner, 1)];
  const fields = [
    ...[
      'name',
      'date_order',
      'note',
      { partner_id: ['name', { country_id: ['code'] }] },
      'user_id',
      'tag_ids',
    ],
    { order_line: ['product_uom_qty', { product_id: ['name'] }] },
  ];
  let page: z.infer<typeof Page> | undefined;
  const calls = await callsOf(async () => {
    page = await search('sale.order', { domain: [['id', 'in', ids]], fields, total: true });
  });
  // One, and what comes in between; it would be a dozen record by record.
  expect(calls).toBeLessThanOrEqual(4);
  const line = { id: expect.any(Number), product_uom_qty: 2, product_id: { id: product, name: 'Chair' } };
  expect(page?.records).toEqual([
    {
      ...{
        id: ids[0],
        name: expect.stringMatching(/^S\d+/),
        note: null,
        user_id: { id: sellerId },
        tag_ids: [],
      },
      date_order: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      partner_id: { id: partner, name: 'Azur Interior', country_id: { id: country, code: 'FR' } },
      order_line: [line, line],
    },
    expect.objectContaining({ id: ids[1], order_line: [line] }),
  ]);
  expect(page?.total).toBe(2);
});

describe('rights', () => {
  test('are those of the user of each endpoint', async () => {
    const [partner = 0] = await made('res.partner', { name: 'Of nobody' });
    const [own, other] = [await order(partner, 1), await order(partner, 1, manager)];
    const domain = [['id', 'in', [own, other]]];
    const seen = async (as: OpenEndpoint) =>
      (await search('sale.order', { domain }, as)).records.map(({ id }) => id);
    expect(await seen(seller)).toEqual([own]);
    expect(await seen(manager)).toEqual([own, other].toSorted((a, b) => a - b));
    expect(await post('/records/sale.order/search', { domain }, { as: employee })).toMatchObject({
      status: 403,
      json: { code: 'odoo-access', model: 'sale.order', odoo: expect.stringMatching(/\w/) },
    });
    expect((await ask(`/records/sale.order/${other}`)).status).toBe(404);
    expect((await ask(`/records/sale.order/${other}`, { method: 'PATCH', body: { note: 'x' } })).status).toBe(
      403,
    );
    const counts = [seller, manager].map(
      async (as) => (await post('/records/sale.order/count', { domain }, { as })).json,
    );
    expect(await Promise.all(counts)).toEqual([{ count: 1 }, { count: 2 }]);
  });

  test.each<[what: string, path: string, body: Json]>([
    ['a condition', 'res.partner/search', { domain: [['vat', '!=', false]] }],
    ['a condition on a relation', 'sale.order/search', { domain: [['partner_id.vat', '!=', false]] }],
    ['a nested condition', 'sale.order/search', { domain: [['partner_id', 'any', [['vat', '!=', false]]]] }],
    ['a field', 'res.partner/search', { fields: ['vat'] }],
    ['a nested field', 'sale.order/search', { fields: [{ partner_id: ['vat'] }] }],
    ['an order', 'res.partner/search', { order: 'vat' }],
    ['a group', 'res.partner/aggregate', { groupBy: ['vat'] }],
    ['an aggregate', 'res.partner/aggregate', { groupBy: ['country_id'], aggregates: ['vat:max'] }],
    ['a value', 'res.partner', { name: 'x', vat: 'FR' }],
    ['a line’s value', 'res.partner', { name: 'x', child_ids: [[0, 0, { name: 'y', vat: 'FR' }]] }],
    ['a default', 'res.partner/defaults', { fields: ['vat'] }],
  ])('keep a withheld field out of %s', async (_, path, body) => {
    expect(await post(`/records/${path}`, body)).toMatchObject({
      status: 403,
      json: { code: 'field-not-allowed', field: expect.stringContaining('vat') },
    });
  });

  test.each<[what: string, path: string, body: Json, status: number]>([
    ['a value of another type', 'res.partner/search', { domain: [['id', '=', 'abc']] }, 400],
    ['a text for a number', 'sale.order/search', { domain: [['amount_total', '>', 'abc']] }, 422],
    ['a date that is none', 'sale.order/search', { domain: [['date_order', '>', 'never']] }, 422],
    ['a missing value', 'sale.order', {}, 422],
    ['a relation to nothing', 'sale.order', { partner_id: 999_999_999 }, 404],
    ['a choice that is none', 'sale.order', { state: 'nonsense' }, 422],
    ['another company', 'sale.order/search', { context: { allowed_company_ids: [987_654] } }, 403],
  ])('answer %s with a refusal', async (_, path, body, status) => {
    const refused = await post(`/records/${path}`, body);
    expect(refused.status, JSON.stringify(refused.json)).toBe(status);
  });

  test('answer a language that is not there as Odoo does: 17 in English, later ones with a refusal', async () => {
    const found = await post('/records/res.partner/search', { context: { lang: 'xx_XX' } });
    expect(found.status).toBe(loop.odoo.version.major === 17 ? 200 : 422);
  });
});

test.each(['id', 'name desc', 'ref', 'color desc'])(
  'goes through 250 partners by %s, each once',
  async (by) => {
    const mark = `cursor ${by}`;
    const values = Array.from({ length: 250 }, (_, index) => ({
      ...{
        name: `Partner ${index % 40}`,
        comment: mark,
        website: `https://${mark.replaceAll(' ', '-')}.test`,
      },
      ...{ ref: index % 3 === 0 ? false : `R${index % 50}`, color: index % 4 },
    }));
    const ids = await made('res.partner', values);
    const domain = [['id', 'in', ids]];
    const seen: number[] = [];
    let cursor: string | null = null;
    const calls = await callsOf(async () => {
      do {
        const body: Json = {
          domain,
          fields: ['name'],
          order: by,
          limit: 60,
          ...(cursor === null ? {} : { cursor }),
        };
        const page: z.infer<typeof Page> = await search('res.partner', body);
        seen.push(...page.records.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== null);
    });
    expect([seen.length, new Set(seen).size]).toEqual([250, 250]);
    expect(calls).toBeLessThanOrEqual(5 + 2 + 5);
  },
);

test('writes only to what was not changed since it was read', async () => {
  const [partner = 0] = await made('res.partner', { name: 'Before' });
  const read = await ask(`/records/res.partner/${partner}?fields=name`);
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  const write = (name: string) =>
    ask(`/records/res.partner/${partner}`, { method: 'PATCH', body: { name }, headers });
  expect(await write('After')).toMatchObject({ status: 200, json: { ids: [partner] } });
  // Mostly within the same second, by which Odoo tells its dates.
  expect(await write('Lost')).toMatchObject({ status: 412, json: { code: 'precondition-failed' } });
  await loop.odoo.execute('res.partner', 'write', [[partner], { name: 'By somebody else' }]);
  const refused = await ask(`/records/res.partner/${partner}`, { method: 'DELETE', headers });
  expect(refused).toMatchObject({ status: 412, json: { code: 'precondition-failed' } });
  expect((await ask(`/records/res.partner/${partner}?fields=name`)).json).toMatchObject({
    name: 'By somebody else',
  });
});

test('makes what is not there by its key, and changes what is', async () => {
  const upsert = (values: Json) =>
    ask('/records/res.partner', { method: 'PUT', body: { key: ['ref'], values } });
  const first = await upsert([
    { ref: 'UP-1', name: 'One' },
    { ref: 'UP-2', name: 'Two' },
  ]);
  expect(first.json).toMatchObject({ created: [true, true] });
  const second = await upsert([
    { ref: 'UP-2', name: 'Second' },
    { ref: 'UP-3', name: 'Three' },
  ]);
  expect(second.json).toMatchObject({ created: [false, true] });
  const { records } = await search('res.partner', {
    domain: [['ref', 'like', 'UP-']],
    fields: ['name'],
    order: 'ref',
  });
  expect(records).toMatchObject([{ name: 'One' }, { name: 'Second' }, { name: 'Three' }]);
  expect(Ids.parse(second.json).ids).toEqual(records.slice(1).map(({ id }) => id));
});

test('does a batch as a whole, or nothing of it', async () => {
  const operations = (name: string): Json => [
    { op: 'create', model: 'res.partner', values: { name, ref: name } },
    { op: 'create', model: 'res.partner', values: { name: `${name} child`, parent_id: { $ref: '0.id' } } },
    { op: 'read', model: 'res.partner', ids: { $ref: '1.ids' }, fields: ['name', { parent_id: ['name'] }] },
  ];
  const done = await post('/batch', { operations: operations('Batch') });
  expect(done).toMatchObject({
    status: 200,
    json: { results: [{}, {}, { records: [{ name: 'Batch child', parent_id: { name: 'Batch' } }] }] },
  });
  const tried = await post('/batch', { operations: operations('Tried'), dryRun: true });
  expect(tried).toMatchObject({
    status: 200,
    json: { dryRun: true, results: [{}, {}, { records: [{ name: 'Tried child' }] }] },
  });
  const failing: Json = [
    { op: 'create', model: 'res.partner', values: { name: 'Failed' } },
    { op: 'create', model: 'sale.order', values: {} },
  ];
  expect(await post('/batch', { operations: failing })).toMatchObject({
    status: 422,
    json: { detail: expect.stringMatching(/^Operation 1: /) },
  });
  const left = await search('res.partner', { domain: [['name', 'in', ['Batch', 'Tried', 'Failed']]] });
  expect(left.records).toHaveLength(1);
});

test('does the same request under the same key once', async () => {
  const headers = { 'idempotency-key': `key-${Date.now()}` };
  const first = await post('/records/res.partner', { name: 'Once only' }, { headers });
  const second = await post('/records/res.partner', { name: 'Once only' }, { headers });
  expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([
    201,
    201,
    'true',
  ]);
  expect(second.json).toEqual(first.json);
  const other = await post('/records/res.partner', { name: 'Another' }, { headers });
  expect(other).toMatchObject({ status: 422, json: { code: 'idempotency-key-reused' } });
  expect((await search('res.partner', { domain: [['name', '=', 'Once only']], total: true })).total).toBe(1);
});

test('changes and deletes by a domain, and never all by accident', async () => {
  const ids = await made('res.partner', [
    { name: 'Away', ref: 'A1' },
    { name: 'Away', ref: 'A2' },
  ]);
  const domain = [['name', '=', 'Away']];
  const written = await ask('/records/res.partner', {
    method: 'PATCH',
    body: { selector: { domain }, values: { comment: 'x' } },
  });
  expect(Ids.parse(written.json).ids.toSorted((a, b) => a - b)).toEqual(ids);
  expect((await post('/records/res.partner/delete?dryRun=1', { selector: { domain } })).json).toMatchObject({
    dryRun: true,
  });
  expect((await post('/records/res.partner/delete', { selector: { domain } })).status).toBe(200);
  expect((await search('res.partner', { domain })).records).toEqual([]);
  for (const selector of [null, {}, { domain: [] }, { domain: [['name', '=', '']] }, { ids: [] }]) {
    expect((await post('/records/res.partner/delete', { selector })).status).toBe(428);
  }
});

test('calls methods on records, and groups what came of them', async () => {
  const [partner = 0] = await made('res.partner', { name: 'Grouped', country_id: country });
  const ids = [await order(partner, 1), await order(partner, 2)];
  expect((await post('/records/sale.order/call/action_confirm', { ids: ids.slice(0, 1) })).status).toBe(200);
  const posted = await post('/records/sale.order/call/message_post', {
    ids: ids.slice(0, 1),
    kwargs: { body: 'Bonjour' },
  });
  expect(posted.status).toBe(200);
  const groups = await post('/records/sale.order/aggregate', {
    ...{ domain: [['id', 'in', ids]], groupBy: ['state', 'partner_id', 'date_order:year'] },
    aggregates: ['__count', 'amount_untaxed:sum'],
  });
  const year = new Date().getUTCFullYear();
  const common = { partner_id: { id: partner }, 'date_order:year': `${year}-01-01T00:00:00Z`, __count: 1 };
  expect(groups.json).toEqual({
    groups: expect.arrayContaining([
      { ...common, state: 'sale', 'amount_untaxed:sum': 200 },
      { ...common, state: 'draft', 'amount_untaxed:sum': 400 },
    ]),
  });
});

test('describes fields and defaults', async () => {
  const described = z
    .object({ fields: z.record(z.string(), z.looseObject({ type: z.string() })) })
    .parse((await post('/records/res.partner/fields', {})).json);
  expect(described.fields['country_id']).toMatchObject({ type: 'many2one', relation: 'res.country' });
  expect(Object.keys(described.fields)).not.toContain('vat');
  const defaults = await post('/records/sale.order/defaults', { fields: ['state', 'user_id'] });
  expect(defaults.json).toMatchObject({ values: { state: 'draft' } });
});

test('takes files up and gives them back as they were', async () => {
  const [partner = 0] = await made('res.partner', { name: 'With a file' });
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
  const headers = { authorization: `Bearer ${seller.key}`, 'content-type': 'application/pdf' };
  const query = new URLSearchParams({ model: 'res.partner', id: String(partner), name: 'Devis 1.pdf' });
  const up = await fetch(`${loop.url}/v1/attachments?${query}`, { method: 'POST', headers, body: bytes });
  expect(up.status).toBe(201);
  const listed = await ask(`/attachments?model=res.partner&id=${partner}`);
  expect(listed.json).toMatchObject({ attachments: [{ name: 'Devis 1.pdf', bytes: 300_000 }] });
  const { id } = z.object({ id: z.number() }).parse(await up.json());
  const down = await fetch(`${loop.url}/v1/attachments/${id}`, { headers });
  expect(Buffer.from(await down.arrayBuffer()).equals(bytes)).toBe(true);
  const foreign = { name: 'x', datas: 'eA==', res_model: 'res.users', res_id: 1 };
  const [hidden] = z.array(z.number()).parse(await loop.odoo.execute('ir.attachment', 'create', [[foreign]]));
  expect((await ask(`/attachments/${hidden}`)).status).toBeGreaterThanOrEqual(403);
});
