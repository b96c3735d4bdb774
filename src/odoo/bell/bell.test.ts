import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { createBell, defaultBellLimits } from './bell.ts';
import { type BellState, reconnectDelayMs } from './stay-connected.ts';

/** A machine that is busy with other tests may take its time. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000, interval: 5 });

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const Subscription = z.object({ data: z.object({ channels: z.array(z.string()) }) });

/** An Odoo with a bus: hands out sessions, and takes websockets. */
async function startBus({ answersPings = true, givesSessions = true } = {}) {
  const upgrades: IncomingMessage[] = [];
  const subscriptions: string[][] = [];
  const sockets = new Set<WebSocket>();
  const sessions: string[] = [];
  const http = createServer((request, response) => {
    sessions.push(request.url ?? '');
    if (givesSessions)
      response.setHeader('set-cookie', ['other=1', `session_id=s${sessions.length}; Path=/`]);
    response.writeHead(303, { location: '/web/login' }).end();
  });
  const bus = new WebSocketServer({ server: http, autoPong: answersPings });
  bus.on('connection', (socket, request) => {
    upgrades.push(request);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data) => {
      subscriptions.push(Subscription.parse(JSON.parse(data.toString())).data.channels);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  stops.push(async () => {
    for (const socket of sockets) socket.terminate();
    await new Promise((resolve) => http.close(resolve));
  });
  const notify = (...types: string[]) => {
    const sent = (types.length === 0 ? ['viaduct'] : types).map((type, id) => ({
      id,
      message: { type, payload: {} },
    }));
    for (const socket of sockets) socket.send(JSON.stringify(sent));
  };
  return { url: `http://127.0.0.1:${port}`, upgrades, subscriptions, sockets, sessions, notify };
}

function startBell(url: string, limits = {}) {
  const heard = { rings: 0, outbox: 0, states: [] as BellState[] };
  const bell = createBell({
    ...{ url, database: 'my db', channel: 'the-secret-channel' },
    onRing: () => {
      heard.rings += 1;
    },
    onOutbox: () => {
      heard.outbox += 1;
    },
    onState: (state) => heard.states.push(state),
    limits: { heartbeatMs: 1000, firstReconnectMs: 10, longestReconnectMs: 40, coalesceMs: 1, ...limits },
  });
  bell.start();
  stops.push(bell.stop);
  return { bell, heard };
}

describe('the bell', () => {
  test('subscribes to its one channel in a session of its database, and names no browser', async () => {
    const bus = await startBus();
    const { heard } = startBell(bus.url);
    await eventually(() => heard.states).toEqual([{ state: 'connected' }]);
    expect(bus.sessions).toEqual(['/web/login?db=my+db']);
    expect(bus.subscriptions).toEqual([['the-secret-channel']]);
    expect(bus.upgrades[0]?.url).toBe('/websocket');
    expect(bus.upgrades[0]?.headers).toMatchObject({ cookie: 'session_id=s1', origin: bus.url });
    expect(bus.upgrades[0]?.headers).not.toHaveProperty('user-agent');
  });

  test('tells events in the outbox from everything else, and rings for all when it cannot tell', async () => {
    const bus = await startBus();
    const { heard } = startBell(bus.url);
    await eventually(() => heard.rings).toBe(1);
    bus.notify('viaduct.outbox', 'viaduct.outbox');
    await eventually(() => heard.outbox).toBe(1);
    expect(heard.rings).toBe(1);
    bus.notify('viaduct.outbox', 'viaduct');
    await eventually(() => heard.rings).toBe(2);
    for (const socket of bus.sockets) socket.send('no JSON');
    await eventually(() => heard.rings).toBe(3);
    expect(heard.outbox).toBe(1);
  });

  test('rings when it is connected, and at each notification', async () => {
    const bus = await startBus();
    const { heard } = startBell(bus.url);
    await eventually(() => heard.rings).toBe(1);
    bus.notify();
    await eventually(() => heard.rings).toBe(2);
  });

  test('connects again after Odoo dropped it, in a new session, and rings for what it missed', async () => {
    const bus = await startBus();
    const { heard } = startBell(bus.url);
    await eventually(() => heard.rings).toBe(1);
    for (const socket of bus.sockets) socket.close(4001);
    await eventually(() => heard.rings).toBe(2);
    expect(heard.states).toEqual([
      { state: 'connected' },
      { state: 'disconnected', reason: 'closed with code 4001' },
      { state: 'connected' },
    ]);
    expect(bus.upgrades.at(-1)?.headers.cookie).toBe('session_id=s2');
  });

  test('notices a connection that is half open', async () => {
    const bus = await startBus({ answersPings: false });
    const { heard } = startBell(bus.url, { heartbeatMs: 30 });
    await eventually(() => bus.upgrades.length).toBeGreaterThan(1);
    expect(heard.states.map(({ state }) => state)).not.toContain('connected');
    expect(heard.rings).toBe(0);
  });

  test('goes on trying where nobody listens, and says why', async () => {
    const { heard } = startBell('http://127.0.0.1:1');
    await eventually(() => heard.states.length).toBeGreaterThan(2);
    expect(heard.states[0]).toMatchObject({
      state: 'disconnected',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(JSON.stringify(heard.states)).not.toContain('the-secret-channel');
  });

  test('says so when Odoo gives it no session', async () => {
    const bus = await startBus({ givesSessions: false });
    const { heard } = startBell(bus.url);
    await eventually(() => heard.states.length).toBeGreaterThan(0);
    expect(heard.states[0]).toMatchObject({ reason: expect.stringContaining('a session (status 303)') });
  });

  test('closes its socket when it is stopped, and stays silent', async () => {
    const bus = await startBus();
    const { bell, heard } = startBell(bus.url);
    await eventually(() => heard.rings).toBe(1);
    await bell.stop();
    await eventually(() => bus.sockets.size).toBe(0);
    expect(bus.upgrades).toHaveLength(1);
    expect(heard.states.at(-1)?.state).toBe('disconnected');
  });
});

test.each([
  [0, 0.5, 500],
  [1, 0.5, 1000],
  [9, 0.5, 30_000],
  [9000, 1, 36_000],
])('after %i failures in a row, with chance %d, it waits %i ms', (failures, chance, expected) => {
  expect(reconnectDelayMs(failures, defaultBellLimits, () => chance)).toBe(expected);
});
