import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountRow } from '../records.ts';
import { type ResolveOptions, resolveAccount } from './resolve-account.ts';
import { DEFAULT_SENDING } from './sending-options.ts';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'viaduct-secrets-'));
  folder = join(root, 'secrets');
  await mkdir(folder);
  await mkdir(join(root, 'secrets-of-others'));
  await writeFile(join(folder, 'token'), 'token-in-file\n');
  await writeFile(join(folder, 'empty'), '\n');
  await writeFile(join(root, 'outside'), 'outside');
  await writeFile(join(root, 'secrets-of-others', 'token'), 'outside');
});
afterAll(() => rm(root, { recursive: true }));

const row: AccountRow = {
  id: 1,
  iapAccountId: 2,
  iapToken: 'iap-token',
  companyIds: [],
  baseUrl: 'https://gatewayapi.eu',
  token: 'api-token',
  sender: 'Shop',
  country: 'DK',
  countries: [],
  keywords: [],
  webhookSecret: 'webhook-secret',
  requireSignature: true,
  sending: { api: null, messageClass: null, priority: null, label: null, validityMinutes: 0 },
  problem: null,
};

const environment = {
  VIADUCT_SECRET_TOKEN: 'token-in-environment',
  VIADUCT_SECRET_EMPTY: '',
  ODOO_PASSWORD: 'not for Odoo',
};

function resolved(overrides: Partial<AccountRow>, options: Partial<ResolveOptions> = {}) {
  const hosts = ['gatewayapi.com', 'gatewayapi.eu', '127.0.0.1:8090', 'sms.test:8443'];
  return resolveAccount({ ...row, ...overrides }, { hosts, secretsFolder: folder, environment, ...options });
}

describe('an account without faults', () => {
  test('is what the administrator wrote', async () => {
    expect(await resolved({})).toEqual({ ...row, sending: DEFAULT_SENDING });
  });

  test('loses the problem it had before', async () => {
    expect(await resolved({ problem: 'The token is missing.' })).toMatchObject({ problem: null });
  });

  test('may do without a webhook secret', async () => {
    expect(await resolved({ webhookSecret: null })).toMatchObject({ webhookSecret: null, problem: null });
  });
});

describe('the messaging API', () => {
  const sending = { ...row.sending, api: 'messaging' };
  const hosts = ['gatewayapi.eu', 'messaging.gatewayapi.eu'];

  test.each(['https://gatewayapi.eu', 'https://messaging.gatewayapi.eu'])(
    'is used by an account at %s, whose balance is still asked of the REST API',
    async (baseUrl) => {
      const account = await resolved({ baseUrl, sending }, { hosts });
      expect(account).toMatchObject({
        problem: null,
        sending: { api: 'messaging' },
        baseUrl: 'https://gatewayapi.eu',
      });
    },
  );

  test('is a problem where tokens may not go to its host', async () => {
    const { problem } = await resolved({ sending }, { hosts: ['gatewayapi.eu'] });
    expect(problem).toContain('is on the host messaging.gatewayapi.eu; allowed are gatewayapi.eu');
  });

  test('takes no sender of two letters', async () => {
    expect((await resolved({ sending, sender: 'AB' }, { hosts })).problem).toContain('three letters');
    expect((await resolved({ sender: 'AB' })).problem).toBeNull();
  });
});

test('a wrong sending option is a problem of the account', async () => {
  const { problem } = await resolved({ sending: { ...row.sending, validityMinutes: 9_999 } });
  expect(problem).toContain('The validity must be 0 to 7200 minutes');
});

describe('the base URL', () => {
  test.each([
    'https://gatewayapi.com',
    'https://gatewayapi.eu/',
    'https://GatewayAPI.eu',
    'https://sms.test:8443',
    'http://127.0.0.1:8090',
  ])('may be %s', async (baseUrl) => {
    expect(await resolved({ baseUrl })).toMatchObject({ problem: null });
  });

  test.each([
    ['', 'must start with http:// or https://'],
    ['gatewayapi.eu', 'must start with http:// or https://'],
    ['ftp://gatewayapi.eu', 'must start with http:// or https://'],
    ['file:///etc/passwd', 'must start with http:// or https://'],
    ['http://gatewayapi.eu', 'the token would travel readable'],
    ['https://evil.test', 'names the host evil.test; allowed are gatewayapi.com'],
    ['https://gatewayapi.eu.evil.test', 'names the host'],
    ['https://gatewayapi.eu@evil.test', 'names the host evil.test'],
    ['https://gatewayapi.eu:8443', 'names the host gatewayapi.eu:8443'],
    ['http://127.0.0.1:8091', 'names the host 127.0.0.1:8091'],
  ])('may not be %j', async (baseUrl, words) => {
    expect((await resolved({ baseUrl })).problem).toContain(words);
  });
});

