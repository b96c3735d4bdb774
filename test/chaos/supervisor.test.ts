import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Supervisor, startSupervisor } from './supervisor.ts';

const stops: (() => Promise<unknown>)[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervisor-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A child that answers its process id on /readyz, and ends with code 3 on /crash. */
const PROGRAM = `
  require('node:http').createServer((request, response) => {
    if (request.url === '/crash') process.exit(3);
    response.end(String(process.pid));
  }).listen(process.env.PORT, '127.0.0.1');
  console.log('started');`;

async function start(program = PROGRAM): Promise<{ supervisor: Supervisor; url: string; logFile: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'child.log');
  const supervisor = startSupervisor({
    command: process.execPath,
    args: ['-e', program],
    env: { PORT: String(port) },
    readyUrl: `${url}/readyz`,
    logFile,
    maxFailedStarts: 3,
  });
  stops.push(() => supervisor.stop(1_000));
  return { supervisor, url, logFile };
}

const pidAt = async (url: string) => Number(await (await fetch(`${url}/readyz`)).text());

test('starts a child again after each kill, and counts', async () => {
  const { supervisor, url, logFile } = await start();
  await supervisor.ready(10_000);
  const first = await pidAt(url);
  expect(first).toBe(supervisor.pid());
  await supervisor.kill();
  await supervisor.ready(10_000);
  expect(await pidAt(url)).not.toBe(first);
  expect(supervisor.counts()).toEqual({ starts: 2, kills: 1, crashes: 0 });
  expect(await readFile(logFile, 'utf8')).toBe('started\nstarted\n');
});

test('counts a kill by somebody else as a kill, and any other end as a crash', async () => {
  const { supervisor, url } = await start();
  await supervisor.ready(10_000);
  process.kill(await pidAt(url), 'SIGKILL');
  await waitFor(() => supervisor.counts().starts === 2);
  await supervisor.ready(10_000);
  await fetch(`${url}/crash`).catch(() => undefined);
  await waitFor(() => supervisor.counts().starts === 3);
  expect(supervisor.counts()).toEqual({ starts: 3, kills: 1, crashes: 1 });
});

test('does not start a child for ever that never becomes ready', async () => {
  const { supervisor, logFile } = await start('console.error("no"); process.exit(1);');
  await expect(supervisor.ready(20_000)).rejects.toMatchObject({
    code: 'chaos-child-not-ready',
    message: expect.stringContaining(logFile),
  });
  expect(supervisor.counts()).toEqual({ starts: 3, kills: 0, crashes: 3 });
});

test('says that a child was not ready in time', async () => {
  const { supervisor } = await start('setInterval(() => undefined, 1000);');
  await expect(supervisor.ready(100)).rejects.toThrow('was not ready within 100 ms');
});

test('starts nothing more once stopped', async () => {
  const { supervisor, url } = await start();
  await supervisor.ready(10_000);
  await supervisor.stop(1_000);
  expect(supervisor.pid()).toBeNull();
  await expect(fetch(url)).rejects.toThrow();
  expect(supervisor.counts()).toEqual({ starts: 1, kills: 0, crashes: 0 });
});

async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
