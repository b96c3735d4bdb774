import type { RequestListener } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startSmallServer } from '../../../fixtures/odoo-rpc-server.ts';
import { createJson2 } from './json-2.ts';
import { createJsonRpc } from './json-rpc.ts';
import { createXmlRpc } from './xml-rpc.ts';

const limits = { connections: 2, requestBytes: 10_000, responseBytes: 100_000, connectTimeoutMs: 1000 };
const CREATE = { 'json-rpc': createJsonRpc, 'json-2': createJson2, 'xml-rpc': createXmlRpc } as const;
type Name = keyof typeof CREATE;
const NAMES = ['json-rpc', 'json-2', 'xml-rpc'] as const satisfies readonly Name[];

type Asked = { ids?: number[]; text?: string; timeoutMs?: number };

async function ask(name: Name, url: string, { ids = [1], text = 'x', timeoutMs = 5000 }: Asked = {}) {
  const settings = { url, database: 'db', login: 'me', password: () => 'the-secret', limits };
  const transport = CREATE[name](settings);
  const call = { model: 'res.partner', method: 'write', what: 'res.partner.write', kwargs: {} };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await transport.execute({ ...call, args: [ids, { name: text }], signal }, 7);
  } finally {
    await transport.stop();
  }
}

async function askServer(name: Name, listener: RequestListener, timeoutMs = 5000) {
  await using server = await startSmallServer(listener);
  return await ask(name, server.url, { timeoutMs }).catch((error: unknown) => error);
}

describe.each(NAMES)('a server that does not behave, over %s', (name) => {
  const type = { 'content-type': name === 'xml-rpc' ? 'text/xml' : 'application/json' };
  const page = (status: number): RequestListener => {
    return (_, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<title>Bad Gateway</title>');
  };
  const text =
    (body: string): RequestListener =>
    (_, response) =>
      response.writeHead(200, type).end(body);
  const cases: [string, RequestListener, { kind: string; outcome: string }][] = [
    [
      'redirects',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
      { kind: 'protocol', outcome: 'not-done' },
    ],
    ['answers with a proxy’s page', page(502), { kind: 'unavailable', outcome: 'unknown' }],
    ['asks for less', page(429), { kind: 'unavailable', outcome: 'not-done' }],
    ['finds it too much', page(413), { kind: 'limit', outcome: 'not-done' }],
    ['answers with a web page and 404', page(404), { kind: 'protocol', outcome: 'not-done' }],
    ['answers with a web page and 200', page(200), { kind: 'protocol', outcome: 'unknown' }],
    [
      'resets after the request',
      (request) => request.on('end', () => request.socket.resetAndDestroy()).resume(),
      { kind: 'unavailable', outcome: 'unknown' },
    ],
    ['answers too much', text('x'.repeat(200_000)), { kind: 'limit', outcome: 'unknown' }],
    ['answers with half an answer', text('{"result": '), { kind: 'protocol', outcome: 'unknown' }],
    ['answers with nothing', text(''), { kind: 'protocol', outcome: 'unknown' }],
    [
      'answers with another kind of XML',
      text('<methodResponse><fault/></methodResponse>'),
      { kind: 'protocol', outcome: 'unknown' },
    ],
    [
      'answers with an empty fault',
      text('<methodResponse><fault></fault></methodResponse>'),
      { kind: 'protocol', outcome: 'unknown' },
    ],
    [
      'ends in the middle of its answer',
      (_, response) => {
        response.writeHead(200, { ...type, 'content-length': '100' }).write('{');
        setImmediate(() => response.destroy());
      },
      { kind: 'unavailable', outcome: 'unknown' },
    ],
  ];
  test.each(cases)('that %s is an error of its kind', async (_name, listener, expected) => {
    const error = await askServer(name, listener);
    expect(error).toMatchObject({ name: 'OdooError', ...expected });
    expect(String(error)).not.toContain('the-secret');
  });

  test('that hangs, or trickles, is given up in time', async () => {
    const hanging: RequestListener = () => {};
    const trickling: RequestListener = async (request, response) => {
      response.writeHead(200, type);
      while (!request.socket.destroyed) {
        response.write(' ');
        await later(10);
      }
    };
    for (const listener of [hanging, trickling]) {
      const error = await askServer(name, listener, 150);
      expect(error).toMatchObject({ kind: 'unavailable', outcome: 'unknown', code: 'odoo-unavailable' });
      expect(String(error)).toContain('in time');
    }
  });

  test('that is not there has done nothing', async () => {
    const server = await startSmallServer(() => {});
    await server[Symbol.asyncDispose]();
    await expect(ask(name, server.url)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'not-done' });
  });

  test('gets no more sockets than it may, however often it refuses', async () => {
    await using server = await startSmallServer(page(404));
    const settings = { url: server.url, database: 'db', login: 'me', password: () => 'x', limits };
    const transport = CREATE[name](settings);
    const call = { model: 'a', method: 'b', what: 'a.b', args: [], kwargs: {} };
    for (let index = 0; index < 10; index += 1) {
      const signal = AbortSignal.timeout(5000);
      await expect(transport.execute({ ...call, signal }, 7)).rejects.toMatchObject({ kind: 'protocol' });
    }
    expect(server.socketCount()).toBeLessThanOrEqual(limits.connections);
    await transport.stop();
  });
});

describe.each(NAMES)('a request over %s', (name) => {
  const path = {
    'json-rpc': '/jsonrpc',
    'json-2': '/json/2/res.partner/write',
    'xml-rpc': '/xmlrpc/object',
  }[name];

  test('goes below the path of the address', async () => {
    const paths: (string | undefined)[] = [];
    await using server = await startSmallServer((request, response) => {
      paths.push(request.url);
      response.writeHead(502).end();
    });
    for (const prefix of ['', '/my/odoo/']) {
      await ask(name, server.url + prefix).catch(() => undefined);
    }
    expect(paths).toEqual([path, `/my/odoo${path}`]);
  });

  test('has a limit, and is not sent beyond it', async () => {
    let requests = 0;
    await using server = await startSmallServer(() => {
      requests += 1;
    });
    await expect(ask(name, server.url, { text: 'x'.repeat(10_000) })).rejects.toMatchObject({
      kind: 'limit',
      outcome: 'not-done',
    });
    expect(requests).toBe(0);
  });

  test.each(['ftp://odoo.example', 'odoo', 'http://user:pass@odoo.example', 'http://odoo.example/?db=x'])(
    'is never made to the address %s',
    async (url) => {
      await expect(ask(name, url)).rejects.toThrow(/The address of Odoo must be/);
    },
  );
});
