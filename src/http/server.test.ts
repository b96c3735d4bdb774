import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { ViaductError } from '../errors.ts';
import { createLog, silentLog } from '../log.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import type { PartState } from './health.ts';
import {
  clientAddress,
  createHttpServer,
  type HttpContext,
  HttpError,
  type Route,
  rawBody,
  requestId,
} from './index.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

type Settings = {
  environment?: Record<string, string>;
  parts?: PartState[];
  lines?: string[];
  metrics?: Metrics;
};

async function started(routes: Route[], { environment = {}, parts = [], lines, metrics }: Settings = {}) {
  const required = { ODOO_URL: 'http://odoo.test', ODOO_DATABASE: 'a', ODOO_LOGIN: 'a', ODOO_PASSWORD: 'a' };
  const { http } = loadConfig({ environment: { ...required, VIADUCT_PORT: '0', ...environment } });
  const destination = { write: (line: string) => void lines?.push(line) };
  const server = createHttpServer({
    config: http,
    log: lines === undefined ? silentLog() : createLog({ level: 'info', destination }),
    metrics: metrics ?? createMetrics(),
    routes,
    readiness: () => parts,
  });
  const { port } = await server.start();
  stops.push(server.stop);
  return { server, port, url: `http://127.0.0.1:${port}` };
}

function route(handle: Route['handle'], more: Partial<Route> = {}): Route {
  return { method: 'POST', path: '/x', rateLimit: 'none', handle, ...more };
}

const echo = async (c: HttpContext) => c.body(new Uint8Array(await rawBody(c, 16)), 200);

