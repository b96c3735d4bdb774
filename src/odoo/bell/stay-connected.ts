import type { Clock } from '../../clock.ts';
import { errorText } from '../../errors.ts';

export type BellState = { state: 'connected' } | { state: 'disconnected'; reason: string };
export type Bell = { start: () => void; stop: () => Promise<void> };

export type ReconnectLimits = {
  /** Wait before the first reconnection, doubled for each further one up to the longest. */
  firstReconnectMs: number;
  longestReconnectMs: number;
};

/** Wait before the next connection in ms, ±20 %; `failures` counts the connections in a row that did not last. */
export function reconnectDelayMs(failures: number, limits: ReconnectLimits, random: () => number): number {
  const delayMs = Math.min(limits.firstReconnectMs * 2 ** Math.min(failures, 30), limits.longestReconnectMs);
  return Math.round(delayMs * (0.8 + 0.4 * random()));
}

/** Connects again and again from `start` to `stop`; `connectOnce` resolves to the reason of its end, or rejects with it. */
export function stayConnected({
  connectOnce,
  onState,
  limits,
  clock,
  random,
  stopping,
}: {
  connectOnce: () => Promise<string>;
  onState: (state: BellState) => void;
  limits: ReconnectLimits;
  clock: Clock;
  random: () => number;
  /** Aborted by `stop`, which ends the connection too. */
  stopping: AbortController;
}): Bell {
  const { signal } = stopping;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      const reason = await connectOnce().catch(errorText);
      // A connection that is taken and dropped at once is no success.
      if (clock.nowMs() - startedMs >= limits.longestReconnectMs) failures = 0;
      onState({ state: 'disconnected', reason });
      await clock.sleep(reconnectDelayMs(failures, limits, random), signal).catch(() => undefined);
      failures += 1;
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
