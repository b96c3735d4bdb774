import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { DATABASE_ROLE } from '../../docker/container-commands.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/index.ts';
import { examine, type Finding, testReports } from '../../src/doctor/index.ts';
import { createSqliteJournal } from '../../src/journal/index.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooData } from '../support/odoo-data.ts';
import { until } from '../support/until.ts';

let loop: Loop;

beforeAll(async () => {
  loop = await startLoop();
  await running('bell', true);
});

afterAll(async () => {
  await loop?.dispose();
});

/** Waits until the running Viaduct finds this part up, or down. */
const running = (part: string, isUp: boolean) =>
  until(
    async () => (await doctor()).some(({ check }) => check === `viaduct: ${part}`),
    (isDown) => isDown !== isUp,
    { timeoutMs: 90_000 },
  );

async function doctor(changed: Readonly<Record<string, string>> = {}): Promise<Finding[]> {
  const environment = { ...loop.environment, ...changed };
  const config = loadConfig({ environment });
  return await examine({ config, environment, clock: systemClock, random: Math.random });
}

/** All that is not ok, as short texts; what every test machine has (no https) is left out. */
async function complaints(changed: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const findings = await doctor(changed);
  for (const { state, cure } of findings) expect(cure === null).toBe(state === 'ok');
  return findings
    .filter(({ state, check }) => state !== 'ok' && !['public url', 'journal disk'].includes(check))
    .map(({ state, check, words }) => `${state} ${check}: ${words}`);
}

const parameter = (key: string, value: string | false) =>
  loop.odoo.execute('ir.config_parameter', 'set_param', [key, value]);

const account = (values: object) =>
  loop.odoo.execute('x_gatewayapi_account', 'write', [[loop.accountId], values]);

test('finds nothing wrong with a sound loop, and says what it looked at', async () => {
  expect(await complaints()).toEqual([]);
  const checks = (await doctor()).map(({ check }) => check);
  expect(checks).toEqual([
    ...['configuration', 'viaduct', 'dead letters', 'other databases', 'journal disk', 'journal size'],
    ...[
      'public url',
      'public address',
      'odoo',
      'clock',
      'odoo login',
      'service user',
      'addons',
      'sms endpoint',
    ],
    ...['guard', 'bell', `gatewayapi ${loop.accountId}`, `gatewayapi ${loop.accountId} reports`],
    ...['webhooks', 'record api'],
  ]);
});

test('never shows a secret', async () => {
  const text = JSON.stringify(await doctor());
  for (const secret of Object.values(loop.secrets)) expect(text).not.toContain(secret);
});

describe('Odoo', () => {
  test('that does not answer is named once', async () => {
    const found = await complaints({ ODOO_URL: 'http://127.0.0.1:1' });
    expect(found).toEqual([expect.stringMatching(/^fault odoo: /)]);
  });

  test('that has no such database, or takes no such login', async () => {
    expect(await complaints({ ODOO_DATABASE: 'nowhere' })).toEqual([
      expect.stringMatching(/^fault odoo login: .*nowhere/),
    ]);
    expect(await complaints({ ODOO_PASSWORD: 'wrong' })).toEqual([
      expect.stringMatching(/^fault odoo login: Odoo refused the login/),
    ]);
  });

  test('in which Viaduct works as an administrator', async () => {
    const { login, password } = loop.odoo.admin;
    expect(await complaints({ ODOO_LOGIN: login, ODOO_PASSWORD: password })).toContainEqual(
      expect.stringMatching(/^fault service user: /),
    );
  });

  test('that sends its SMS elsewhere, has an older addon, or is a copy', async () => {
    const provisioned = await loop.odoo.execute('ir.config_parameter', 'get_param', ['viaduct.provisioning']);
    await parameter('sms.endpoint', 'https://elsewhere.example');
    await parameter('viaduct.provisioning', String(provisioned).replace(/"hash": ?"../, '"hash":"xx'));
    await parameter('database.is_neutralized', 'true');
    const found = await complaints();
    await parameter('sms.endpoint', loop.url);
    await parameter('viaduct.provisioning', String(provisioned));
    await parameter('database.is_neutralized', false);
    await running('database', true);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^fault sms endpoint: Odoo hands its SMS to https:\/\/elsewhere/),
        expect.stringMatching(/^fault addons: .* is not the one of this Viaduct/),
        expect.stringMatching(/^fault guard: This database is neutralized/),
      ]),
    );
  });
});

