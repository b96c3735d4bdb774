import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createBell,
  createOdooClient,
  type Json,
  type OdooConnection,
  searchReadAll,
} from '../../src/odoo/index.ts';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';

const Ids = z.array(z.number());
/** Its own at each run, because the database may be somebody's who keeps it. */
const RUN = randomBytes(4).toString('hex');
const ADDON = `viaduct_try_${RUN}`;
const PROCEDURE = `${ADDON}.try`;
const SERVICE = { login: `odoo-client-${RUN}`, password: randomUUID() };

/** Made by hand, so that the client is tested without provisioning. */
const procedureCode = (keysEnd: boolean) => `
payload = env.context['viaduct']
if payload.get('refuse'):
    raise UserError('Not this way.')
if payload.get('ring'):
    env['bus.bus'].sudo()._sendone(payload['ring'], 'viaduct', {})
if payload.get('key'):
    key = env['res.users.apikeys'].sudo()._generate('rpc', 'odoo-client'${keysEnd ? ', datetime.datetime.now() + datetime.timedelta(days=1)' : ''})
    action = {'result': key}
else:
    action = {'result': {'got': payload.get('echo'), 'su': env.su, 'login': env.user.login}}
`;

let odoo: TestOdoo;
let admin: OdooConnection;
let service: OdooConnection;
const made: { model: string; id: number }[] = [];

function connect(account: { login: string; password: string }) {
  return createOdooClient({ url: odoo.url, database: odoo.database, ...account });
}

async function create(model: string, values: Json): Promise<number> {
  const id = z.number().parse(Ids.parse(await admin.call(model, 'create', [[values]]))[0]);
  made.push({ model, id });
  return id;
}

async function modelId(model: string): Promise<number> {
  return z.number().parse(Ids.parse(await admin.call('ir.model', 'search', [[['model', '=', model]]]))[0]);
}

async function makeServiceAndProcedure(): Promise<void> {
  const group = await create('res.groups', { name: 'Odoo client test' });
  await create('res.users', { name: 'Service', ...SERVICE, [odoo.version.groupsField]: [[6, 0, [group]]] });
  for (const model of ['ir.model.data', 'ir.module.module']) {
    await create('ir.model.access', {
      ...{ name: `${model} service`, model_id: await modelId(model), group_id: group },
      ...{ perm_read: true, perm_write: false, perm_create: false, perm_unlink: false },
    });
  }
  const action = await create('ir.actions.server', {
    ...{
      name: 'Try',
      model_id: await modelId('res.users'),
      state: 'code',
      code: procedureCode(odoo.version.keysEnd),
    },
    [odoo.version.groupsField]: [[6, 0, [group]]],
  });
  const reference = { model: 'ir.actions.server', res_id: action };
  await create('ir.model.data', { module: ADDON, name: 'procedure_try', ...reference });
}

beforeAll(async () => {
  odoo = await freshOdoo();
  admin = connect(odoo.admin);
  service = connect(SERVICE);
  await makeServiceAndProcedure();
});

afterAll(async () => {
  for (const { model, id } of made.reverse()) await admin.call(model, 'unlink', [[id]]);
  await service?.stop();
  await admin?.stop();
  await odoo?.dispose();
});