describe('the sender', () => {
  test.each(['Shop', 'A', 'My Shop 1', 'Bäckerei', '451204', '123456789012345'])(
    'may be %j',
    async (sender) => {
      expect(await resolved({ sender })).toMatchObject({ sender, problem: null });
    },
  );

  test('that is a number goes out without +', async () => {
    expect(await resolved({ sender: '+4512345678' })).toMatchObject({ sender: '4512345678', problem: null });
  });

  test.each(['', 'TwelveLetter', '1234567890123456', 'Shop\n', 'Shop👍'])('may not be %j', async (sender) => {
    expect((await resolved({ sender })).problem).toContain('The sender must be');
  });
});

describe('the token', () => {
  test.each([
    ['from the environment', 'env:VIADUCT_SECRET_TOKEN', 'token-in-environment'],
    ['from a file, without its line end', 'file:token', 'token-in-file'],
    ['without the spaces around it', ' api-token\n', 'api-token'],
  ])('is read %s', async (_where, token, expected) => {
    expect(await resolved({ token })).toMatchObject({ token: expected, problem: null });
  });

  test('is read from a file named by its whole path', async () => {
    expect(await resolved({ token: `file:${join(folder, 'token')}` })).toMatchObject({
      token: 'token-in-file',
    });
  });

  test.each([
    ['is missing', '', 'The API token is missing'],
    ['is an empty file', 'file:empty', 'The API token is missing'],
    ['holds what no header can carry', 'two\nlines', 'holds characters that no token has'],
    ['names one of Viaduct’s own secrets', 'env:ODOO_PASSWORD', 'must begin with VIADUCT_SECRET_'],
    ['names a variable that is not set', 'env:VIADUCT_SECRET_OTHER', 'VIADUCT_SECRET_OTHER is not set'],
    ['names a variable that is empty', 'env:VIADUCT_SECRET_EMPTY', 'VIADUCT_SECRET_EMPTY is not set'],
    ['names what every object has', 'env:constructor', 'must begin with VIADUCT_SECRET_'],
    ['names a file that is not there', 'file:other', 'cannot be read'],
    ['climbs out of the folder', 'file:../outside', 'may only name files in'],
    [
      'climbs out of the folder and back into its neighbour',
      'file:../secrets-of-others/token',
      'may only name',
    ],
    ['names a file elsewhere', 'file:/etc/hostname', 'may only name files in'],
    ['names the folder itself', 'file:.', 'may only name files in'],
  ])('that %s is a problem, and no secret', async (_what, token, words) => {
    const account = await resolved({ token });
    expect(account.problem).toContain(words);
    expect(account.token).toBe('');
  });

  test('names no file where no folder is allowed', async () => {
    const account = await resolved({ token: 'file:token' }, { secretsFolder: undefined });
    expect(account).toMatchObject({ token: '', problem: expect.stringContaining('VIADUCT_SECRETS_FOLDER') });
  });
});

describe('the webhook secret', () => {
  test('still verifies reports of an account that can send no more', async () => {
    const account = await resolved({ baseUrl: '', webhookSecret: 'env:VIADUCT_SECRET_TOKEN' });
    expect(account).toMatchObject({ webhookSecret: 'token-in-environment', problem: expect.any(String) });
  });

  test.each(['env:VIADUCT_SECRET_OTHER', 'file:../outside'])(
    'that cannot be read is none at all, rather than the words %j',
    async (webhookSecret) => {
      expect(await resolved({ webhookSecret })).toMatchObject({
        webhookSecret: null,
        problem: expect.any(String),
      });
    },
  );

  test.each(['file:empty', '  '])('that is empty is none at all: %j', async (webhookSecret) => {
    expect(await resolved({ webhookSecret })).toMatchObject({ webhookSecret: null });
  });
});