describe('PostgreSQL', () => {
  const at = async (change: (url: URL) => void) => {
    const url = new URL(await loop.odoo.postgresUrl());
    change(url);
    return { ODOO_POSTGRES_URL: url.href };
  };

  test('is looked at where it is in the settings', async () => {
    const settings = await at(() => {});
    expect(await complaints(settings)).toEqual([]);
    expect(await doctor(settings)).toContainEqual(
      expect.objectContaining({ check: 'postgresql', state: 'ok' }),
    );
  });

  test('that refuses the role', async () => {
    const settings = await at((url) => {
      url.password = 'quite-wrong';
    });
    const found = await complaints(settings);
    expect(found).toEqual([
      expect.stringMatching(/^warning postgresql: PostgreSQL cannot be listened to: password authentication/),
    ]);
    expect(found.join()).not.toContain('quite-wrong');
  });

  if (inject('odooPlace').kind === 'stack') {
    test('whose role Odoo may not end', async () => {
      const { odoo } = loop;
      const settings = await at(() => {});
      const { username } = new URL(settings.ODOO_POSTGRES_URL);
      const sql = (text: string) => odoo.stack?.query('postgres', text);
      await sql(`revoke ${username} from ${DATABASE_ROLE.user}`);
      const found = await complaints(settings);
      await sql(`grant ${username} to ${DATABASE_ROLE.user}`);
      expect(found).toEqual([expect.stringMatching(/^warning postgresql: Odoo may not end the session/)]);
    });

    test('whose role may read what it need not', async () => {
      const settings = await at((url) =>
        Object.assign(url, { username: DATABASE_ROLE.user, password: DATABASE_ROLE.password }),
      );
      expect(await complaints(settings)).toEqual([
        expect.stringMatching(/^warning postgresql: The role of ODOO_POSTGRES_URL may read \d{3,} of/),
      ]);
    });
  }
});

describe('GatewayAPI', () => {
  afterEach(() => account({ x_token: loop.secrets.apiToken, x_sender: 'Viaduct' }));

  test.each([
    ['a refused token', { x_token: 'wrong' }, /^fault gatewayapi \d+: .*refused the token with status 401/],
    [
      'a sender that it cannot have',
      { x_sender: 'Much too long a sender' },
      /^fault gatewayapi \d+: The sender/,
    ],
  ])('%s', async (_, values, words) => {
    await account(values);
    expect(await complaints()).toEqual([expect.stringMatching(words)]);
  });
});

test('webhooks that go nowhere and an endpoint that nobody can call are named', async () => {
  // Which would make the rules, and judge the destination by itself.
  await loop.stopViaduct();
  const data = odooData(loop.odoo.execute);
  const subscription = await data.createSubscription('res.partner', ['res.partner.created'], {
    ...{ x_name: 'Warehouse', x_url: 'http://127.0.0.1:9/' },
    x_state: 'stopped',
  });
  const endpoint = await data.create('x_viaduct_endpoint', { x_name: 'Shop' });
  const found = await complaints();
  await loop.odoo.execute('x_viaduct_subscription', 'unlink', [[subscription]]);
  await loop.odoo.execute('x_viaduct_endpoint', 'unlink', [[endpoint]]);
  await loop.startViaduct();
  await running('bell', true);
  expect(found).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^warning webhooks: The automation rules in Odoo are not/),
      expect.stringMatching(`^fault webhook ${subscription}: .*"Warehouse" answered 410`),
      expect.stringMatching(`^fault endpoint ${endpoint}: "Shop" has no key`),
    ]),
  );
});

test('an address that leads elsewhere is a fault', async () => {
  expect(await complaints({ VIADUCT_PUBLIC_URL: loop.odoo.url })).toEqual([
    expect.stringMatching(/^fault public address: .* but not as Viaduct does/),
  ]);
});

describe('a test report', () => {
  const tested = (options: { url?: string } = {}) => {
    const config = loadConfig({ environment: loop.environment });
    const parts = { environment: loop.environment, clock: systemClock, ...options };
    return testReports(config, config.databases[0], parts);
  };
  const states = (findings: Finding[]) =>
    findings.map(({ check, state }) => `${check.split(' ').at(-1)} ${state}`);

  test.each(['rest', 'messaging'])('goes all the way into Odoo, as the %s API signs it', async (api) => {
    await account({ x_api: api, x_base_url: loop.simulator.url });
    expect(states(await tested())).toEqual(['unsigned ok', 'forged ok', 'signed ok', 'odoo ok']);
    const database = await loop.odoo.execute('x_viaduct_database', 'search_read', [[], ['x_sms_tested_at']]);
    expect(database).toMatchObject([{ x_sms_tested_at: expect.stringMatching(/^20\d\d-/) }]);
    await account({ x_api: 'rest' });
  });

  test('says what to do where an address leads elsewhere, and where nothing answers', async () => {
    const elsewhere = await tested({ url: loop.odoo.url });
    expect(elsewhere.at(-1)).toMatchObject({ state: 'fault', cure: expect.stringContaining('proxy') });
    const nowhere = await tested({ url: 'http://127.0.0.1:9' });
    expect(states(nowhere)).toEqual(['address fault']);
    expect(JSON.stringify([elsewhere, nowhere])).not.toContain(loop.secrets.webhookSecret);
  });
});

test('a stopped Viaduct, its dead letters and what waits for another database are told from the file', async () => {
  await loop.stopViaduct();
  const { journal: settings } = loadConfig({ environment: loop.environment });
  const journal = await createSqliteJournal(settings);
  const entry = { queue: 'sms.state', key: 'a', payload: '{}' };
  await journal.append([
    { ...entry, database: 'old' },
    { ...entry, database: loop.databaseUuid },
  ]);
  await journal.buryAll({ database: loop.databaseUuid, reason: 'test' });
  await journal.close();
  const found = await complaints();
  await loop.startViaduct();
  expect(found).toEqual([
    'warning viaduct: Viaduct does not run on this journal.',
    'warning dead letters: 1 wait for a person.',
    'warning other databases: 1 entries wait under the database id old, which is not served.',
    expect.stringMatching(/^warning public address: Nothing answers/),
  ]);
});
