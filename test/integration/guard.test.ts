import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createDatabaseGuard, DatabaseIdentity } from '../../src/odoo/guard/index.ts';
import { createBell, createOdooClient, type OdooConnection, readHello } from '../../src/odoo/index.ts';
import { provision, unprovision } from '../../src/odoo/provisioning/index.ts';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';

const MANIFEST = new URL('../../addon-manifests/viaduct_base', import.meta.url).pathname;
const SERVICE = { login: 'viaduct-guarded', password: 'a long password of the service' };

let odoo: TestOdoo;
let admin: OdooConnection;
let service: OdooConnection;

beforeAll(async () => {
  odoo = await freshOdoo();
  admin = createOdooClient({ ...odoo, ...odoo.admin });
  service = createOdooClient({ ...odoo, ...SERVICE });
  const manifestsDirectory = await mkdtemp(join(tmpdir(), 'viaduct-manifests-'));
  await cp(MANIFEST, join(manifestsDirectory, 'viaduct_base'), { recursive: true });
  await unprovision({ admin });
  await provision({ admin, manifestsDirectory, service: { ...SERVICE, canSignIn: async () => true } });
  await rm(manifestsDirectory, { recursive: true });
});

afterAll(async () => {
  await service?.stop();
  if (admin !== undefined) await unprovision({ admin });
  await admin?.stop();
  await odoo?.dispose();
});

function notes() {
  const kept = new Map<string, string>();
  return {
    recall: async (database: string, name: string) => kept.get(`${database} ${name}`) ?? null,
    remember: async (database: string, name: string, value: string) => {
      kept.set(`${database} ${name}`, value);
    },
  };
}

function guarded(instance = 'ours', journal = notes()) {
  const log = { info: () => {}, warn: () => {} };
  return createDatabaseGuard({ client: service, journal, instance, clock: systemClock, log });
}

/** Sets a system parameter for one test. */
async function parameter(key: string, value: string): Promise<void> {
  const before = await odoo.execute('ir.config_parameter', 'get_param', [key]);
  await odoo.execute('ir.config_parameter', 'set_param', [key, value]);
  onTestFinished(async () => {
    await odoo.execute('ir.config_parameter', 'set_param', [key, before]);
    await admin.procedure('viaduct_base.confirm', {});
  });
}

async function shown(): Promise<unknown> {
  return odoo.execute('x_viaduct_database', 'search_read', [[], ['x_state', 'x_reason']]);
}

async function confirm(): Promise<void> {
  await admin.procedure('viaduct_base.confirm', {});
}

test('opens a database that was provisioned, and refuses another Viaduct until it is confirmed', async () => {
  const first = guarded('ours');
  expect(await first.check()).toMatchObject({ open: true });
  const second = guarded('theirs');
  expect(await second.check()).toMatchObject({ open: false, code: 'unknown-database' });
  expect(await shown()).toMatchObject([
    { x_state: 'unknown-database', x_reason: expect.stringContaining('another Viaduct') },
  ]);
  await confirm();
  expect(await second.check()).toMatchObject({ open: true });
  expect(await first.check()).toMatchObject({ open: false, code: 'unknown-database' });
  await confirm();
  expect(await first.check()).toMatchObject({ open: true });
});

test('holds a copy that Odoo neutralized, until an administrator confirms it', async () => {
  const guard = guarded();
  await guard.check();
  await parameter('database.is_neutralized', 'true');
  expect(await guard.check()).toMatchObject({ open: false, code: 'neutralized' });
  expect(await shown()).toMatchObject([{ x_state: 'neutralized' }]);
  await confirm();
  expect(await guard.check()).toMatchObject({ open: true });
  expect(await shown()).toMatchObject([{ x_state: 'open', x_reason: false }]);
});

test('holds a copy that has an id of its own, until an administrator confirms it', async () => {
  const guard = guarded();
  await guard.check();
  await parameter('database.uuid', '11111111-2222-3333-4444-555555555555');
  expect(await guard.check()).toMatchObject({ open: false, code: 'changed-uuid' });
  await confirm();
  expect(await guard.check()).toEqual({ open: true, uuid: '11111111-2222-3333-4444-555555555555' });
});

test('holds a restored backup as soon as any procedure answers from it, until an administrator confirms it', async () => {
  const guard = guarded();
  for (let beats = 0; beats < 3; beats += 1) await guard.check();
  const restored = DatabaseIdentity.parse(await service.procedure('viaduct_base.identity', {}));
  for (let beats = 0; beats < 3; beats += 1) await guard.check();
  await lowerBeat(restored.beat);
  const seen = DatabaseIdentity.parse(await service.procedure('viaduct_base.identity', {}));
  expect(guard.judge(seen)).toMatchObject({ open: false, code: 'went-back-in-time' });
  expect(await guard.check()).toMatchObject({ open: false, code: 'went-back-in-time' });
  expect(await shown()).toMatchObject([{ x_state: 'went-back-in-time' }]);
  await confirm();
  expect(await guard.check()).toMatchObject({ open: true });
});

/** What restoring a backup does to the row. */
async function lowerBeat(beat: number): Promise<void> {
  const models = await odoo.execute('ir.model', 'search', [[['model', '=', 'x_viaduct_database']]]);
  const [modelId] = Array.isArray(models) ? models : [];
  const code = `env['x_viaduct_database'].sudo().search([]).write({'x_beat': ${beat}})`;
  const { groupsField, usersField } = odoo.version;
  const values = { name: 'restore', model_id: modelId, state: 'code', code };
  const group = await odoo.execute('res.groups', 'search', [
    [[`${usersField}.login`, '=', odoo.admin.login]],
  ]);
  const action = await odoo.execute('ir.actions.server', 'create', [
    { ...values, [groupsField]: [[6, 0, group]] },
  ]);
  await odoo.execute('ir.actions.server', 'run', [[action]]);
  await odoo.execute('ir.actions.server', 'unlink', [[action]]);
}

test('rings the bell when a database is confirmed, and not when it beats', async () => {
  const { bell: channel } = await readHello(service);
  const onRing = vi.fn();
  const states: string[] = [];
  const bell = createBell({
    url: odoo.url,
    database: odoo.database,
    channel: channel ?? '',
    onRing,
    onState: ({ state }) => states.push(state),
    clock: systemClock,
    random: Math.random,
  });
  onTestFinished(() => bell.stop());
  bell.start();
  await vi.waitFor(() => expect(states).toContain('connected'), { timeout: 20_000 });
  const ringsBefore = onRing.mock.calls.length;
  await guarded().check();
  await confirm();
  await vi.waitFor(() => expect(onRing.mock.calls.length).toBe(ringsBefore + 1), { timeout: 20_000 });
});
