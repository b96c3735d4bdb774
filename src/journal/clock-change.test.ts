import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Clock, systemClock } from '../clock.ts';
import { ViaductError } from '../errors.ts';
import type { Entry, Journal, Settlement } from './journal.ts';
import { createSqliteJournal } from './sqlite/sqlite-journal.ts';
import { createWorker, type QueueWorker, type WorkerOptions } from './worker.ts';

const HOUR_MS = 3_600_000;
const QUEUE = { database: 'db-1', queue: 'sms.send' };
/** Far below an hour, far above what a busy machine needs. */
const SOON = { timeout: 15_000 };

let folder: string;
let journal: Journal;
let worker: QueueWorker | undefined;
let movedByMs: number;

/** The machine's clock, which the test sets; waiting takes its real time, as it does in a process. */
const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + movedByMs };

beforeEach(async () => {
  movedByMs = 0;
  folder = await mkdtemp(join(tmpdir(), 'viaduct-clock-'));
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 26, clock });
});

afterEach(async () => {
  await worker?.stop(AbortSignal.abort());
  await journal.close();
  await rm(folder, { recursive: true });
});

function work(options: Partial<WorkerOptions> & Pick<WorkerOptions, 'handle'>): void {
  const log = { warn: () => undefined, error: () => undefined };
  worker = createWorker({
    ...QUEUE,
    journal,
    clock,
    limit: 10,
    leaseMs: 3_000,
    pollMs: 100,
    log,
    ...options,
  });
  worker.start();
}

const append = (key: string) => journal.append([{ ...QUEUE, key, payload: '' }]);
const complete = (entries: readonly Entry[]): Settlement[] =>
  entries.map(({ id }) => ({ id, step: 'complete' }));
const unfinished = async () =>
  (await journal.stats()).reduce((sum, { ready, leased }) => sum + ready + leased, 0);

describe.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('a clock that is set %s by an hour', (_, byMs) => {
  test('takes no batch from the worker that is at it', async () => {
    const handled: string[] = [];
    const { promise: moved, resolve: goOn } = Promise.withResolvers<void>();
    work({
      handle: async (entries) => {
        handled.push(...entries.map(({ key }) => key));
        await moved;
        return complete(entries);
      },
    });
    await append('a');
    await vi.waitFor(() => expect(handled).toEqual(['a']), SOON);
    movedByMs = byMs;
    await append('b');
    goOn();
    await vi.waitFor(async () => expect(await unfinished()).toBe(0), SOON);
    expect(handled).toEqual(['a', 'b']);
  });

  test('keeps nothing from being tried again, and the pace of the worker', async () => {
    let tries = 0;
    work({
      minIntervalMs: 200,
      schedule: [200, 200, 200],
      handle: async (entries) => {
        tries += 1;
        if (tries === 1) movedByMs = byMs;
        if (tries < 3) throw new ViaductError({ code: 'test', message: 'busy', retry: 'later' });
        return complete(entries);
      },
    });
    await append('a');
    await vi.waitFor(async () => expect(await unfinished()).toBe(0), SOON);
    expect(tries).toBe(3);
  });
});
