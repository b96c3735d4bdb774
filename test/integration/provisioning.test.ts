import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type OdooConnection } from '../../src/odoo/index.ts';
import { provision, systemParameterStep, unprovision } from '../../src/odoo/provisioning/index.ts';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';
import { odooSnapshot, snapshotDifference } from '../support/odoo-snapshot.ts';

const MANIFESTS = new URL('../../addon-manifests', import.meta.url).pathname;
const SERVICE = { login: 'viaduct-service', password: 'a long password of the service' };
const steps = [systemParameterStep({ addon: 'viaduct_base', key: 'viaduct.test', value: 'ours' })];

let odoo: TestOdoo;
let admin: OdooConnection;
let service: OdooConnection;

function connect(account: { login: string; password: string }): OdooConnection {
  return createOdooClient({ ...odoo, ...account });
}

async function canSignIn(): Promise<boolean> {
  const client = connect(SERVICE);
  const signedIn = await client.call('res.users', 'context_get', []).then(
    () => true,
    () => false,
  );
  await client.stop();
  return signedIn;
}

function provisionFrom(manifestsDirectory: string) {
  return provision({ admin, manifestsDirectory, service: { ...SERVICE, canSignIn }, steps });
}

async function idOf(externalId: string): Promise<number> {
  const [module, name] = externalId.split('.');
  const domain = [
    ['module', '=', module],
    ['name', '=', name],
  ];
  const rows = await odoo.execute('ir.model.data', 'search_read', [domain, ['res_id']]);
  return (
    z
      .array(z.object({ res_id: z.number() }))
      .length(1)
      .parse(rows)[0]?.res_id ?? 0
  );
}

/** A copy of the base addon that a test may change. */
async function manifestsCopy(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'viaduct-manifests-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await cp(join(MANIFESTS, 'viaduct_base'), join(directory, 'viaduct_base'), { recursive: true });
  return directory;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

let before: ReadonlyMap<string, string>;

beforeAll(async () => {
  odoo = await freshOdoo();
  admin = connect(odoo.admin);
  service = connect(SERVICE);
  await unprovision({ admin, steps });
  before = await odooSnapshot(odoo);
});

afterAll(async () => {
  await service?.stop();
  await admin?.stop();
  await odoo?.dispose();
});

test('provisions a fresh Odoo and says what it did', async () => {
  const { changes, leftOut } = await provisionFrom(MANIFESTS);
  expect(changes).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^imported viaduct_base 1\./),
      'confirmed this database for Viaduct',
      `created the service user ${SERVICE.login}`,
      'set the system parameter viaduct.test',
    ]),
  );
  expect(leftOut).toEqual([]);
});

test('changes nothing at a second run', async () => {
  const first = await odooSnapshot(odoo, { withDates: true });
  expect(await provisionFrom(MANIFESTS)).toEqual({ changes: [], leftOut: [] });
  expect(snapshotDifference(first, await odooSnapshot(odoo, { withDates: true }))).toEqual([]);
});

test('runs with the service login, which is no internal user', async () => {
  const hello = await service.procedure('viaduct_base.hello', {});
  expect(hello).toMatchObject({
    identity: { neutralized: false, confirmed: { instance: null } },
    bell: expect.stringMatching(/^viaduct-[0-9a-f-]{73}$/),
    addons: { viaduct_base: expect.stringMatching(/1\.\d+\.\d+$/) },
  });
  const users = await odoo.execute('res.users', 'search_read', [[['login', '=', SERVICE.login]], ['share']]);
  expect(users).toMatchObject([{ share: true }]);
});

test('raises the beat, shows why it is held, and goes on when an administrator confirms', async () => {
  const beat = (payload: { [key: string]: string | number }) =>
    service.procedure('viaduct_base.beat', payload);
  const first = z.object({ beat: z.number() }).parse(await beat({ instance: 'one' }));
  const held = {
    instance: 'two',
    held: 'went-back-in-time',
    reason: 'A backup.',
    expected_beat: first.beat + 40,
  };
  expect(await beat(held)).toMatchObject({ beat: first.beat, confirmed: { instance: 'one' } });
  const rows = await odoo.execute('x_viaduct_database', 'search_read', [[], ['x_state', 'x_reason']]);
  expect(rows).toMatchObject([{ x_state: 'went-back-in-time', x_reason: 'A backup.' }]);

  await admin.procedure('viaduct_base.confirm', {});
  expect(await beat({ instance: 'two' })).toMatchObject({
    beat: first.beat + 42,
    confirmed: { instance: 'two', neutralized: false },
  });
});

