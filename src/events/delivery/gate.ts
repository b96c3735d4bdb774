import type { Clock } from '../../clock.ts';
import { errorText } from '../../errors.ts';
import type { Journal } from '../../journal/index.ts';
import type { AttemptResult } from './attempt.ts';
import { askedForMs } from './decide.ts';
import type { Destination } from './destination.ts';
import {
  afterChange,
  afterFailure,
  afterGone,
  afterSuccess,
  Health,
  healthy,
  isProbeDue,
  type PauseLimits,
  stateOf,
} from './health.ts';

export type Pass = 'attempt' | 'probe';

/** Says whether a destination may be sent to now, and remembers how it went. */
export type Gate = {
  isOpen: () => boolean;
  /** Lets one attempt through, or gives null. A pass must be given back with its result. */
  enter: () => Pass | null;
  /** Resolves when what it changed is on disk. */
  leave: (pass: Pass, result: AttemptResult) => Promise<void>;
  /** Attempts that may be under way at the same time. */
  parallel: () => number;
  health: () => Health;
  /** Reads what is remembered; nothing is let through before. */
  open: () => Promise<void>;
  update: (destination: Destination) => Promise<void>;
  close: () => void;
};

export type GateOptions = {
  journal: Pick<Journal, 'remember' | 'recall' | 'hasten'>;
  database: string;
  queue: string;
  destination: Destination;
  limits: PauseLimits;
  clock: Clock;
  /** The gate has opened by itself. */
  wake: () => void;
  /** The state that Odoo shows has changed. */
  onState: () => void;
  log: { warn: (fields: object, message: string) => void };
};

/** Deliveries that are tried at once when a destination is back; the others keep their times. */
const MOST_HASTENED = 10_000;

export function createGate(options: GateOptions): Gate {
  const { journal, database, queue, limits, clock, log } = options;
  const name = `events.destination.${options.destination.subscriptionId}`;
  const closing = new AbortController();
  let { destination } = options;
  let health: Health = healthy(destination);
  let isRead = false;
  let isProbing = false;
  let heldUntilMs = 0;
  let timer = new AbortController();

  const isOpen = (): boolean => {
    if (!isRead || destination.isPaused || health.isStopped) return false;
    const nowMs = clock.nowMs();
    if (health.probeAtMs !== null) return !isProbing && isProbeDue(health, nowMs);
    return nowMs >= heldUntilMs;
  };

  /** What the journal does not take now is known to this process, and written with the next change. */
  const warn = (error: unknown): void =>
    log.warn({ queue, error: errorText(error) }, 'the state of a destination was not written');

  /** Looks again when the gate may be open. A probe takes the oldest that waits, whatever its time is. */
  const lookAgainAt = (atMs: number): void => {
    timer.abort();
    timer = new AbortController();
    const signal = AbortSignal.any([timer.signal, closing.signal]);
    const look = async () => {
      await clock.sleep(Math.max(0, atMs - clock.nowMs()), signal);
      if (health.probeAtMs !== null) await journal.hasten({ database, queue, limit: 1 });
      options.wake();
    };
    look().catch((error: unknown) => {
      if (!signal.aborted)
        log.warn({ queue, error: errorText(error) }, 'a destination was not looked at again');
    });
  };

  const set = async (next: Health, { isBack = false } = {}): Promise<void> => {
    const before = health;
    health = next;
    const isPaused = next.probeAtMs !== null;
    if (isPaused && next.probeAtMs !== before.probeAtMs) lookAgainAt(next.probeAtMs ?? 0);
    if (stateOf(before) !== stateOf(next)) options.onState();
    // Beyond the limit only the count goes on.
    const isOnlyCount = next.failures > limits.failures && stateOf(before) === stateOf(next);
    if (isOnlyCount && next.probeAtMs === before.probeAtMs) return;
    await journal.remember(database, name, JSON.stringify(next)).catch(warn);
    if (isBack) await journal.hasten({ database, queue, limit: MOST_HASTENED });
  };

  return {
    isOpen,
    health: () => health,
    parallel: () => (health.probeAtMs === null ? destination.concurrency : 1),
    enter: () => {
      if (!isOpen()) return null;
      if (health.probeAtMs === null) return 'attempt';
      isProbing = true;
      return 'probe';
    },
    leave: async (pass, result) => {
      if (pass === 'probe') isProbing = false;
      // What was under way when it said that it is gone.
      if (health.isStopped) return;
      const nowMs = clock.nowMs();
      const askedMs = result.status === 429 ? askedForMs(result) : 0;
      if (askedMs > 0) {
        // It asks all of us to slow down, not only this delivery.
        heldUntilMs = nowMs + askedMs;
        lookAgainAt(heldUntilMs);
      }
      if (result.errorClass === 'too-large') return;
      if (result.errorClass === null) {
        heldUntilMs = 0;
        if (health.failures > 0) await set(afterSuccess(health), { isBack: health.probeAtMs !== null });
      } else if (result.errorClass === 'gone') {
        await set(afterGone(health, result.words));
      } else {
        await set(afterFailure(health, { words: result.words, isProbe: pass === 'probe', nowMs }, limits));
      }
    },
    open: async () => {
      const text = await journal.recall(database, name).catch(() => null);
      const read = Health.safeParse(text === null ? null : JSON.parse(text));
      isRead = true;
      if (!read.success) return;
      health = read.data;
      await set(afterChange(health, destination));
      if (health.probeAtMs !== null) lookAgainAt(health.probeAtMs);
    },
    update: async (next) => {
      destination = next;
      const changed = afterChange(health, next);
      if (JSON.stringify(changed) === JSON.stringify(health)) return;
      await set(changed, { isBack: health.failures > 0 && changed.failures === 0 });
    },
    close: () => closing.abort(),
  };
}
