import type { RequestListener } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startOdooRpcServer, startSmallServer } from '../../../fixtures/odoo-rpc-server.ts';
import { createJsonRpc } from './json-rpc.ts';

const limits = { connections: 2, requestBytes: 10_000, responseBytes: 100_000, connectTimeoutMs: 1000 };

const settings = (url: string) => ({ url, database: 'db', login: 'me', password: 'the-secret', limits });

async function ask(
  url: string,
  { args = [], timeoutMs = 5000 }: { args?: string[]; timeoutMs?: number } = {},
) {
  const rpc = createJsonRpc(settings(url));
  const signal = AbortSignal.timeout(timeoutMs);
  const call = { model: 'res.partner', method: 'read', what: 'res.partner.read' };
  try {
    return await rpc.execute({ ...call, args, kwargs: {}, signal }, 7);
  } finally {
    await rpc.stop();
  }
}

async function askServer(listener: RequestListener, timeoutMs = 5000) {
  await using server = await startSmallServer(listener);
  return await ask(server.url, { timeoutMs }).catch((error: unknown) => error);
}

describe('a server that does not behave', () => {
  const json = { 'content-type': 'application/json' };
  const cases: [string, RequestListener, { kind: string; outcome: string }][] = [
    [
      'redirects',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
      { kind: 'protocol', outcome: 'not-done' },
    ],
    [
      'answers with a proxy’s page',
      (_, response) =>
        response.writeHead(502, { 'content-type': 'text/html' }).end('<title>Bad Gateway</title>'),
      { kind: 'unavailable', outcome: 'unknown' },
    ],
    [
      'answers with a web page and 200',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Login</title>'),
      { kind: 'protocol', outcome: 'unknown' },
    ],
    [
      'resets after the request',
      (request) => request.on('end', () => request.socket.resetAndDestroy()).resume(),
      { kind: 'unavailable', outcome: 'unknown' },
    ],
    [
      'answers too much',
      (_, response) => response.writeHead(200, json).end('x'.repeat(200_000)),
      { kind: 'limit', outcome: 'unknown' },
    ],
    [
      'answers with broken JSON',
      (_, response) => response.writeHead(200, json).end('{"result": '),
      { kind: 'protocol', outcome: 'unknown' },
    ],
    [
      'answers with a list',
      (_, response) => response.writeHead(200, json).end('[]'),
      { kind: 'protocol', outcome: 'unknown' },
    ],
    [
      'ends in the middle of its answer',
      (_, response) => {
        response.writeHead(200, { ...json, 'content-length': '100' }).write('{');
        setImmediate(() => response.destroy());
      },
      { kind: 'unavailable', outcome: 'unknown' },
    ],
  ];
  test.each(cases)('that %s is an error of its kind', async (_name, listener, expected) => {
    expect(await askServer(listener)).toMatchObject({ name: 'OdooError', ...expected });
  });

  test('that hangs, or trickles, is given up in time', async () => {
    const hanging: RequestListener = () => {};
    const trickling: RequestListener = async (request, response) => {
      response.writeHead(200, json);
      while (!request.socket.destroyed) {
        response.write(' ');
        await later(10);
      }
    };
    for (const listener of [hanging, trickling]) {
      const error = await askServer(listener, 150);
      expect(error).toMatchObject({ kind: 'unavailable', outcome: 'unknown', code: 'odoo-unavailable' });
      expect(String(error)).toContain('in time');
    }
  });

  test('that is not there has done nothing', async () => {
    const server = await startSmallServer(() => {});
    await server[Symbol.asyncDispose]();
    await expect(ask(server.url)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'not-done' });
  });
});

describe('a request', () => {
  test('goes to /jsonrpc below the path of the address', async () => {
    await using server = await startOdooRpcServer(({ path }) => ({ result: path }));
    await expect(ask(server.url)).resolves.toBe('/jsonrpc');
    await expect(ask(`${server.url}/my/odoo/`)).resolves.toBe('/my/odoo/jsonrpc');
  });

  test('has a limit, and is not sent beyond it', async () => {
    let requests = 0;
    await using server = await startOdooRpcServer(() => {
      requests += 1;
      return { result: true };
    });
    await expect(ask(server.url, { args: ['x'.repeat(10_000)] })).rejects.toMatchObject({
      kind: 'limit',
      outcome: 'not-done',
    });
    expect(requests).toBe(0);
  });

  test('that returned None gives null', async () => {
    await using server = await startOdooRpcServer(() => ({}));
    await expect(ask(server.url)).resolves.toBeNull();
  });

  test.each(['ftp://odoo.example', 'odoo', 'http://user:pass@odoo.example', 'http://odoo.example/?db=x'])(
    'is never made to the address %s',
    (url) => {
      expect(() => createJsonRpc(settings(url))).toThrow(/The address of Odoo must be/);
    },
  );
});
