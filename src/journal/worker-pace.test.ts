import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Clock } from '../clock.ts';
import type { Journal } from './journal.ts';
import { createSqliteJournal } from './sqlite/sqlite-journal.ts';
import { createWorker, type QueueWorker } from './worker.ts';

const QUEUE = { database: 'db-1', queue: 'sms.send' };
const LINGER_MS = 250;
const INTERVAL_MS = 400;
const POLL_MS = 30_000;
let folder: string;
let journal: Journal;
let clock: ReturnType<typeof createManualClock>;
let worker: QueueWorker;
let batches: number[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-pace-'));
  clock = createManualClock();
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 28, clock });
  batches = [];
  worker = createWorker({
    ...QUEUE,
    journal,
    clock,
    limit: 2,
    leaseMs: 60_000,
    lingerMs: LINGER_MS,
    minIntervalMs: INTERVAL_MS,
    pollMs: POLL_MS,
    log: { warn: () => undefined, error: () => undefined },
    handle: async (entries) => {
      batches.push(entries.length);
      return entries.map(({ id }) => ({ id, step: 'complete' }));
    },
  });
});

afterEach(async () => {
  await worker.stop();
  await journal.close();
  await rm(folder, { recursive: true });
});

const append = (count: number) =>
  journal.append(Array.from({ length: count }, (_, index) => ({ ...QUEUE, key: `k${index}`, payload: '' })));

test('lets a batch fill for a moment after being woken from idle', async () => {
  worker.start();
  await clock.untilSleeping(POLL_MS);
  await append(1);
  await clock.untilSleeping(LINGER_MS);
  await append(1);
  expect(batches).toEqual([]);
  clock.advance(LINGER_MS);
  await vi.waitFor(() => expect(batches).toEqual([2]));
});

test('keeps claims that do not fill the limit apart', async () => {
  await append(1);
  worker.start();
  await clock.untilSleeping(INTERVAL_MS);
  expect(batches).toEqual([1]);
  await append(2);
  clock.advance(INTERVAL_MS - 1);
  expect(batches).toEqual([1]);
  clock.advance(1);
  await vi.waitFor(() => expect(batches).toEqual([1, 2]));
});

test('follows a full batch with the next one at once', async () => {
  await append(5);
  worker.start();
  await clock.untilSleeping(INTERVAL_MS);
  expect(batches).toEqual([2, 2, 1]);
});

test('wakes by itself when the time of an entry has come', async () => {
  await journal.append([{ ...QUEUE, key: 'a', payload: '', runAtMs: clock.nowMs() + 7_000 }]);
  worker.start();
  await clock.untilSleeping(7_000);
  clock.advance(7_000);
  await vi.waitFor(() => expect(batches).toEqual([1]));
});

/** A clock that stands still until told otherwise. */
function createManualClock(): Clock & {
  advance: (ms: number) => void;
  untilSleeping: (ms: number) => Promise<void>;
} {
  let nowMs = 1_800_000_000_000;
  const sleepers = new Set<{ untilMs: number; resolve: () => void }>();
  return {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, resolve };
        sleepers.add(sleeper);
        const end = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        if (signal?.aborted) end();
        else signal?.addEventListener('abort', end, { once: true });
      }),
    advance: (ms) => {
      nowMs += ms;
      for (const sleeper of sleepers) {
        if (sleeper.untilMs > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.resolve();
      }
    },
    untilSleeping: async (ms) => {
      await vi.waitFor(() => expect([...sleepers].map((one) => one.untilMs - nowMs)).toContain(ms), 5_000);
    },
  };
}
