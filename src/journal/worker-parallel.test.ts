import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Entry, Journal } from './journal.ts';
import { createSqliteJournal } from './sqlite/sqlite-journal.ts';
import { createWorker, type QueueWorker } from './worker.ts';

const QUEUE = { database: 'db-1', queue: 'events.delivery.1' };
let folder: string;
let journal: Journal;
let worker: QueueWorker | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-parallel-'));
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 28 });
});

afterEach(async () => {
  await worker?.stop(AbortSignal.abort());
  await journal.close();
  await rm(folder, { recursive: true });
});

const append = (...names: string[]) =>
  journal.append(names.map((name) => ({ ...QUEUE, key: name[0] ?? '', payload: name })));

function start(parallel: () => number, work: (entry: Entry) => Promise<unknown>) {
  const begun: string[] = [];
  worker = createWorker({
    ...QUEUE,
    journal,
    limit: 1,
    leaseMs: 60_000,
    parallel,
    log: { warn: () => undefined, error: () => undefined },
    handle: async ([entry]) => {
      if (entry === undefined) return [];
      begun.push(entry.payload);
      await work(entry);
      return [{ id: entry.id, step: 'complete' }];
    },
  });
  worker.start();
  return { begun, worker };
}

test('goes on with other keys while one batch hangs, where several may be under way', async () => {
  const hanging = Promise.withResolvers<void>();
  await append('a1', 'a2', 'b1', 'b2', 'c1');
  const { begun, worker } = start(
    () => 2,
    (entry) => (entry.payload === 'a1' ? hanging.promise : Promise.resolve()),
  );
  await vi.waitFor(() => expect(begun).toEqual(['a1', 'b1', 'b2', 'c1']));
  hanging.resolve();
  await worker.drained();
  expect(begun).toEqual(['a1', 'b1', 'b2', 'c1', 'a2']);
});

test('never has more batches under way than it may, and follows a number that changes', async () => {
  let most = 3;
  const releases: (() => void)[] = [];
  await append('a1', 'b1', 'c1', 'd1', 'e1', 'f1');
  const { begun, worker } = start(
    () => most,
    () => new Promise<void>((resolve) => releases.push(resolve)),
  );
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  await journal.stats();
  expect(begun).toHaveLength(3);
  most = 1;
  for (const release of releases.splice(0)) release();
  for (const finished of [4, 5, 6]) {
    await vi.waitFor(() => expect(begun).toHaveLength(finished));
    await journal.stats();
    expect(releases).toHaveLength(1);
    releases.pop()?.();
  }
  await worker.drained();
});

test('tells that it is drained only once nothing is under way any more', async () => {
  const hanging = Promise.withResolvers<void>();
  await append('a1');
  const { begun, worker } = start(
    () => 2,
    () => hanging.promise,
  );
  await vi.waitFor(() => expect(begun).toEqual(['a1']));
  let isDrained = false;
  const drained = worker.drained().then(() => {
    isDrained = true;
  });
  await journal.stats();
  expect(isDrained).toBe(false);
  hanging.resolve();
  await drained;
  expect(await journal.list({ ...QUEUE, state: 'done', limit: 10 })).toHaveLength(1);
});
