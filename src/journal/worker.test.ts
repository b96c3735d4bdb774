import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RetryVerdict, ViaductError } from '../errors.ts';
import type { Outcome } from './batch-runner.ts';
import type { Entry, Journal, Settlement } from './journal.ts';
import { createSqliteJournal } from './sqlite/sqlite-journal.ts';
import { createWorker, type QueueWorker, type WorkerOptions } from './worker.ts';

const QUEUE = { database: 'db-1', queue: 'sms.send' };
let folder: string;
let journal: Journal;
let workers: QueueWorker[];
let outcomes: Outcome[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-worker-'));
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 28 });
  workers = [];
  outcomes = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop(AbortSignal.abort())));
  await journal.close();
  await rm(folder, { recursive: true });
});

const append = (...keys: string[]) =>
  journal.append(keys.map((key, index) => ({ ...QUEUE, key, payload: `${key}${index}` })));

const complete = (entries: readonly Entry[]): Settlement[] =>
  entries.map(({ id }) => ({ id, step: 'complete' }));

const failure = (retry: RetryVerdict, message = 'refused') =>
  new ViaductError({ code: 'test', message, retry });

const states = async () => (await journal.list({ limit: 100 })).map((entry) => entry.state);

function work(options: Partial<WorkerOptions> & Pick<WorkerOptions, 'handle'>): QueueWorker {
  const worker = createWorker({
    ...QUEUE,
    journal,
    limit: 10,
    leaseMs: 10_000,
    maxAttempts: 3,
    schedule: [1, 1, 1],
    log: { warn: () => undefined, error: () => undefined },
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

/** Resolves once so many outcomes were reported. */
const untilOutcomes = (count: number) => vi.waitFor(() => expect(outcomes).toHaveLength(count), 5_000);

test('hands over what is there in one batch, and what comes later when it comes', async () => {
  await append('a', 'b', 'c');
  const batches: string[][] = [];
  const worker = work({
    handle: async (entries) => {
      batches.push(entries.map((entry) => entry.payload));
      return complete(entries);
    },
  });
  await worker.drained();
  await append('d');
  await untilOutcomes(4);
  expect(batches).toEqual([['a0', 'b1', 'c2'], ['d0']]);
  expect(await states()).toEqual(['done', 'done', 'done', 'done']);
});

test('gives a batch back untried, and soon tries it again, when what it needs is away', async () => {
  await append('a');
  let isAway = true;
  work({
    maxAttempts: 1,
    isOutage: (error) => error instanceof RangeError,
    handle: async (entries) => {
      if (isAway) throw new RangeError('Odoo is away.');
      return complete(entries);
    },
  });
  await untilOutcomes(1);
  isAway = false;
  expect(await journal.list({ limit: 1 })).toMatchObject([{ state: 'ready', attempts: 0 }]);
  await untilOutcomes(2);
  expect(outcomes).toMatchObject([{ step: 'retry', error: 'Odoo is away.' }, { step: 'complete' }]);
});

test('retries the whole batch after a passing error, and buries what never works', async () => {
  await append('a', 'b');
  let calls = 0;
  work({
    handle: async (entries) => {
      calls += 1;
      if (entries.some((entry) => entry.key === 'b')) throw failure('later', 'Odoo is down.');
      return complete(entries);
    },
  });
  await untilOutcomes(6);
  expect(calls).toBe(3);
  expect(await states()).toEqual(['dead', 'dead']);
  expect(outcomes.at(-1)).toMatchObject({ step: 'bury', error: 'Gave up after 3 attempts: Odoo is down.' });
});

test('parts a refused batch, so that the poisoned entry is buried alone', async () => {
  await append('a', 'poison', 'poison', 'b');
  const batches: string[] = [];
  work({
    handle: async (entries) => {
      batches.push(entries.map((entry) => entry.payload).join(' '));
      if (entries.some((entry) => entry.payload === 'poison1')) throw failure('never', 'not a number');
      return complete(entries);
    },
  });
  await untilOutcomes(4);
  expect(batches).toEqual(['a0 poison1 poison2 b3', 'a0 poison1', 'a0', 'poison1', 'poison2 b3']);
  expect(await states()).toEqual(['done', 'dead', 'done', 'done']);
  expect(outcomes.find((outcome) => outcome.step === 'bury')?.error).toBe('not a number');
});

test('tries again alone, and by the schedule, what the other side refuses for now', async () => {
  await append('a', 'refused', 'c');
  let refusals = 0;
  work({
    handle: async (entries) => {
      const isRefused = entries.some(({ key }) => key === 'refused') && refusals < 3;
      if (isRefused) refusals += 1;
      if (isRefused) throw failure('alone', 'Key exists.');
      return complete(entries);
    },
  });
  await untilOutcomes(4);
  expect(outcomes.map(({ entry, step }) => `${entry.key} ${step}`)).toEqual([
    ...['a complete', 'refused retry', 'c complete', 'refused complete'],
  ]);
});

test('lets the rest of a batch wait, uncounted, when everything is refused', async () => {
  const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
  await append(...keys);
  let calls = 0;
  work({
    limit: 100,
    schedule: [60_000],
    handle: () => {
      calls += 1;
      return Promise.reject(failure('alone'));
    },
  });
  await untilOutcomes(100);
  expect(calls).toBeLessThan(50);
  const attempts = (await journal.list({ limit: 100 })).map((entry) => entry.attempts);
  expect(attempts.filter((count) => count === 0).length).toBeGreaterThan(50);
  expect(await states()).toEqual(keys.map(() => 'ready'));
});

test('shows a memo to the attempt that is made alone, and keeps later entries of a waiting key back', async () => {
  await append('a', 'a', 'b');
  const seen: string[] = [];
  let refused = false;
  work({
    schedule: [60_000],
    handle: async (entries, { mark }) => {
      seen.push(entries.map((entry) => `${entry.payload}:${entry.memo}`).join(' '));
      if (entries.length > 1) {
        await mark(entries.map(({ id }) => ({ id, memo: 'begun' })));
        throw failure('never');
      }
      if (!refused) {
        refused = true;
        throw failure('later');
      }
      return complete(entries);
    },
  });
  await untilOutcomes(3);
  expect(seen).toEqual(['a0:null a1:null b2:null', 'a0:begun a1:begun', 'a0:begun', 'b2:begun']);
  expect(await states()).toEqual(['ready', 'ready', 'done']);
  expect((await journal.list({ limit: 10 })).map((entry) => entry.attempts)).toEqual([1, 0, 1]);
});

test('waits at the slowest step while the configuration is wrong, and buries nothing', async () => {
  await append('a');
  work({
    schedule: [1, 3_600_000],
    random: () => 0.5,
    handle: () => Promise.reject(failure('after-config')),
  });
  await untilOutcomes(1);
  const [entry] = await journal.list({ limit: 1 });
  expect(entry).toMatchObject({ state: 'ready', attempts: 0 });
  expect(entry?.runAtMs).toBeGreaterThan(Date.now() + 3_500_000);
});

test('counts an entry that the handler forgot as failed', async () => {
  await append('a', 'b');
  work({ maxAttempts: 1, handle: async ([first]) => (first === undefined ? [] : complete([first])) });
  await untilOutcomes(2);
  expect(await states()).toEqual(['done', 'dead']);
});

test('buries the entry that stops the process, and works off its innocent neighbours', async () => {
  await append('innocent', 'killer', 'late');
  const claim = () => journal.claim({ ...QUEUE, limit: 10, leaseMs: 1_000 });
  const crash = async () => {
    await journal.close();
    journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 28 });
  };
  const giveBack = ({ id }: Entry): Settlement => {
    return { id, step: 'retry', runAtMs: 0, error: '', uncounted: true };
  };
  for (const _ of [1, 2]) {
    await claim();
    await crash();
  }
  // From now on one is tried at a time: the first is done, then the killer strikes ten times.
  const { token, entries } = await claim();
  await journal.settle(token, [...complete(entries.slice(0, 1)), ...entries.slice(1).map(giveBack)]);
  for (let strike = 0; strike < 10; strike += 1) {
    const again = await claim();
    await journal.settle(again.token, again.entries.slice(1).map(giveBack));
    await crash();
  }
  const handled: string[] = [];
  work({
    maxAttempts: 2,
    handle: async (batch) => {
      handled.push(batch.map((entry) => entry.key).join(' '));
      return complete(batch);
    },
  });
  await untilOutcomes(3);
  expect(handled).toEqual(['late']);
  expect(await states()).toEqual(['done', 'dead', 'done']);
});

test('claims nothing while the gate is shut, and at once when woken after it opened', async () => {
  let open = false;
  let asked = 0;
  await append('a');
  const worker = work({
    isOpen: () => {
      asked += 1;
      return open;
    },
    handle: async (entries) => complete(entries),
  });
  await append('b');
  await vi.waitFor(() => expect(asked).toBeGreaterThan(1), 5_000);
  expect(await states()).toEqual(['ready', 'ready']);
  open = true;
  worker.wake();
  await untilOutcomes(2);
  expect(await states()).toEqual(['done', 'done']);
});

test('prolongs the lease while the handler runs', async () => {
  await append('a');
  const leaseMs = 60;
  let calls = 0;
  const startedMs = Date.now();
  work({
    leaseMs,
    handle: async (entries) => {
      calls += 1;
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(startedMs + 8 * leaseMs), 5_000);
      expect((await journal.claim({ ...QUEUE, limit: 1, leaseMs })).entries).toEqual([]);
      return complete(entries);
    },
  });
  await untilOutcomes(1);
  expect(calls).toBe(1);
  expect(outcomes[0]?.step).toBe('complete');
});

test('finishes the running batch when stopped', async () => {
  await append('a');
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const worker = work({
    handle: async (entries) => {
      started.resolve();
      await release.promise;
      return complete(entries);
    },
  });
  await started.promise;
  const stopped = worker.stop();
  await append('b');
  release.resolve();
  await stopped;
  expect(await states()).toEqual(['done', 'ready']);
});

test('gives the running batch back untried when there is no more time', async () => {
  await append('a', 'b');
  const started = Promise.withResolvers<void>();
  const worker = work({
    handle: (_entries, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        started.resolve();
      }),
  });
  await started.promise;
  const deadline = new AbortController();
  const stopped = worker.stop(deadline.signal);
  deadline.abort();
  await stopped;
  expect(await journal.list({ limit: 10 })).toMatchObject([
    { state: 'ready', attempts: 0 },
    { state: 'ready', attempts: 0 },
  ]);
});

test('does not wait for a handler that ignores the end', async () => {
  await append('a');
  const started = Promise.withResolvers<void>();
  const worker = work({
    handle: () => {
      started.resolve();
      return new Promise(() => undefined);
    },
  });
  await started.promise;
  await worker.stop(AbortSignal.timeout(1));
  expect(await states()).toEqual(['ready']);
});