test('lets the service log in with an API key', async () => {
  const ending = odoo.version.keysEnd ? ', False' : '';
  const code = `
user = env['res.users'].sudo().search([('login', '=', '${SERVICE.login}')])
action = {'result': env['res.users.apikeys'].with_user(user).sudo()._generate('rpc', 'test'${ending})}`;
  const values = { name: 'mint', model_id: await idOf('base.model_res_users'), state: 'code', code };
  const actionId = await odoo.execute('ir.actions.server', 'create', [values]);
  const { result } = z
    .object({ result: z.string() })
    .parse(await odoo.execute('ir.actions.server', 'run', [[actionId]]));
  await odoo.execute('ir.actions.server', 'unlink', [[actionId]]);
  const client = connect({ login: SERVICE.login, password: result });
  onTestFinished(() => client.stop());
  expect(await client.procedure('viaduct_base.identity', {})).toMatchObject({ neutralized: false });
});

test.each([
  'res.users',
  'res.partner',
  'ir.config_parameter',
  'iap.account',
  'ir.actions.server',
  'x_viaduct_database',
])('keeps the service out of %s', async (model) => {
  await expect(service.call(model, 'search_read', [[], ['id']])).rejects.toMatchObject({ kind: 'access' });
});

test.each(['viaduct_base.provision', 'viaduct_base.confirm'])(
  'does not let the service run %s',
  async (name) => {
    await expect(service.procedure(name, {})).rejects.toMatchObject({ kind: 'access' });
  },
);

test('shows the service no external ids but those of its procedures', async () => {
  const rows = await service.call('ir.model.data', 'search_read', [[], ['module', 'model']]);
  const seen = z.array(z.object({ module: z.string(), model: z.string() })).parse(rows);
  expect(seen.length).toBeGreaterThan(3);
  expect(
    seen.every(({ module, model }) => module.startsWith('viaduct_') && model === 'ir.actions.server'),
  ).toBe(true);
});

test('gives a plain employee nothing to read, write or run', async () => {
  const account = { login: 'plain-employee', password: 'a long password of an employee' };
  const groups = {
    [odoo.version.groupsField]: [
      [6, 0, [await idOf('base.group_user'), await idOf('base.group_allow_export')]],
    ],
  };
  const context = { no_reset_password: true };
  const userId = await odoo.execute('res.users', 'create', [{ name: 'Plain', ...account, ...groups }], {
    context,
  });
  const employee = connect(account);
  onTestFinished(async () => {
    await employee.stop();
    await odoo.execute('res.users', 'unlink', [[userId]]);
    await odoo.execute('res.partner', 'unlink', [
      await odoo.execute('res.partner', 'search', [[['name', '=', 'Plain']]]),
    ]);
  });
  expect(await employee.call('res.users', 'context_get', [])).toMatchObject({ uid: userId });
  const refused = { kind: 'access' };
  const model = 'x_viaduct_database';
  await expect(employee.call(model, 'search_read', [[], ['x_bell_channel']])).rejects.toMatchObject(refused);
  await expect(
    employee.call(model, 'search_count', [[['x_bell_channel', '=like', 'v%']]]),
  ).rejects.toMatchObject(refused);
  await expect(
    employee.call(model, 'read_group', [[], ['x_bell_channel'], ['x_bell_channel']]),
  ).rejects.toMatchObject(refused);
  await expect(employee.call(model, 'export_data', [[1], ['x_bell_channel']])).rejects.toMatchObject(refused);
  await expect(employee.call(model, 'write', [[1], { x_state: 'open' }])).rejects.toMatchObject(refused);
  for (const name of ['identity', 'hello', 'beat', 'provision', 'confirm']) {
    const run = employee.call('ir.actions.server', 'run', [[await idOf(`viaduct_base.procedure_${name}`)]]);
    await expect(run, name).rejects.toMatchObject(refused);
  }
});

