import { type Clock, systemClock } from '../clock.ts';
import { errorText } from '../errors.ts';
import { createBatchRunner, type Handle, type Outcome, type WorkerLog } from './batch-runner.ts';
import { JournalError } from './errors.ts';
import type { Claim, Journal } from './journal.ts';
import { DEFAULT_SCHEDULE_MS } from './retry-schedule.ts';
import { createWakeUp } from './wake-up.ts';

export type WorkerOptions = {
  journal: Journal;
  database: string;
  queue: string;
  handle: Handle;
  /** Entries per claim, and so per call of `handle`. */
  limit: number;
  /** How long a lease holds without being prolonged, in ms; it is prolonged while `handle` runs. */
  leaseMs: number;
  /** Wait in ms between being woken from idle and claiming, so that a batch can fill. */
  lingerMs?: number;
  /** Least distance in ms between a claim that did not fill `limit` and the next one. */
  minIntervalMs?: number;
  /** Batches that may be under way at the same time, asked before each claim; one unless told otherwise. */
  parallel?: () => number;
  /** Safety net in ms beside being woken. */
  pollMs?: number;
  /** False shuts the gate: nothing is claimed until `wake()` or the next poll. */
  isOpen?: () => boolean;
  /** Whether what `handle` threw says nothing about the entries: they are given back untried, and come again soon. */
  isOutage?: (error: unknown) => boolean;
  /** Attempts after which a failing entry is buried. */
  maxAttempts?: number;
  /** Waits in ms after the 1st, 2nd, … failed attempt. */
  schedule?: readonly number[];
  clock?: Clock;
  random?: () => number;
  log: WorkerLog;
  onOutcome?: (outcome: Outcome) => void;
};

export type QueueWorker = {
  start: () => void;
  /** Claims no more; the running batch is finished or, once `signal` aborts, given back untried. */
  stop: (signal?: AbortSignal) => Promise<void>;
  /** Looks for work at once, as when the gate was opened. */
  wake: () => void;
  /** Resolves when a claim finds nothing to do. */
  drained: () => Promise<void>;
};

/** Wait in ms after the journal refused a claim. */
const REFUSED_WAIT_MS = 1_000;

/** Works off one queue of one database: claims batches, hands them to `handle`, settles what comes back. */
export function createWorker({
  lingerMs = 0,
  minIntervalMs = 0,
  parallel = () => 1,
  pollMs = 30_000,
  isOpen = () => true,
  isOutage = () => false,
  maxAttempts = DEFAULT_SCHEDULE_MS.length + 1,
  schedule = DEFAULT_SCHEDULE_MS,
  clock = systemClock,
  random = Math.random,
  ...options
}: WorkerOptions): QueueWorker {
  const { journal, database, queue, limit, leaseMs, log } = options;
  const runBatch = createBatchRunner({
    ...{ ...options, isOpen, isOutage, maxAttempts, schedule, clock, random },
  });
  const wakeUp = createWakeUp(clock);
  const stopping = new AbortController();
  const releasing = new AbortController();
  const drainListeners: (() => void)[] = [];
  const underWay = new Set<Promise<void>>();
  let running: Promise<void> | undefined;

  const pause = (ms: number): Promise<void> =>
    ms > 0 ? clock.sleep(ms, stopping.signal).catch(() => undefined) : Promise.resolve();

  const claim = async (): Promise<Claim | undefined> => {
    try {
      return await journal.claim({ database, queue, limit, leaseMs });
    } catch (error) {
      if (error instanceof JournalError && error.code === 'journal-closed') stopping.abort();
      log.warn({ queue, error: errorText(error) }, 'the journal refused a claim');
      await pause(REFUSED_WAIT_MS);
      return undefined;
    }
  };

  const waitForWork = async (): Promise<void> => {
    const nextMs = await journal.nextRunAtMs({ database, queue }).catch(() => null);
    const waitMs = nextMs === null ? pollMs : Math.min(pollMs, Math.max(1, nextMs - clock.nowMs()));
    if (await wakeUp.wait(waitMs)) await pause(lingerMs);
  };

  const loop = async (): Promise<void> => {
    let notBeforeMs = 0;
    while (!stopping.signal.aborted) {
      while (underWay.size >= parallel()) await Promise.race(underWay);
      // Not longer than the distance itself: the clock may have been set back.
      await pause(Math.min(notBeforeMs - clock.nowMs(), minIntervalMs));
      if (!isOpen()) {
        await wakeUp.wait(pollMs);
        continue;
      }
      wakeUp.reset();
      // Those who ask while the claim is under way wait for the next one: it may not have seen what they appended.
      const asked = drainListeners.length;
      const claimed = stopping.signal.aborted ? undefined : await claim();
      if (claimed === undefined) continue;
      if (claimed.entries.length === 0) {
        if (underWay.size === 0) for (const resolve of drainListeners.splice(0, asked)) resolve();
        await waitForWork();
      } else {
        // Only a claim that left nothing behind is followed by a pause: a full batch goes at once.
        notBeforeMs = claimed.entries.length < limit ? clock.nowMs() + minIntervalMs : 0;
        begin(claimed);
      }
    }
    await Promise.all(underWay);
  };

  /** What ends makes the next of its keys claimable, and nobody else tells. */
  const begin = (claimed: Claim): void => {
    const batch = runBatch(claimed, releasing.signal).then(() => {
      underWay.delete(batch);
      wakeUp.wake();
    });
    underWay.add(batch);
  };

  const unsubscribe = journal.onReady((at) => {
    if (at.queue === queue && at.database === database) wakeUp.wake();
  });

  return {
    start: () => {
      running ??= loop();
    },
    stop: async (signal) => {
      unsubscribe();
      stopping.abort();
      wakeUp.wake();
      const release = () => releasing.abort();
      if (signal?.aborted) release();
      signal?.addEventListener('abort', release, { once: true });
      await running;
    },
    wake: wakeUp.wake,
    drained: () => {
      wakeUp.wake();
      return new Promise((resolve) => {
        drainListeners.push(resolve);
      });
    },
  };
}
