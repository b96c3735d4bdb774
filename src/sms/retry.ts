/** Delays after an attempt that the provider did not take, in milliseconds; the last one repeats. */
const NOT_ACCEPTED_DELAYS_MS = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000];
/** How long Odoo may take to show an SMS that a report speaks of; the last one repeats. */
const MISSING_DELAYS_MS = [500, 2_000, 10_000, 60_000, 600_000, 3_600_000];

/** Milliseconds until the next attempt: never sooner than the provider asked for, with jitter of 20 %. */
export function retryAfterNotAccepted(attempt: {
  tries: number;
  retryAfterMs: number | null;
  random: () => number;
}): number {
  const base = step(NOT_ACCEPTED_DELAYS_MS, attempt.tries);
  const jittered = base * (0.8 + 0.4 * attempt.random());
  return Math.round(Math.max(jittered, Math.min(attempt.retryAfterMs ?? 0, 3_600_000)));
}

/** Milliseconds until a report whose SMS Odoo does not show is tried again. */
export function retryAfterMissing(attempts: number): number {
  return step(MISSING_DELAYS_MS, attempts);
}

function step(delays: readonly number[], attempt: number): number {
  return delays[Math.min(attempt, delays.length) - 1] ?? 0;
}