test('has French labels', async () => {
  const langs = await odoo.execute('res.lang', 'search', [[['code', '=', 'fr_FR']]], {
    context: { active_test: false },
  });
  await odoo.execute('res.lang', 'write', [langs, { active: true }]);
  onTestFinished(async () => {
    await odoo.execute('res.lang', 'write', [langs, { active: false }]);
  });
  const manifests = await manifestsCopy();
  await edit(join(manifests, 'viaduct_base/i18n/fr.po'), (text) => text.replace('"Trafic"', '"Trafic !"'));
  expect(await provisionFrom(manifests)).toMatchObject({
    changes: [expect.stringMatching(/^imported viaduct_base .* again$/)],
  });
  const fields = await odoo.execute('x_viaduct_database', 'fields_get', [['x_state', 'x_last_contact']], {
    context: { lang: 'fr_FR' },
  });
  expect(fields).toMatchObject({
    x_state: { string: 'Trafic !', selection: expect.arrayContaining([['open', 'Ouvert']]) },
    x_last_contact: { string: 'Dernier contact' },
  });
  const view = await odoo.execute(
    'x_viaduct_database',
    'get_views',
    [[[await idOf('viaduct_base.view_database_form'), 'form']]],
    {
      context: { lang: 'fr_FR' },
    },
  );
  expect(JSON.stringify(view)).toContain('Confirmer cette base de données');
});

test('updates an addon whose version was raised, and keeps its records', async () => {
  const uuid = await service.procedure('viaduct_base.identity', {});
  const manifests = await manifestsCopy();
  await edit(join(manifests, 'viaduct_base/__manifest__.py'), (text) =>
    text.replace(/"1\.\d+\.\d+"/, '"1.99.0"'),
  );
  await edit(join(manifests, 'viaduct_base/views/menus.xml'), (text) =>
    text.replace('name="Status"', 'name="How It Is"'),
  );
  expect((await provisionFrom(manifests)).changes).toEqual([
    expect.stringMatching(/^updated viaduct_base from \S+ to 1\.99\.0$/),
  ]);
  const menus = await odoo.execute('ir.ui.menu', 'read', [
    [await idOf('viaduct_base.menu_database')],
    ['name'],
  ]);
  expect(menus).toMatchObject([{ name: 'How It Is' }]);
  expect(await service.procedure('viaduct_base.identity', {})).toEqual(uuid);
});

test('leaves out an addon whose apps are missing, and says so', async () => {
  const manifests = await manifestsCopy();
  await cp(join(manifests, 'viaduct_base'), join(manifests, 'viaduct_odd'), { recursive: true });
  await edit(join(manifests, 'viaduct_odd/__manifest__.py'), (text) =>
    text.replace('"bus"', '"no_such_app"'),
  );
  const { leftOut } = await provisionFrom(manifests);
  expect(leftOut).toEqual([{ addon: 'viaduct_odd', missing: ['no_such_app'] }]);
});

test('tells what Odoo said of an addon it refuses', async () => {
  const manifests = await manifestsCopy();
  await edit(join(manifests, 'viaduct_base/views/menus.xml'), (text) =>
    text.replace('action="action_database"', 'action="no_such_action"'),
  );
  await expect(provisionFrom(manifests)).rejects.toMatchObject({
    code: 'import-failed',
    message: expect.stringContaining('no_such_action'),
  });
  expect(await service.procedure('viaduct_base.identity', {})).toMatchObject({ neutralized: false });
});

test('refuses to provision without administrator rights', async () => {
  const settings = { manifestsDirectory: MANIFESTS, service: { ...SERVICE, canSignIn } };
  await expect(provision({ admin: service, ...settings })).rejects.toMatchObject({
    code: 'not-an-administrator',
  });
});

test('does not take the login of a person for its service', async () => {
  const taken = { login: odoo.admin.login, password: 'unused', canSignIn };
  await expect(provision({ admin, manifestsDirectory: MANIFESTS, service: taken })).rejects.toMatchObject({
    code: 'service-login-taken',
  });
});

test('sets the password again only when it does not work any more', async () => {
  const [user] = z
    .array(z.object({ id: z.number() }))
    .parse(await odoo.execute('res.users', 'search_read', [[['login', '=', SERVICE.login]], ['id']]));
  await odoo.execute('res.users', 'write', [[user?.id], { password: 'somebody changed this password' }]);
  expect((await provisionFrom(MANIFESTS)).changes).toContain(
    `set the password of the service user ${SERVICE.login}`,
  );
  expect(await canSignIn()).toBe(true);
});

test('leaves Odoo as it was when it is removed', async () => {
  const changes = await unprovision({ admin, steps });
  expect(changes).toEqual(
    expect.arrayContaining([
      'put back the system parameter viaduct.test',
      'deleted the service user',
      'removed viaduct_base',
    ]),
  );
  expect(snapshotDifference(before, await odooSnapshot(odoo))).toEqual([]);
  expect(await unprovision({ admin, steps })).toEqual([]);
});
