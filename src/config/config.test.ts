import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigError, type ConfigFault } from './errors.ts';
import { loadConfig } from './index.ts';

const REQUIRED = {
  ODOO_URL: 'http://odoo.test:8069/',
  ODOO_DATABASE: 'shop',
  ODOO_LOGIN: 'viaduct',
  ODOO_PASSWORD: 'hunter2',
};

function files(contents: Record<string, string>) {
  return (path: string) => {
    const text = contents[path];
    if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
    return text;
  };
}

function faultsOf(
  environment: Record<string, string>,
  contents: Record<string, string> = {},
): readonly ConfigFault[] {
  try {
    loadConfig({ environment, readFile: files(contents) });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('a valid configuration', () => {
  test('needs four settings, and fills in the defaults', () => {
    const config = loadConfig({ environment: REQUIRED });
    expect(config.databases).toEqual([
      expect.objectContaining({
        name: 'shop',
        url: 'http://odoo.test:8069',
        database: 'shop',
        callTimeoutMs: 30_000,
      }),
    ]);
    expect(config.http).toMatchObject({ port: 8068, publicUrl: 'http://127.0.0.1:8068' });
    expect(config.journal.keepDoneDays).toBe(8);
  });

  test('takes the environment before the file of settings', () => {
    const readFile = files({
      '/etc/viaduct.env': 'VIADUCT_PORT=9000\nVIADUCT_LOG_LEVEL=debug\nOTHER=kept out',
    });
    const environment = { ...REQUIRED, VIADUCT_CONFIG: '/etc/viaduct.env', VIADUCT_LOG_LEVEL: 'warn' };
    const config = loadConfig({ environment, readFile });
    expect([config.http.port, config.log.level]).toEqual([9000, 'warn']);
  });

  test('takes a variable that is set to nothing as not set', () => {
    expect(loadConfig({ environment: { ...REQUIRED, VIADUCT_PORT: '' } }).http.port).toBe(8068);
  });

  test('reads a secret from a file without the line end', () => {
    const { ODOO_PASSWORD: _, ...rest } = REQUIRED;
    const readFile = files({ '/run/secrets/odoo': 'correct horse\n' });
    const config = loadConfig({
      environment: { ...rest, ODOO_PASSWORD_FILE: '/run/secrets/odoo' },
      readFile,
    });
    expect(config.databases[0].password.reveal()).toBe('correct horse');
  });

  test('does not print its secrets', () => {
    const config = loadConfig({ environment: REQUIRED });
    const printed = [
      JSON.stringify(config),
      inspect(config, { depth: 9 }),
      `${config.databases[0].password}`,
    ];
    for (const text of printed) {
      expect(text).not.toContain('hunter2');
      expect(text).toContain('[secret]');
    }
  });

  test('builds the internal address with brackets around an IPv6 host', () => {
    const config = loadConfig({ environment: { ...REQUIRED, VIADUCT_HOST: '::1' } });
    expect(config.http.internalUrl).toBe('http://[::1]:8068');
  });

  test('knows the networks of the trusted proxies', () => {
    const environment = { ...REQUIRED, VIADUCT_TRUSTED_PROXIES: '10.0.0.0/8, ::1' };
    const { trustedProxies } = loadConfig({ environment }).http;
    expect([trustedProxies.check('10.1.2.3'), trustedProxies.check('::1', 'ipv6')]).toEqual([true, true]);
    expect(trustedProxies.check('11.1.2.3')).toBe(false);
  });

  test('leaves the names of the test suite alone', () => {
    expect(faultsOf({ ...REQUIRED, VIADUCT_TEST_ODOO_URL: 'http://127.0.0.1:1' })).toEqual([]);
  });
});

describe('the address of PostgreSQL', () => {
  const faultsAt = (url: string) => faultsOf({ ...REQUIRED, ODOO_POSTGRES_URL: url });

  test('is a server and a login, and a secret', () => {
    const url = 'postgres://viaduct:pass@db:5432?sslmode=require';
    const { databases } = loadConfig({ environment: { ...REQUIRED, ODOO_POSTGRES_URL: url } });
    expect(databases[0].postgresUrl?.reveal()).toBe(url);
    expect(JSON.stringify(databases)).not.toContain('pass@db');
  });

  test.each([
    ['http://viaduct:pass@db', 'is no such address.'],
    ['db:5432', 'is no such address.'],
    ['postgres://viaduct:pass@db/odoo', 'names a database.'],
  ])('%s is refused without a word of it', (url, problem) => {
    const allowed = 'an address as `postgres://USER:PASSWORD@HOST:PORT`, without a database';
    expect(faultsAt(url)).toEqual([{ name: 'ODOO_POSTGRES_URL', problem, allowed }]);
  });
});

describe('a faulty configuration', () => {
  test('lists every fault at once, with what is allowed', () => {
    const faults = faultsOf({
      ...REQUIRED,
      ODOO_URL: 'odoo:8069',
      VIADUCT_PORT: '99999',
      VIADUCT_LOG_LEVEL: 'loud',
    });
    expect(faults).toEqual([
      {
        name: 'ODOO_URL',
        problem: '"odoo:8069" is not a web address.',
        allowed: 'an address that starts with http:// or https://',
      },
      {
        name: 'VIADUCT_PORT',
        problem: '"99999" is out of range.',
        allowed: 'a whole number from 0 to 65535',
      },
      expect.objectContaining({ name: 'VIADUCT_LOG_LEVEL', allowed: expect.stringContaining('`debug`') }),
    ]);
  });

  test('names every setting that must be given', () => {
    expect(faultsOf({}).map((fault) => fault.name)).toEqual(Object.keys(REQUIRED));
  });

  test.each([
    ['ODOO_PASWORD', 'ODOO_PASSWORD'],
    ['VIADUCT_PROT', 'VIADUCT_PORT'],
    ['VIADUCT_JOURNAL_MAXBYTES', 'VIADUCT_JOURNAL_MAX_BYTES'],
  ])('suggests for %s the name %s', (name, suggestion) => {
    expect(faultsOf({ ...REQUIRED, [name]: 'x' })).toEqual([
      expect.objectContaining({ name, problem: `is no setting. Did you mean ${suggestion}?` }),
    ]);
  });

  test('suggests nothing for a name like no other', () => {
    expect(faultsOf({ ...REQUIRED, VIADUCT_QUANTUM_FLUX: '1' })[0]?.problem).toBe('is no setting.');
  });

  test('refuses a secret that is given twice, and one whose file is missing', () => {
    const environment = { ...REQUIRED, ODOO_PASSWORD_FILE: '/a', ODOO_ADMIN_PASSWORD_FILE: '/missing' };
    expect(faultsOf(environment, { '/a': 'x' }).map((fault) => fault.name)).toEqual([
      'ODOO_PASSWORD_FILE',
      'ODOO_ADMIN_PASSWORD_FILE',
    ]);
  });

  test('says that a file cannot be read, and nothing of what it would have set', () => {
    const told = (environment: Record<string, string>) =>
      faultsOf(environment).map(({ name, problem }) => [name, /cannot be read/.test(problem)]);
    expect(told({ VIADUCT_CONFIG: '/nowhere' })).toEqual([['VIADUCT_CONFIG', true]]);
    const { ODOO_PASSWORD: _, ...rest } = REQUIRED;
    const secret = { ...rest, ODOO_PASSWORD_FILE: '/nowhere' };
    expect(told(secret)).toEqual([['ODOO_PASSWORD_FILE', true]]);
    expect(told({ ...secret, VIADUCT_DATABASES: 'main' })).toEqual([['ODOO_PASSWORD_FILE', true]]);
  });

  test.each([
    ['ODOO_ADMIN_LOGIN', 'ODOO_ADMIN_PASSWORD'],
    ['ODOO_ADMIN_PASSWORD', 'ODOO_ADMIN_LOGIN'],
  ])('refuses %s without %s', (given, missing) => {
    const problem = `is not set, and ${given} is.`;
    expect(faultsOf({ ...REQUIRED, [given]: 'x' })).toEqual([
      { name: missing, problem, allowed: 'both of them or neither' },
    ]);
  });

  test('never shows the value of a secret', () => {
    const admin = { ODOO_ADMIN_LOGIN: 'admin', ODOO_ADMIN_PASSWORD: ' ' };
    const environment = { ...REQUIRED, ODOO_PASSWORD: '   ', ...admin };
    const text = faultsOf(environment).map((fault) => fault.problem);
    expect(text).toEqual(['is empty.', 'is empty.']);
  });

  test('refuses a login inside an address without repeating it', () => {
    const [fault] = faultsOf({ ...REQUIRED, ODOO_URL: 'http://me:hunter2@odoo.test' });
    expect(fault?.problem).toBe('"http://…@odoo.test" holds a login; logins have settings of their own.');
  });

  test('wants the internal address when it listens everywhere', () => {
    const faults = faultsOf({ ...REQUIRED, VIADUCT_HOST: '0.0.0.0' });
    expect(faults.map((fault) => fault.name)).toEqual(['VIADUCT_INTERNAL_URL']);
  });

  test.each(['10.0.0.0/33', 'proxy.local', '10.0.0.0/8/8', '10.0.0.0/'])('knows no network %s', (network) => {
    const faults = faultsOf({ ...REQUIRED, VIADUCT_TRUSTED_PROXIES: network });
    expect(faults.map((fault) => fault.name)).toEqual(['VIADUCT_TRUSTED_PROXIES']);
  });
});

describe('several databases', () => {
  const { ODOO_URL, ODOO_LOGIN, ODOO_PASSWORD } = REQUIRED;
  const TWO = { ODOO_URL, ODOO_LOGIN, ODOO_PASSWORD, VIADUCT_DATABASES: 'main, shop' };

  test('have settings of their own, and share what they are not given', () => {
    const environment = {
      ...TWO,
      ODOO_CONNECTIONS: '8',
      ODOO_MAIN_DATABASE: 'production',
      ODOO_SHOP_URL: 'https://shop.test',
      ODOO_SHOP_DATABASE: 'shop',
      ODOO_SHOP_PASSWORD_FILE: '/shop',
      ODOO_SHOP_CONNECTIONS: '2',
    };
    const { databases } = loadConfig({ environment, readFile: files({ '/shop': 'of the shop\n' }) });
    const seen = databases.map(({ name, url, database, login, connections, password }) => [
      ...[name, url, database, login, connections, password.reveal()],
    ]);
    expect(seen).toEqual([
      ['main', 'http://odoo.test:8069', 'production', 'viaduct', 8, 'hunter2'],
      ['shop', 'https://shop.test', 'shop', 'viaduct', 2, 'of the shop'],
    ]);
  });

  test('each name what they lack, and what is wrong for all of them once', () => {
    expect(faultsOf({ ...TWO, ODOO_URL: 'odoo', ODOO_SHOP_LOGIN: ' ' })).toEqual([
      expect.objectContaining({ name: 'ODOO_URL', problem: '"odoo" is not a web address.' }),
      expect.objectContaining({ name: 'ODOO_MAIN_DATABASE', problem: expect.stringMatching(/^is not set/) }),
      expect.objectContaining({ name: 'ODOO_SHOP_DATABASE' }),
      expect.objectContaining({ name: 'ODOO_SHOP_LOGIN', problem: '" " is empty.' }),
    ]);
  });

  test('know no settings of others, and suggest the right name', () => {
    const given = { ...TWO, ODOO_MAIN_DATABASE: 'a', ODOO_SHOP_DATABASE: 'b', ODOO_SHPO_URL: 'http://x' };
    expect(faultsOf(given)).toEqual([
      expect.objectContaining({
        name: 'ODOO_SHPO_URL',
        problem: 'is no setting. Did you mean ODOO_SHOP_URL?',
      }),
    ]);
  });

  test.each([
    ['Main', 'holds something that is no such name'],
    ['a,a', 'holds a name twice'],
    ['admin', 'ODOO_ADMIN_LOGIN a second meaning'],
  ])('are not named %s', (names, problem) => {
    expect(faultsOf({ ...REQUIRED, VIADUCT_DATABASES: names })).toEqual([
      expect.objectContaining({ name: 'VIADUCT_DATABASES', problem: expect.stringContaining(problem) }),
    ]);
  });

  test('are not one database under two names', () => {
    const [fault] = faultsOf({ ...TWO, ODOO_DATABASE: 'production' });
    expect(fault?.problem).toBe('main and shop are the same database.');
  });
});
