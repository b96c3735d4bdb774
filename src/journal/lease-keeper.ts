import type { Clock } from '../clock.ts';
import { errorText } from '../errors.ts';
import type { Journal, LeaseToken } from './journal.ts';

/** Handlers that were told to stop get this long (ms) to say what they had finished. */
const STOP_GRACE_MS = 1_000;

type LeaseKeeperOptions = {
  journal: Journal;
  token: LeaseToken;
  leaseMs: number;
  clock: Clock;
  queue: string;
  log: { warn: (fields: object, message: string) => void };
};

/** Prolongs a lease three times per `leaseMs` until released; `lost` aborts when another claim took an entry of it. */
export function keepLease({ journal, token, leaseMs, clock, queue, log }: LeaseKeeperOptions): {
  lost: AbortSignal;
  release: () => void;
} {
  const lost = new AbortController();
  const released = new AbortController();

  const keep = async (): Promise<void> => {
    while (!released.signal.aborted) {
      await clock.sleep(leaseMs / 3, released.signal);
      const { stale } = await journal.extend(token, leaseMs);
      if (stale.length > 0) return lost.abort();
    }
  };
  const run = async (): Promise<void> => {
    while (!released.signal.aborted && !lost.signal.aborted) {
      await keep().catch((error: unknown) => {
        if (!released.signal.aborted)
          log.warn({ queue, error: errorText(error) }, 'a lease was not prolonged');
      });
    }
  };
  void run();
  return { lost: lost.signal, release: () => released.abort() };
}

/** As `work`, but rejects when it is still not done a moment after `signal` aborted. */
export async function abortable<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Value> {
  const settled = new AbortController();
  const cut = async (): Promise<never> => {
    await aborted(AbortSignal.any([signal, settled.signal]));
    await clock.sleep(STOP_GRACE_MS, settled.signal);
    throw signal.reason;
  };
  try {
    return await Promise.race([work, cut()]);
  } finally {
    settled.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