describe('a real Odoo', () => {
  test('tells its version and its apps, the latter also to a user without rights', async () => {
    expect((await admin.version()).major).toBeGreaterThanOrEqual(17);
    expect(await service.apps()).toEqual(await admin.apps());
    expect(await service.apps()).toEqual(expect.arrayContaining(['base', 'sms']));
  });

  test('keeps any text that is sent, without what cannot be stored or sent', async () => {
    const id = await create('res.partner', { name: 'Zoë 👍', comment: 'x', ref: 'a\u0000b\ud800\u000bc' });
    const rows = await admin.call('res.partner', 'read', [[id], ['name', 'ref']]);
    expect(rows).toEqual([{ id, name: 'Zoë 👍', ref: 'ab\ufffdc' }]);
  });

  test.each([
    ['a method that is private', 'res.partner', '_compute_display_name', [[1]], 'access'],
    ['a constraint', 'res.users', 'create', [[{ name: 'Again', login: SERVICE.login }]], 'validation'],
    ['a model that is not there', 'no.such.model', 'read', [[1]], 'validation'],
    ['a record that is not there', 'res.partner', 'write', [[999_999_999], { name: 'x' }], 'missing'],
    ['a field that is not there', 'res.partner', 'create', [[{ nope: 1 }]], 'protocol'],
  ] as const)('refuses %s with an error of its kind', async (_name, model, method, args, kind) => {
    await expect(admin.call(model, method, args)).rejects.toMatchObject({ kind, outcome: 'refused' });
  });

  test('refuses a user without rights, and a wrong password', async () => {
    await expect(service.call('res.partner', 'search', [[]])).rejects.toMatchObject({ kind: 'access' });
    const stranger = connect({ login: odoo.admin.login, password: 'wrong-password' });
    await expect(stranger.call('res.partner', 'search', [[]])).rejects.toMatchObject({ kind: 'auth' });
    await stranger.stop();
  });

  test('takes colliding writes, each of them', async () => {
    const id = await create('res.partner', { name: 'Counted' });
    const writes = Array.from({ length: 8 }, (_, index) =>
      admin.call('res.partner', 'write', [[id], { ref: String(index), street: `${index}` }]),
    );
    expect(await Promise.all(writes)).toEqual(Array(8).fill(true));
  });

  test('gives all rows in pages', async () => {
    const pages: number[] = [];
    const ids: number[] = [];
    for await (const page of searchReadAll(admin, {
      model: 'res.country',
      fields: ['code'],
      pageSize: 100,
    })) {
      pages.push(page.length);
      ids.push(...page.map((row) => row.id));
    }
    expect(ids).toHaveLength(z.number().parse(await admin.call('res.country', 'search_count', [[]])));
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...pages)).toBe(100);
  });
});

describe('a procedure', () => {
  test('runs for a user who may do nothing else, with his own rights', async () => {
    const echo = { list: [1, 0.5, null, false, 'é\n"'], nested: { deep: [[]] } };
    const expected = { got: echo, su: false, login: SERVICE.login };
    await expect(service.procedure(PROCEDURE, { echo })).resolves.toEqual(expected);
  });

  test('costs one call', async () => {
    const before = service.callCount();
    await service.procedure(PROCEDURE, { echo: 1 });
    expect(service.callCount() - before).toBe(1);
  });

  test('refuses in its own words, and is closed to those outside its group', async () => {
    await expect(service.procedure(PROCEDURE, { refuse: true })).rejects.toMatchObject({
      kind: 'validation',
      message: expect.stringContaining('Not this way.'),
    });
    await expect(admin.procedure(PROCEDURE, {})).rejects.toMatchObject({ kind: 'access' });
  });

  test('that is not provisioned says so', async () => {
    await expect(service.procedure(`${ADDON}.other`, {})).rejects.toMatchObject({
      code: 'odoo-procedure-missing',
    });
  });

  test('can be called with an API key in the place of the password', async () => {
    const password = z.string().parse(await service.procedure(PROCEDURE, { key: true }));
    const byKey = connect({ login: SERVICE.login, password });
    await expect(byKey.procedure(PROCEDURE, { echo: 1 })).resolves.toMatchObject({ got: 1 });
    await byKey.stop();
  });
});

test('the bell rings as soon as a transaction is committed', async () => {
  const channel = `odoo-client-${randomUUID()}`;
  const rings: number[] = [];
  const bell = createBell({
    ...{ url: odoo.url, database: odoo.database, channel, limits: { coalesceMs: 1 } },
    onRing: () => rings.push(performance.now()),
  });
  bell.start();
  // The ring of the connection itself.
  await expect.poll(() => rings.length, { timeout: 30_000 }).toBe(1);
  await service.procedure(PROCEDURE, { ring: channel });
  const answeredAt = performance.now();
  await expect.poll(() => rings.length, { timeout: 30_000, interval: 1 }).toBe(2);
  expect((rings.at(-1) ?? 0) - answeredAt).toBeLessThan(500);
  await bell.stop();
});
