import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json } from '../../src/odoo/index.ts';
import type { Endpoint } from '../../src/records/endpoints/endpoint.ts';
import { createEndpointFinder } from '../../src/records/endpoints/find-endpoint.ts';
import { idOf, pressButton } from '../support/external-id.ts';
import { type RecordsOdoo, startRecordsOdoo } from '../support/odoo-records.ts';

let place: RecordsOdoo;
let shop: { id: number };

beforeAll(async () => {
  place = await startRecordsOdoo();
  shop = await place.employee('Shop', ['base.group_partner_manager']);
});

afterAll(() => place?.dispose());

const MODEL = 'x_viaduct_endpoint';
const text = z.union([z.string(), z.literal(false)]);

async function endpointOf(id: number): Promise<Endpoint> {
  const { endpoints } = await place.procedures.readEndpoints('https://viaduct.example.com');
  const found = endpoints.find((endpoint) => endpoint.id === id);
  if (found === undefined) throw new Error(`There is no endpoint ${id}.`);
  return found;
}

/** Whether a key opens an endpoint, as Viaduct judges it. */
async function opens(key: string, id: number, atMs = Date.now()): Promise<boolean> {
  const found = createEndpointFinder([await endpointOf(id)]).find({ key, uuid: null }, atMs);
  return found?.endpoint.id === id;
}

const press = (button: string, id: number) =>
  pressButton(place.odoo, `viaduct_records.${button}`, { model: MODEL, id });

/** Odoo as an employee with these groups sees it. */
async function as(name: string, groups: readonly string[]) {
  const { login, password, id } = await place.employee(name, groups);
  const client = createOdooClient({ ...place.odoo, login, password });
  return { id, call: client.call, stop: client.stop };
}

async function notes(id: number): Promise<string> {
  const domain = [
    ['model', '=', MODEL],
    ['res_id', '=', id],
  ];
  const rows = await place.odoo.execute('mail.message', 'search_read', [
    domain,
    ['body', 'tracking_value_ids'],
  ]);
  return JSON.stringify(rows);
}

describe('a key', () => {
  test('is shown once; Odoo keeps its hash and its end', async () => {
    const id = await place.endpoint(shop.id);
    const key = await place.newKey(id);
    expect(key).toMatch(/^vdk_[0-9a-f]{64}$/);
    const [row] = (await endpointOf(id)).keys;
    expect(row).toMatchObject({ hash: hash('sha256', key), hint: key.slice(-4), expiresAt: null });
    // Only an Odoo of our own has a PostgreSQL that can be asked.
    const { stack, database } = place.odoo;
    if (stack !== undefined) expect(await stack.query(database, COLUMNS_WITH(key))).toBe('0');
    expect(await opens(key, id)).toBe(true);
  });

  test('is replaced without a gap: the old one works for a day, or until it is retired', async () => {
    const id = await place.endpoint(shop.id);
    const keys = [await place.newKey(id), await place.newKey(id)];
    const [first = '', second = ''] = keys;
    expect([await opens(first, id), await opens(second, id)]).toEqual([true, true]);
    expect([await opens(first, id, Date.now() + 25 * 3_600_000), await opens(second, id)]).toEqual([
      false,
      true,
    ]);
    const third = await place.newKey(id);
    expect([await opens(first, id), await opens(second, id), await opens(third, id)]).toEqual([
      false,
      true,
      true,
    ]);
    await press('action_retire_key', id);
    expect([await opens(second, id), await opens(third, id)]).toEqual([false, true]);
  });

  test('and the address are replaced at once where they got into wrong hands', async () => {
    const id = await place.endpoint(shop.id);
    const [old, { uuid }] = [await place.newKey(id), await endpointOf(id)];
    const key = await place.newKey(id, 'viaduct_records.action_regenerate');
    expect([await opens(old, id), await opens(key, id)]).toEqual([false, true]);
    expect((await endpointOf(id)).uuid).not.toBe(uuid);
    const said = await notes(id);
    for (const shown of [key.slice(-4), old.slice(-4), uuid.slice(-4)])
      expect(said).toContain(`****${shown}`);
    for (const secret of [key, old, uuid]) expect(said).not.toContain(secret);
  });

  test('shows when it was last used', async () => {
    const id = await place.endpoint(shop.id);
    await place.newKey(id);
    const [{ id: keyId = 0 } = {}] = (await endpointOf(id)).keys;
    for (const at of ['2026-01-22T10:00:00Z', '2026-01-22T09:00:00Z'])
      await place.procedures.log([{ ...line(id), keyId, at }]);
    const shape = { x_last_used_at: text };
    expect(await place.read('x_viaduct_endpoint_key', keyId, shape)).toMatchObject({
      x_last_used_at: '2026-01-22 10:00:00',
    });
  });
});

