/** Delays after an attempt that the provider did not take, in milliseconds; the last one repeats. */
const NOT_ACCEPTED_DELAYS_MS = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000];
const FIRST_MISSING_DELAY_MS = 500;
const LAST_MISSING_DELAY_MS = 3_600_000;

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

/** Milliseconds until a report whose SMS Odoo does not show is tried again: as long again as it has waited already. */
export function retryAfterMissing(ageMs: number): number {
  return Math.min(Math.max(ageMs, FIRST_MISSING_DELAY_MS), LAST_MISSING_DELAY_MS);
}

function step(delays: readonly number[], attempt: number): number {
  return delays[Math.min(attempt, delays.length) - 1] ?? 0;
}
