import type { Clock } from '../../clock.ts';

/** Keeps attempts apart, so that no more than so many begin within a second; 0 lets all through at once. */
export function createPace(perSecond: () => number, clock: Clock): (signal: AbortSignal) => Promise<void> {
  let nextAtMs = 0;
  return async (signal) => {
    const rate = perSecond();
    if (rate <= 0) return;
    const nowMs = clock.nowMs();
    const apartMs = 1000 / rate;
    // Never further ahead than the clock allows: it may have been set back.
    const atMs = Math.max(nowMs, nextAtMs > nowMs + 60_000 ? nowMs : nextAtMs);
    nextAtMs = atMs + apartMs;
    if (atMs > nowMs) await clock.sleep(atMs - nowMs, signal);
  };
}