/** Counts where a text stands in the tables of the addon and in the chatter. */
const COLUMNS_WITH = (secret: string) => `
  select count(*) from (
    select x_viaduct_endpoint::text as row from x_viaduct_endpoint
    union all select x_viaduct_endpoint_key::text from x_viaduct_endpoint_key
    union all select x_viaduct_new_key::text from x_viaduct_new_key
    union all select body::text from mail_message
  ) rows where row like '%${secret}%'`;

describe('an endpoint', () => {
  test('is what Viaduct reads of it', async () => {
    const values = {
      x_networks: '203.0.113.0/24\n2001:db8::/32',
      x_verb_get: true,
      x_expires_at: '2027-01-01 00:00:00',
    };
    const id = await place.endpoint(shop.id, [], values);
    const field = await idOf(place.odoo, 'base.field_res_partner__email');
    const action = await place.create('ir.actions.server', {
      ...{
        name: 'Greet',
        model_id: await idOf(place.odoo, 'base.model_res_partner'),
        state: 'code',
        code: 'pass',
      },
    });
    await place.grant(id, {
      ...{ model: 'res.partner', rights: 'rw' },
      values: {
        ...{
          x_fields_mode: 'except',
          x_field_ids: [[6, 0, [field]]],
          x_methods: 'message_post\naction_archive',
        },
        x_action_ids: [[6, 0, [action]]],
      },
    });
    expect(await endpointOf(id)).toMatchObject({
      ...{ name: 'Shop', active: true, paused: false, userId: shop.id, companyId: null, auth: 'key' },
      ...{ verbs: ['GET', 'POST'], networks: ['203.0.113.0/24', '2001:db8::/32'], ratePerMinute: 600 },
      ...{ maxRecords: 1000, expiresAt: '2027-01-01T00:00:00Z', keys: [] },
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      grants: [
        {
          ...{ model: 'res.partner', read: true, create: false, write: true, unlink: false },
          ...{ fieldsMode: 'except', fields: ['email'] },
          methods: ['message_post', 'action_archive', `action:${action}`],
          actions: [{ name: `action:${action}`, id: action }],
        },
      ],
    });
    const shape = { x_url: text, x_api_url: text };
    expect(await place.read(MODEL, id, shape)).toMatchObject({
      x_url: expect.stringMatching(/^https:\/\/viaduct\.example\.com\/bitconn\/webhook\/[0-9a-f-]{36}$/),
      x_api_url: 'https://viaduct.example.com/v1',
    });
  });

  test('has every model once', async () => {
    const id = await place.endpoint(shop.id, [{ model: 'res.partner' }]);
    await expect(place.grant(id, { model: 'res.partner' })).rejects.toThrow(/has this model already/);
  });

  test('tells in its chatter what was changed, and what it allows', async () => {
    const id = await place.endpoint(shop.id);
    const grant = await place.grant(id, { model: 'res.partner', rights: 'rc' });
    await place.odoo.execute('x_viaduct_grant', 'write', [[grant], { x_unlink: true }]);
    await place.odoo.execute('x_viaduct_grant', 'unlink', [[grant]]);
    await place.odoo.execute(MODEL, 'write', [[id], { x_max_records: 5 }]);
    const said = await notes(id);
    expect(said).toContain('res.partner: read, create; all fields; calls: none.');
    expect(said).toContain('res.partner: read, create, delete; all fields; calls: none.');
    expect(said).toContain('res.partner: no longer allowed.');
    const shape = { old_value_integer: z.number(), new_value_integer: z.number() };
    const values = await place.odoo.execute('mail.tracking.value', 'search_read', [
      [
        ['mail_message_id.res_id', '=', id],
        ['mail_message_id.model', '=', MODEL],
      ],
      Object.keys(shape),
    ]);
    expect(z.array(z.object(shape)).parse(values)).toContainEqual({
      ...{ old_value_integer: 1000, new_value_integer: 5 },
    });
  });
});

