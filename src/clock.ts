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

/**
 * Does the work until the signal, each time after the pause in milliseconds that it asked for the time before. Rejects with
 * what the work rejects with.
 */
export async function repeat(
  work: () => Promise<number> | number,
  { clock, signal, firstPauseMs = 0 }: { clock: Clock; signal: AbortSignal; firstPauseMs?: number },
): Promise<void> {
  for (let pauseMs = firstPauseMs; !signal.aborted; ) {
    if (pauseMs > 0) await clock.sleep(pauseMs, signal).catch(() => undefined);
    if (!signal.aborted) pauseMs = await work();
  }
}
