const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Waits after the 1st, 2nd, … failed attempt, in ms: ten steps, 75 h 35 min in all, those of Standard Webhooks 1.0.0
 * with its first (no wait) drawn out to one second.
 */
export const DEFAULT_SCHEDULE_MS: readonly number[] = [
  SECOND,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Share of a wait by which chance may shorten or lengthen it. */
const JITTER = 0.2;

export type RetryRequest = {
  /** How many attempts were made: 1 after the first. */
  attempt: number;
  scheduleMs: readonly number[];
  /** As `Math.random`: at least 0, below 1. */
  random: () => number;
};

/** Next delay in ms, or null when the schedule is spent. Jitter ±20 % so that what failed together is not retried together. */
export function retryDelayMs({ attempt, scheduleMs, random }: RetryRequest): number | null {
  const stepMs = scheduleMs[attempt - 1];
  return stepMs === undefined ? null : withJitter(stepMs, random);
}

/** The last wait of a schedule with jitter, in ms: for work that waits until somebody changes the configuration. */
export function slowestDelayMs(scheduleMs: readonly number[], random: () => number): number {
  return withJitter(scheduleMs.at(-1) ?? HOUR, random);
}

function withJitter(delayMs: number, random: () => number): number {
  return Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()));
}