describe('who may do what', () => {
  test('an administrator of Viaduct makes endpoints that act as himself, and no others', async () => {
    const keeper = await as('Keeper', ['viaduct_base.group_administrator']);
    const create = (values: Json) => keeper.call(MODEL, 'create', [[values]]);
    await expect(create({ x_name: 'Root', x_user_id: shop.id })).rejects.toMatchObject({ kind: 'access' });
    const own = z.array(z.number()).parse(await create({ x_name: 'Own', x_user_id: keeper.id }))[0] ?? 0;
    const other = await place.endpoint(shop.id, [{ model: 'res.partner' }]);
    const [grant] = await place.search('x_viaduct_grant', [['x_endpoint_id', '=', other]]);
    const attempts: [string, string, Json[]][] = [
      [MODEL, 'write', [[own], { x_user_id: shop.id }]],
      [MODEL, 'write', [[other], { x_auth: 'public' }]],
      [MODEL, 'unlink', [[other]]],
      [
        'x_viaduct_grant',
        'create',
        [[{ x_endpoint_id: other, x_model_id: await idOf(place.odoo, 'base.model_res_users') }]],
      ],
      ['x_viaduct_grant', 'write', [[grant ?? 0], { x_unlink: true }]],
      ['x_viaduct_endpoint_key', 'create', [[{ x_endpoint_id: own, x_hash: 'a' }]]],
      ['x_viaduct_call', 'create', [[{ x_key: 'forged' }]]],
    ];
    for (const [model, method, args] of attempts)
      await expect(keeper.call(model, method, args), `${model}.${method}`).rejects.toMatchObject({
        outcome: 'refused',
      });
    const run = async (button: string, id: number) =>
      keeper.call('ir.actions.server', 'run', [[await idOf(place.odoo, `viaduct_records.${button}`)]], {
        kwargs: { context: { active_model: MODEL, active_id: id, active_ids: [id] } },
      });
    for (const button of ['action_new_key', 'action_regenerate', 'action_retire_key', 'action_pause'])
      await expect(run(button, other), button).rejects.toMatchObject({ outcome: 'refused' });
    expect(await run('action_new_key', own)).toMatchObject({
      context: { default_x_key: expect.stringMatching(/^vdk_/) },
    });
    expect((await endpointOf(other)).keys).toEqual([]);
    await keeper.stop();
  });

  test('an employee reaches nothing of it', async () => {
    const employee = await as('Employee', []);
    const models = ['endpoint', 'grant', 'endpoint_key', 'call', 'idempotency', 'new_key'].map(
      (n) => `x_viaduct_${n}`,
    );
    for (const model of models)
      await expect(employee.call(model, 'search_read', [[]]), model).rejects.toMatchObject({
        kind: 'access',
      });
    for (const name of ['endpoints', 'fields', 'acting_key', 'revoke', 'transact', 'log']) {
      const action = await idOf(place.odoo, `viaduct_records.procedure_${name}`);
      const call = employee.call('ir.actions.server', 'run', [[action]]);
      await expect(call, name).rejects.toMatchObject({ outcome: 'refused' });
    }
    await employee.stop();
  });

  test('nobody makes an endpoint act as the system itself', async () => {
    await expect(place.endpoint(1)).rejects.toThrow(/system itself/);
  });

  test.each([
    [
      'x_networks',
      '203.0.113.0/24, intranet\n10.0.0.0/40',
      /network: intranet, 10\.0\.0\.0\/40\. Write one a line/,
    ],
    ['x_networks', '10.0.0.0/8/8', /10\.0\.0\.0\/8\/8/],
    ['x_rate_per_minute', -1, /0 is no limit/],
    ['x_max_records', 0, /1 or more/],
  ])('nobody gives it %s of %j, which could never work', async (field, value, words) => {
    const grants = [{ model: 'res.partner', rights: 'r' }];
    const id = await place.endpoint(shop.id, grants, {
      x_networks: '203.0.113.0/24, 2001:db8::/32\n10.0.0.1',
    });
    await expect(place.odoo.execute(MODEL, 'write', [[id], { [field]: value }])).rejects.toThrow(words);
    await expect(place.endpoint(shop.id, grants, { [field]: value })).rejects.toThrow(words);
  });
});

