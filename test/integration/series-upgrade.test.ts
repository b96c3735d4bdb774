import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type OdooConnection } from '../../src/odoo/index.ts';
import { provision, systemParameterStep, unprovision } from '../../src/odoo/provisioning/index.ts';
import { idOf } from '../support/external-id.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { until } from '../support/until.ts';

const MANIFESTS = new URL('../../addon-manifests', import.meta.url).pathname;

// Addons are removed and imported, which takes a minute on a busy machine.
vi.setConfig({ testTimeout: 400_000 });

let loop: Loop;
let sms: ReturnType<typeof odooSms>;
let admin: OdooConnection;
let folder: string;
let file: string;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
  admin = createOdooClient({ ...loop.odoo, ...loop.odoo.admin });
  folder = await mkdtemp(join(tmpdir(), 'viaduct-kept-'));
  file = join(folder, 'kept.jsonl');
});

afterAll(async () => {
  await admin?.stop();
  await loop?.dispose();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const steps = () => [systemParameterStep({ addon: 'viaduct_sms', key: 'sms.endpoint', value: loop.url })];

const service = () => ({
  login: loop.environment['ODOO_LOGIN'] ?? '',
  password: loop.environment['ODOO_PASSWORD'] ?? '',
});

const remove = () => unprovision({ admin, steps: steps(), keepFile: file });

const bringBack = (restoreFile = file) =>
  provision({
    ...{ admin, manifestsDirectory: MANIFESTS, steps: steps(), restoreFile },
    service: { ...service(), canSignIn: async () => true },
  });

const rowsOf = (model: string, fields: readonly string[]) =>
  loop.odoo.execute(model, 'search_read', [[], fields], { context: { active_test: false } });

/** All that an administrator has set, and what the guard goes by. */
async function held() {
  const account = ['id', 'x_name', 'x_iap_account_id', 'x_base_url', 'x_token', 'x_sender', 'create_date'];
  const database = ['x_confirmed_uuid', 'x_confirmed_at', 'x_instance', 'x_bell_channel'];
  return {
    accounts: await rowsOf('x_gatewayapi_account', [...account, 'x_webhook_jwt_secret', 'x_active']),
    database: await rowsOf('x_viaduct_database', database),
    trackers: await rowsOf('sms.tracker', [
      'sms_uuid',
      'x_viaduct_rank',
      'x_viaduct_status',
      'x_gatewayapi_id',
    ]),
  };
}

/** Odoo then gives the fields that were added to the app's models an external id of the app, too. */
async function upgradeSmsApp(): Promise<void> {
  const ids = await loop.odoo.execute('ir.module.module', 'search', [[['name', '=', 'sms']]]);
  const upgrade = () => loop.odoo.execute('ir.module.module', 'button_immediate_upgrade', [ids]);
  await until(
    () => upgrade().then(() => 'upgraded', String),
    (outcome) => outcome === 'upgraded',
    { timeoutMs: 100_000, everyMs: 1_000 },
  );
}

async function membersOf(group: string): Promise<unknown> {
  const id = await idOf(loop.odoo, `viaduct_base.${group}`);
  const field = loop.odoo.version.usersField;
  const rows = await loop.odoo.execute('res.groups', 'read', [[id], [field]]);
  return z.array(z.record(z.string(), z.unknown())).parse(rows)[0]?.[field];
}

test('accounts, secrets, states and what is on its way outlast a removal and a new provisioning', async () => {
  await makeEmployee(loop.odoo, { name: 'Vera Viaduct', groups: ['viaduct_base.group_user'] });
  const delivered = await sms.contact('+4520500001');
  await sms.sendFromContact(delivered, 'Before the upgrade');
  expect(await sms.ended(delivered)).toMatchObject([{ notification_status: 'sent' }]);
  loop.simulator.reports.setPaused(true);
  const underway = await sms.contact('+4520500002');
  await sms.sendFromContact(underway, 'Under way');
  await until(
    () => sms.notifications(underway),
    ([row]) => row?.notification_status === 'pending',
  );
  await upgradeSmsApp();
  const before = { ...(await held()), members: await membersOf('group_user') };

  expect(await remove()).toContainEqual(expect.stringMatching(/^kept \d+ rows in /));
  await expect(rowsOf('x_gatewayapi_account', ['x_token'])).rejects.toThrow();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  // The reports come while there is nothing in Odoo to write them with.
  loop.simulator.reports.setPaused(false);
  await until(
    () => loop.simulator.reports.stats(),
    ({ acknowledged }) => acknowledged > 3,
  );

  const { changes } = await bringBack();
  expect(changes).toContainEqual(expect.stringMatching(/^restored \d+ rows of viaduct_sms$/));
  const after = { ...(await held()), members: await membersOf('group_user') };
  expect(after.accounts).toEqual(before.accounts);
  expect(after.database).toEqual(before.database);
  expect(after.members).toEqual(before.members);
  expect(after.trackers).toEqual(expect.arrayContaining([expect.objectContaining({ x_viaduct_rank: 40 })]));

  // What a missing addon put off is tried again every minute.
  await until(
    () => sms.notifications(underway),
    ([row]) => row?.notification_status === 'sent',
    { timeoutMs: 150_000, everyMs: 500 },
  );
  const later = await sms.contact('+4520500003');
  await sms.sendFromContact(later, 'After the upgrade');
  expect(await sms.ended(later)).toMatchObject([{ notification_status: 'sent' }]);
  const texts = [...loop.simulator.ledger.entries()].map(({ text }) => text);
  expect(texts.sort()).toEqual(['After the upgrade', 'Before the upgrade', 'Under way']);
});

test('restoring again changes nothing', async () => {
  expect((await bringBack()).changes).toEqual([]);
});

test('keeps nothing over a file that is there, and then removes nothing', async () => {
  await expect(remove()).rejects.toMatchObject({ code: 'kept-file' });
  expect(await rowsOf('x_gatewayapi_account', ['x_name'])).toMatchObject([{ x_name: 'Loop' }]);
});

test.each<[string, (text: string) => string]>([
  ['cut off', (text) => text.slice(0, text.lastIndexOf('{"complete"'))],
  ['of another database', (text) => text.replace(/"database":"[^"]*"/, '"database":"another"')],
  ['something else', () => 'hello\n'],
])('refuses a file that is %s, without a word of it', async (_what, change) => {
  const other = join(folder, 'other.jsonl');
  await writeFile(other, change(await readFile(file, 'utf8')));
  const refused = await bringBack(other).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'kept-file' });
  expect(String(refused)).not.toContain(loop.secrets.apiToken);
  expect(String(refused)).not.toContain('hello');
});
