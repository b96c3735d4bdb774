import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time as a parameter, so that decisions can be tested without waiting. */
export type Clock = {
  /** Milliseconds since 1970, as `Date.now()`. */
  nowMs: () => number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason when aborted before. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, signal === undefined ? {} : { signal }),
};