const line = (endpoint: number) => ({
  ...{ key: `call-${endpoint}`, endpoint, keyId: null, at: '2026-01-22T10:00:00.123Z', verb: 'POST' },
  ...({
    door: 'v1',
    method: 'create',
    model: 'res.partner',
    status: 201,
    outcome: 'ok',
    errorCode: null,
  } as const),
  ...{ durationMs: 12.4, origin: '203.0.113.9', records: 1, input: '{"name":"A"}', output: '{"ids":[1]}' },
});

describe('the log', () => {
  test('takes a batch in one call, and every line once', async () => {
    const id = await place.endpoint(shop.id);
    const now = new Date().toISOString();
    const refused = {
      ...line(id),
      key: `no-${id}`,
      at: now,
      status: 403,
      outcome: 'refused',
      errorCode: 'a',
    } as const;
    for (let turn = 0; turn < 2; turn += 1) await place.procedures.log([line(id), refused]);
    const shape = {
      ...{ x_name: text, x_status: z.number(), x_outcome: text, x_duration_ms: z.number(), x_input: text },
      ...{ x_at: text, x_origin: text, x_error_code: text, x_door: text },
    };
    const ids = await place.search('x_viaduct_call', [['x_endpoint_id', '=', id]]);
    expect(ids).toHaveLength(2);
    const rows = await Promise.all(ids.map((one) => place.read('x_viaduct_call', one, shape)));
    expect(rows).toContainEqual(
      expect.objectContaining({
        ...{ x_name: 'create res.partner', x_status: 201, x_outcome: 'ok', x_duration_ms: 12, x_door: 'v1' },
        ...{
          x_input: '{"name":"A"}',
          x_at: '2026-01-22 10:00:00',
          x_origin: '203.0.113.9',
          x_error_code: false,
        },
      }),
    );
    const counts = { x_call_count: z.number(), x_refused_count: z.number() };
    expect(await place.read(MODEL, id, counts)).toMatchObject({ x_call_count: 1, x_refused_count: 1 });
  });

  test('outlives its endpoint, and is deleted after as many days as were set', async () => {
    const id = await place.endpoint(shop.id);
    const calls = (days: number) => {
      const at = new Date(Date.now() - days * 86_400_000).toISOString();
      return { ...line(id), key: `${days} days`, at };
    };
    await place.procedures.log([calls(1), calls(14), calls(16)]);
    await place.odoo.execute(MODEL, 'unlink', [[id]]);
    const left = async () => {
      const cron = await idOf(place.odoo, 'viaduct_records.ir_cron_call_retention');
      await place.odoo.execute('ir.cron', 'method_direct_trigger', [[cron]]);
      const rows = await place.search('x_viaduct_call', [['x_key', 'like', ' days']]);
      return rows.length;
    };
    expect(await left()).toBe(2);
    const [database = 0] = await place.search('x_viaduct_database', []);
    await place.odoo.execute('x_viaduct_database', 'write', [[database], { x_call_days: 2 }]);
    expect(await left()).toBe(1);
    await place.odoo.execute('x_viaduct_database', 'write', [[database], { x_call_days: 15 }]);
  });
});
