import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createOutboxListener } from './outbox-listener.ts';
import type { BellState } from './stay-connected.ts';

function startListener(port: number, { host = '127.0.0.1', heartbeatMs = 50 } = {}) {
  const heard = { rings: 0, states: [] as BellState[] };
  const listener = createOutboxListener({
    ...{ url: `postgres://viaduct:the-password@${host}:${port}`, database: 'my db' },
    onRing: () => {
      heard.rings += 1;
    },
    onState: (state) => heard.states.push(state),
    limits: { heartbeatMs, firstReconnectMs: 10, longestReconnectMs: 40 },
  });
  listener.start();
  onTestFinished(listener.stop);
  return { listener, heard };
}

/** Takes connections and never says a word, as a machine that hangs. */
async function startSilence() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}).resume());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { sockets, port: address !== null && typeof address === 'object' ? address.port : 0 };
}

test('goes on trying where nobody listens, says why, and looks at the outbox itself', async () => {
  const { heard } = startListener(1, { host: 'localhost' });
  await expect.poll(() => heard.states.length).toBeGreaterThan(2);
  expect(heard.states[0]).toMatchObject({
    state: 'disconnected',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
  expect(heard.rings).toBeGreaterThan(0);
  expect(JSON.stringify(heard.states)).not.toContain('the-password');
});

test('gives up a PostgreSQL that hangs, leaves no socket behind, and tries again', async () => {
  const silence = await startSilence();
  const { listener, heard } = startListener(silence.port);
  await expect.poll(() => silence.sockets.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(heard.states[0]).toMatchObject({ state: 'disconnected', reason: expect.stringMatching(/timeout/) });
  await listener.stop();
  await expect.poll(() => silence.sockets.every(({ closed }) => closed)).toBe(true);
});

test('is stopped at once, even where PostgreSQL has yet to say a word', async () => {
  const silence = await startSilence();
  const { listener } = startListener(silence.port, { heartbeatMs: 60_000 });
  await expect.poll(() => silence.sockets.length).toBe(1);
  const startedMs = performance.now();
  await listener.stop();
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
