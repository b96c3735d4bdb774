import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type RpcReply, startOdooRpcServer } from '../../fixtures/odoo-rpc-server.ts';
import { createOdooClient, type OdooClientSettings } from './client.ts';
import { OdooError } from './errors.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const TRANSPORTS = ['json-rpc', 'json-2', 'xml-rpc'] as const;

async function failure(settings: Partial<OdooClientSettings> & { url: string }): Promise<OdooError> {
  const account = { database: 'shop', login: 'me', password: 'the-secret' };
  const client = createOdooClient({ ...account, limits: { attempts: 1 }, ...settings });
  open.push(() => client.stop());
  const error = await client.call('res.users', 'context_get', []).catch((thrown: unknown) => thrown);
  if (!(error instanceof OdooError)) throw new Error('No error of Odoo came.');
  expect(error.message).not.toContain('the-secret');
  return error;
}

async function odooThatAnswersLogins(reply: RpcReply): Promise<string> {
  const server = await startOdooRpcServer((call) =>
    call.what === 'common.authenticate' ? reply : undefined,
  );
  open.push(async () => await server[Symbol.asyncDispose]());
  return server.url;
}

/** A server that gives these bytes to whatever comes first, and hangs up. */
async function serverThat(answers: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answers));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test.each(TRANSPORTS)('an address where nobody listens is named, over %s', async (transport) => {
  expect(await failure({ url: 'http://127.0.0.1:9', transport })).toMatchObject({
    ...{ kind: 'unavailable', outcome: 'not-done', retry: 'later' },
    message: 'Odoo cannot be reached (ECONNREFUSED). ODOO_URL is http://127.0.0.1:9.',
  });
});

test.each(TRANSPORTS)('https where plain HTTP is spoken is suspected, over %s', async (transport) => {
  for (const answers of ['', 'HTTP/1.0 400 Bad Request\r\n\r\n']) {
    const url = `https://127.0.0.1:${await serverThat(answers)}`;
    expect(await failure({ url, transport })).toMatchObject({
      ...{ kind: 'unavailable', outcome: 'unknown' },
      message: expect.stringContaining(`ODOO_URL must begin with http://; it is ${url}.`),
    });
  }
});

test('a plain connection that breaks is no reason to suspect https', async () => {
  const url = `http://127.0.0.1:${await serverThat('')}`;
  const { message } = await failure({ url, transport: 'json-rpc' });
  expect(message).toMatch(new RegExp(`ODOO_URL is ${url}\\.$`));
});

test('a database that is not there is named with its setting', async () => {
  const message = 'connection to server failed: FATAL:  database "shop" does not exist';
  const url = await odooThatAnswersLogins({ fault: { name: 'psycopg2.OperationalError', message } });
  expect(await failure({ url })).toMatchObject({
    ...{ kind: 'unavailable', outcome: 'not-done', code: 'odoo-database-missing', retry: 'later' },
    message: expect.stringContaining(`no database "shop" at ${url}: set ODOO_DATABASE`),
  });
});

test('a refused login is named with its settings', async () => {
  const url = await odooThatAnswersLogins({ result: false });
  const service = await failure({ url, transport: 'json-rpc' });
  expect([service.kind, service.message]).toEqual([
    'auth',
    expect.stringMatching(/refused the login.* It was me, by ODOO_LOGIN and ODOO_PASSWORD\.$/),
  ]);
  const names = { login: 'ODOO_ADMIN_LOGIN', password: 'ODOO_ADMIN_PASSWORD' };
  const admin = await failure({ url, transport: 'json-rpc', names });
  expect(admin.message).toContain('by ODOO_ADMIN_LOGIN and ODOO_ADMIN_PASSWORD.');
});

test('an address that is not Odoo’s is named', async () => {
  const port = await serverThat('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
  const url = `http://127.0.0.1:${port}`;
  expect(await failure({ url, transport: 'json-rpc' })).toMatchObject({
    kind: 'protocol',
    message: expect.stringContaining(`ODOO_URL is ${url}.`),
  });
});
