import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { startKillProxy } from './kill-proxy.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function startUpstream(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      bodies.push(body);
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { server, bodies, target: `http://127.0.0.1:${port}` };
}

async function startBoth(
  answer: Parameters<typeof startUpstream>[0] = (_request, response) => response.end('ok'),
) {
  const upstream = await startUpstream(answer);
  const proxy = await startKillProxy({ target: upstream.target });
  stops.push(proxy.stop);
  return { upstream, proxy };
}

const send = (url: string, body: string) => fetch(`${url}/jsonrpc?x=1`, { method: 'POST', body });

test('passes method, path, headers, host, body and status through', async () => {
  const { proxy } = await startBoth((request, response, body) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response
      .writeHead(201, { 'x-seen': `${request.method} ${request.url} ${request.headers.host}` })
      .end(body);
  });
  const response = await send(proxy.url, '{"é":1}');
  expect(response.status).toBe(201);
  expect(response.headers.get('x-seen')).toBe(`POST /jsonrpc?x=1 ${new URL(proxy.url).host}`);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.text()).toBe('{"é":1}');
});

test('passes pieces and answers without a body through', async () => {
  const { proxy } = await startBoth((request, response) => {
    if (request.method === 'DELETE') return response.writeHead(204).end();
    response.write('one ');
    return response.end('two');
  });
  expect(await (await fetch(proxy.url)).text()).toBe('one two');
  expect((await fetch(proxy.url, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(proxy.url, { method: 'HEAD' })).status).toBe(200);
});

describe('kill points', () => {
  test('at the arrival of a request nothing has been forwarded, and nothing is', async () => {
    const { proxy, upstream } = await startBoth();
    let forwardedAtKill = -1;
    proxy.killAt({
      match: ({ path, body }) => path.startsWith('/jsonrpc') && body.includes('write'),
      when: 'request-arrived',
      kill: () => {
        forwardedAtKill = upstream.bodies.length;
      },
    });
    expect((await send(proxy.url, 'read')).status).toBe(200);
    await expect(send(proxy.url, 'write')).rejects.toThrow();
    expect(forwardedAtKill).toBe(1);
    expect(upstream.bodies).toEqual(['read']);
    expect(proxy.counts()).toEqual({ armed: 0, fired: 1, requests: 2 });
  });

  test('at the arrival of an answer the upstream has worked, and the client is not told', async () => {
    const { proxy, upstream } = await startBoth();
    let forwardedAtKill = -1;
    const kill = () => {
      forwardedAtKill = upstream.bodies.length;
    };
    proxy.killAt({ match: () => true, when: 'answer-arrived', kill });
    await expect(send(proxy.url, 'write')).rejects.toThrow();
    expect(forwardedAtKill).toBe(1);
    expect((await send(proxy.url, 'again')).status).toBe(200);
  });

  test.each(['request-arrived', 'answer-arrived'] as const)(
    'at %s it may go on all the same',
    async (when) => {
      const { proxy, upstream } = await startBoth();
      let kills = 0;
      const kill = async () => {
        kills += 1;
      };
      proxy.killAt({ match: () => true, when, kill, afterwards: 'go-on' });
      expect(await (await send(proxy.url, 'write')).text()).toBe('ok');
      expect([kills, upstream.bodies]).toEqual([1, ['write']]);
    },
  );

  test('waits for an answer that is the one', async () => {
    const { proxy } = await startBoth((_request, response, body) => response.end(`[${body}]`));
    const kill = () => undefined;
    const when = 'answer-arrived';
    proxy.killAt({ match: () => true, matchAnswer: (body) => body !== '[]', when, kill });
    expect(await (await send(proxy.url, '')).text()).toBe('[]');
    await expect(send(proxy.url, 'event')).rejects.toThrow();
    expect(proxy.counts()).toMatchObject({ armed: 0, fired: 1 });
  });

  test('none fires once disarmed', async () => {
    const { proxy } = await startBoth();
    proxy.killAt({ match: () => true, when: 'request-arrived', kill: () => expect.fail('was disarmed') });
    proxy.disarm();
    expect((await send(proxy.url, 'write')).status).toBe(200);
  });
});

test('an upstream that is down is a broken connection, and works again when it is up', async () => {
  const upstream = await startUpstream((_request, response) => response.end('ok'));
  const proxy = await startKillProxy({ target: upstream.target });
  stops.push(proxy.stop);
  const { port } = new URL(upstream.target);
  upstream.server.closeAllConnections();
  await new Promise((resolve) => upstream.server.close(resolve));
  await expect(send(proxy.url, 'x')).rejects.toThrow();
  await new Promise<void>((resolve) => upstream.server.listen(Number(port), '127.0.0.1', resolve));
  expect((await send(proxy.url, 'x')).status).toBe(200);
});

test('forwards nothing of a request that breaks off', async () => {
  const { proxy, upstream } = await startBoth();
  const broken = httpRequest(`${proxy.url}/x`, { method: 'POST', headers: { 'content-length': '10' } });
  await new Promise<void>((resolve) => {
    broken.once('close', resolve).once('error', () => undefined);
    broken.write('half', () => broken.destroy());
  });
  expect((await send(proxy.url, 'whole')).status).toBe(200);
  expect(upstream.bodies).toEqual(['whole']);
});

test('keeps a websocket working both ways, and closes it with the upstream', async () => {
  const { proxy, upstream } = await startBoth();
  const sockets = new WebSocketServer({ server: upstream.server, path: '/websocket' });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${data}`)));
  const client = new WebSocket(`${proxy.url.replace('http', 'ws')}/websocket`, { origin: proxy.url });
  const answered = new Promise<string>((resolve) => client.once('message', (data) => resolve(String(data))));
  await new Promise((resolve) => client.once('open', resolve));
  client.send('bell');
  expect(await answered).toBe('echo bell');
  const closed = new Promise((resolve) => client.once('close', resolve));
  for (const socket of sockets.clients) socket.terminate();
  await closed;
  expect(client.readyState).toBe(WebSocket.CLOSED);
});

test('breaks the websockets that are open, for both ends', async () => {
  const { proxy, upstream } = await startBoth();
  const sockets = new WebSocketServer({ server: upstream.server });
  const closedAtServer = new Promise((resolve) =>
    sockets.on('connection', (socket) => socket.once('close', resolve)),
  );
  const client = new WebSocket(proxy.url.replace('http', 'ws'));
  await new Promise((resolve) => client.once('open', resolve));
  const closed = new Promise((resolve) => client.once('error', () => undefined).once('close', resolve));
  expect(proxy.dropWebsockets()).toBe(1);
  await Promise.all([closed, closedAtServer]);
  expect(proxy.dropWebsockets()).toBe(0);
  expect((await send(proxy.url, 'x')).status).toBe(200);
});