/** Writes raw bytes and gives everything that came back until the server closed. */
function rawExchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => void socket.write(text));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('bodies', () => {
  test('come in as the bytes that were sent', async () => {
    const { url } = await started([route(echo)]);
    const bytes = new Uint8Array([0, 255, 10, 13]);
    const answer = await fetch(`${url}/x`, { method: 'POST', body: bytes });
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
  });

  test('over the limit are refused by their declared length', async () => {
    const { url } = await started([route(echo)]);
    const answer = await fetch(`${url}/x`, { method: 'POST', body: 'x'.repeat(17) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'body-too-large', status: 413 });
  });

  test('over the limit are refused while they come in without a length', async () => {
    const { port } = await started([route(echo)]);
    const chunk = `5\r\nabcde\r\n`.repeat(4);
    const answer = await rawExchange(
      port,
      `POST /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('that stay incomplete are cut with 408', async () => {
    const { port } = await started([route(echo)], {
      environment: { VIADUCT_HTTP_RECEIVE_TIMEOUT_MS: '100' },
    });
    const answer = await rawExchange(port, 'POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request-timeout"');
  });

  test('that are no HTTP are answered with 400', async () => {
    const { port } = await started([route(echo)]);
    expect(await rawExchange(port, 'hello\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"code":"malformed-request"/,
    );
  });
});

describe('problems', () => {
  test('tell code, words and request id, and never a stack or unknown words', async () => {
    const lines: string[] = [];
    const failing = route(() => {
      throw new Error('the database password is swordfish');
    });
    const { url } = await started([failing], { lines });
    const answer = await fetch(`${url}/x`, { method: 'POST' });
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({
      code: 'internal-error',
      requestId: answer.headers.get('x-request-id'),
    });
    expect(text).not.toMatch(/swordfish|server\.test/);
    expect(JSON.parse(lines.join(''))).toMatchObject({ event: 'request failed', route: '/x', status: 500 });
  });

  test('that pass by themselves are 503 with Retry-After', async () => {
    const full = route(() => {
      throw new ViaductError({ code: 'journal-full', message: 'The journal is full.', retry: 'later' });
    });
    const answer = await fetch(`${(await started([full])).url}/x`, { method: 'POST' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await answer.json()).toMatchObject({ code: 'journal-full', detail: 'The journal is full.' });
  });

  test('can be told in the shape that a route documents', async () => {
    const refusing = route(
      () => Promise.reject(new HttpError({ status: 401, code: 'no-token', detail: 'Give one.' })),
      {
        tellProblem: (c, { status, detail }) => c.json({ status: 'error', message: detail }, status),
      },
    );
    const answer = await fetch(`${(await started([refusing])).url}/x`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([401, { status: 'error', message: 'Give one.' }]);
  });

  test('answer what takes too long with 503', async () => {
    const { url } = await started([route(() => new Promise(() => {}), { answerTimeoutMs: 50 })]);
    const answer = await fetch(`${url}/x`, { method: 'POST' });
    expect([answer.status, await answer.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'answer-timeout' }),
    ]);
  });

  test('name the methods that an address takes', async () => {
    const { url } = await started([
      route(echo, { path: '/v1/:id' }),
      route(echo, { path: '/v1/:id', method: 'PUT' }),
    ]);
    const wrongMethod = await fetch(`${url}/v1/7`);
    const nowhere = await fetch(`${url}/v2`);
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST, PUT']);
    expect([nowhere.status, await nowhere.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'no-such-route' }),
    ]);
  });
});

describe('every answer', () => {
  test('carries security headers, also where there is no route', async () => {
    const answer = await fetch(`${(await started([])).url}/nowhere`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    });
    expect(answer.headers.has('strict-transport-security')).toBe(false);
  });

  test('asks for https when the public address has it', async () => {
    const { url } = await started([], { environment: { VIADUCT_PUBLIC_URL: 'https://viaduct.test' } });
    expect((await fetch(`${url}/healthz`)).headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
  });

  test('has an id of its own that the handler knows', async () => {
    const { url } = await started([route((c) => c.text(requestId(c)))]);
    const first = await fetch(`${url}/x`, {
      method: 'POST',
      headers: { 'x-request-id': 'chosen-by-client' },
    });
    const second = await fetch(`${url}/x`, { method: 'POST' });
    expect(first.headers.get('x-request-id')).toBe(await first.text());
    expect(first.headers.get('x-request-id')).not.toBe('chosen-by-client');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  test.each([
    ['chosen-by-proxy', true],
    ['bad id', false],
    ['short', false],
  ])('takes the id %s from a trusted proxy: %s', async (id, taken) => {
    const { url } = await started([], { environment: { VIADUCT_TRUSTED_PROXIES: '127.0.0.1' } });
    const answer = await fetch(`${url}/healthz`, { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id') === id).toBe(taken);
  });

  test('is counted by route and status', async () => {
    const metrics = createMetrics();
    const { url } = await started([route((c) => c.text('ok', 202))], { metrics });
    await fetch(`${url}/x`, { method: 'POST' });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('viaduct_http_requests_total{method="POST",route="/x",status="202"} 1');
    expect(text).toContain('viaduct_http_request_seconds_count{route="/x"} 1');
  });
});

describe('rate limits', () => {
  const post = (url: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/x`, { method: 'POST', headers });

  test('count every request of one visitor', async () => {
    const limited = route((c) => c.text('ok'), {
      rateLimit: { count: 'requests', points: 2, windowSeconds: 60 },
    });
    const { url } = await started([limited]);
    const statuses = [(await post(url)).status, (await post(url)).status];
    const third = await post(url);
    expect([...statuses, third.status]).toEqual([200, 200, 429]);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  test('tell visitors behind a trusted proxy apart', async () => {
    const limited = route((c) => c.text(clientAddress(c)), {
      rateLimit: { count: 'requests', points: 1, windowSeconds: 60 },
    });
    const { url } = await started([limited], { environment: { VIADUCT_TRUSTED_PROXIES: '127.0.0.1' } });
    const one = await post(url, { 'x-forwarded-for': '203.0.113.1' });
    const two = await post(url, { 'x-forwarded-for': '203.0.113.2' });
    const again = await post(url, { 'x-forwarded-for': '203.0.113.1' });
    expect([await one.text(), await two.text(), again.status]).toEqual(['203.0.113.1', '203.0.113.2', 429]);
  });

  test('never slow a provider whose signature is right, and stop one who guesses', async () => {
    const checked = route((c) => c.body(null, c.req.header('authorization') === 'right' ? 200 : 401), {
      rateLimit: { count: 'refusals', points: 2, windowSeconds: 60 },
    });
    const { url } = await started([checked]);
    for (let count = 0; count < 5; count += 1) {
      expect((await post(url, { authorization: 'right' })).status).toBe(200);
    }
    const guesses = [(await post(url)).status, (await post(url)).status, (await post(url)).status];
    expect(guesses).toEqual([401, 401, 429]);
  });
});

describe('health', () => {
  const journal = { name: 'journal', up: true, matters: true, detail: 'takes entries' };
  const odoo = { name: 'odoo', up: false, matters: true, detail: 'refuses connections since 10:00' };

  test('is alive though Odoo is down, but not ready, and says so', async () => {
    const { url } = await started([], { parts: [journal, odoo] });
    const ready = await fetch(`${url}/readyz`);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'down: odoo', parts: [journal, odoo] },
    ]);
  });

  test('is ready though a part is down that does not matter', async () => {
    const { url } = await started([], { parts: [journal, { ...odoo, matters: false }] });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('is not shown to strangers', async () => {
    const { url } = await started([], { environment: { VIADUCT_OPERATOR_NETWORKS: '10.0.0.0/8' } });
    const statuses = await Promise.all(
      ['/readyz', '/metrics', '/healthz'].map(async (path) => (await fetch(url + path)).status),
    );
    expect(statuses).toEqual([403, 403, 200]);
  });
});

describe('stopping', () => {
  test('lets a running request finish, and takes no new one', async () => {
    const running = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = route(async (c) => {
      running.resolve();
      await release.promise;
      return c.text('finished');
    });
    const { server, url } = await started([slow]);
    const answer = fetch(`${url}/x`, { method: 'POST' });
    await running.promise;
    const stopped = server.stop();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    release.resolve();
    expect(await (await answer).text()).toBe('finished');
    await stopped;
  });

  test('cuts a request that does not end within the grace', async () => {
    const running = Promise.withResolvers<void>();
    const endless = route(() => {
      running.resolve();
      return new Promise(() => {});
    });
    const { server, url } = await started([endless], { environment: { VIADUCT_STOP_GRACE_MS: '50' } });
    const answer = fetch(`${url}/x`, { method: 'POST' });
    const cut = expect(answer).rejects.toThrow();
    await running.promise;
    await server.stop();
    await cut;
  });

  test('says which address is taken', async () => {
    const { port } = await started([]);
    await expect(started([], { environment: { VIADUCT_PORT: String(port) } })).rejects.toMatchObject({
      code: 'port-unavailable',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});
