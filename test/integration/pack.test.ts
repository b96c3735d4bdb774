import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { odooArguments } from '../../docker/container-commands.ts';
import { execute } from '../../docker/containers.ts';
import { packAddons } from '../../src/odoo/provisioning/index.ts';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';
import { until } from '../support/until.ts';

const MANIFESTS = new URL('../../addon-manifests', import.meta.url).pathname;
const ADDONS = ['viaduct_base', 'viaduct_events', 'viaduct_records', 'viaduct_sms'];

// Odoo installs, updates and uninstalls addons here, which takes a minute on a busy machine.
vi.setConfig({ testTimeout: 400_000 });

let odoo: TestOdoo;

beforeEach(async () => {
  odoo = await freshOdoo();
});

afterEach(async () => {
  await odoo?.dispose();
});

const inBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

async function modules(): Promise<unknown> {
  const domain = [['name', 'in', ADDONS]];
  return odoo.execute('ir.module.module', 'search_read', [domain, ['name', 'state', 'latest_version']], {
    order: 'name',
  });
}

test('the zips are taken by Odoo’s dialog, and what they brought can be uninstalled', async () => {
  const { major } = odoo.version;
  for (const { zip } of await packAddons(MANIFESTS, major)) {
    const id = await odoo.execute('base.import.module', 'create', [{ module_file: inBase64(zip) }]);
    await odoo.execute('base.import.module', 'import_module', [[id]]);
  }
  const installed = { state: 'installed', latest_version: expect.stringMatching(`^${major}\\.0\\.1\\.`) };
  expect(await modules()).toMatchObject(ADDONS.map((name) => ({ name, ...installed })));
  expect(await odoo.execute('x_gatewayapi_account', 'search_count', [[]])).toBe(0);

  const ids = await odoo.execute('ir.module.module', 'search', [[['name', 'in', ADDONS]]]);
  // Odoo's own scheduled actions may meet it, and then it is rolled back and pressed again.
  await until(
    () => odoo.execute('ir.module.module', 'button_immediate_uninstall', [ids]).then(() => 'done', String),
    (outcome) => outcome === 'done',
    { timeoutMs: 200_000, everyMs: 2_000 },
  );
  expect(await modules()).toEqual([]);
});

// Only an Odoo of our own has a disk that is ours.
if (inject('odooPlace').kind === 'stack') {
  test('the zips, unzipped on the addons path, install and update with their translations', async () => {
    const packed = await packAddons(MANIFESTS, odoo.version.major);
    const { postgresPort = 0, odooId = '' } = odoo.stack?.address ?? {};
    const folder = `/tmp/${odoo.database}-addons`;
    // Each by itself: the kernel takes no argument of more than 128 KiB.
    for (const { zip } of packed) {
      const unzip = `mkdir -p ${folder} && cd ${folder} && echo ${inBase64(zip)} | base64 -d > zip && python3 -m zipfile -e zip . && rm zip`;
      expect((await execute(odooId, ['bash', '-c', unzip], 'odoo')).exitCode).toBe(0);
    }
    const common = `odoo ${odooArguments(postgresPort).join(' ')} --database=${odoo.database} --no-http`;
    for (const what of ['init', 'update']) {
      const command = `${common} --addons-path=${folder} --${what}=${ADDONS} --stop-after-init`;
      // The server has the database open too: where both change one row, Odoo gives up, and an administrator begins again.
      const { output } = await until(
        () => execute(odooId, ['bash', '-c', command], 'odoo'),
        ({ exitCode }) => exitCode === 0,
        { timeoutMs: 200_000, everyMs: 5_000 },
      );
      expect(output.match(/^.* (ERROR|CRITICAL) .*$/gm)).toBe(null);
    }
    const state = "select string_agg(state, ' ') from ir_module_module where name like 'viaduct_%'";
    expect(await odoo.stack?.query(odoo.database, state)).toBe(ADDONS.map(() => 'installed').join(' '));
    const menu = "select name->>'fr_FR' from ir_ui_menu where name->>'en_US' = 'GatewayAPI Accounts'";
    expect(await odoo.stack?.query(odoo.database, menu)).toBe('Comptes GatewayAPI');
  });
}
