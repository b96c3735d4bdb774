import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { inject } from 'vitest';
import { z } from 'zod';
import { attachStack, type Stack, type StackAddress } from '../../docker/index.ts';
import { ViaductError } from '../../src/errors.ts';
import './odoo-global-setup.ts';
import type { NamedOdoo } from './odoo-place.ts';
import { type OdooVersion, odooVersionAt } from './odoo-versions.ts';

export type Account = { login: string; password: string };

export type TestOdoo = {
  url: string;
  database: string;
  admin: Account;
  version: OdooVersion;
  /** `model.method(*args, **kwargs)` as administrator over JSON-RPC; throws `odoo-fault` with Odoo's own words. */
  execute: (model: string, method: string, args?: readonly unknown[], kwargs?: object) => Promise<unknown>;
  /** Its PostgreSQL for a role that may only connect, as ODOO_POSTGRES_URL; rejects with `test-odoo` when none is named. */
  postgresUrl: () => Promise<string>;
  /** The containers behind it, to kill and start them; undefined for an Odoo that the environment names. */
  stack: Stack | undefined;
  /** Drops the database, if it was made for this test. */
  dispose: () => Promise<void>;
};

export type FreshOdooOptions = {
  /** Gives the template that the database is a copy of; without it, it is the seeded one. */
  templateOf?: (stack: Stack) => Promise<string>;
};

/** A database of this test's own in a real Odoo; or the one that TEST_ODOO_URL and its companions name. */
export async function freshOdoo({ templateOf }: FreshOdooOptions = {}): Promise<TestOdoo> {
  const place = inject('odooPlace');
  if (place.kind === 'named') return namedOdoo(place, place.database);
  const stack = attachStack(ofThisWorker(place.addresses));
  const database = `test_${randomBytes(6).toString('hex')}`;
  await stack.createDatabase(database, await templateOf?.(stack));
  const dispose = (): Promise<void> => stack.dropDatabase(database);
  return {
    ...caller(stack.url, database, { login: 'admin', password: 'admin' }),
    ...{ version: await odooVersionAt(stack.url), postgresUrl: stack.listenerUrl, stack, dispose },
  };
}

function ofThisWorker(addresses: readonly StackAddress[]): StackAddress {
  const address = addresses[(Number(process.env['VITEST_POOL_ID']) - 1) % addresses.length];
  if (address !== undefined) return address;
  throw new ViaductError({
    code: 'test-odoo',
    message: 'Vitest has not told which worker this is.',
    retry: 'never',
  });
}

/** A database beside that of `freshOdoo`. Rejects with `test-odoo` when the environment names an Odoo without a second one. */
export async function otherOdoo(options: FreshOdooOptions = {}): Promise<TestOdoo> {
  const place = inject('odooPlace');
  if (place.kind === 'stack') return freshOdoo(options);
  const other =
    place.otherDatabase ?? needed('two databases: name the second one in TEST_ODOO_OTHER_DATABASE');
  return namedOdoo(place, other);
}

function needed(what: string): never {
  throw new ViaductError({
    code: 'test-odoo',
    message: `This test needs ${what}.`,
    retry: 'after-config',
  });
}

async function namedOdoo(
  { url, login, password, postgresUrl }: NamedOdoo,
  database: string,
): Promise<TestOdoo> {
  return {
    ...caller(url, database, { login, password }),
    version: await odooVersionAt(url),
    postgresUrl: async () => postgresUrl ?? needed('its PostgreSQL: name it in TEST_ODOO_POSTGRES_URL'),
    stack: undefined,
    dispose: async () => undefined,
  };
}

type Caller = Pick<TestOdoo, 'url' | 'database' | 'admin' | 'execute'>;

function caller(url: string, database: string, admin: Account): Caller {
  // The first call to a database loads Odoo's registry for it, which takes seconds.
  const limits = { headersTimeout: 60_000, bodyTimeout: 60_000 };
  const call = async (service: string, method: string, args: readonly unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } });
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${url}/jsonrpc`, { method: 'POST', headers, body, ...limits });
    const { result, error } = Answer.parse(await answer.body.json());
    if (error === undefined) return result;
    const message = error.data?.message ?? error.message;
    throw new ViaductError({ code: 'odoo-fault', message: `Odoo said: ${message}`, retry: 'never' });
  };
  const login = async (): Promise<number> => {
    const uid = await call('common', 'login', [database, admin.login, admin.password]);
    return z.number({ error: `${admin.login} may not log in to ${database} at ${url}` }).parse(uid);
  };
  let loggedIn: Promise<number> | undefined;
  return {
    ...{ url, database, admin },
    execute: async (model, method, args = [], kwargs = {}) => {
      loggedIn ??= login();
      const uid = await loggedIn;
      return call('object', 'execute_kw', [database, uid, admin.password, model, method, args, kwargs]);
    },
  };
}

const Answer = z.object({
  result: z.unknown().optional(),
  error: z
    .object({ message: z.string(), data: z.object({ message: z.string() }).partial().optional() })
    .optional(),
});
