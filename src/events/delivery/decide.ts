import type { AttemptResult } from './attempt.ts';
import { nextDelayMs, type Schedule } from './schedule.ts';

/** What becomes of a delivery after an attempt. */
export type NextStep =
  | { step: 'delivered' }
  | { step: 'retry'; delayMs: number }
  | { step: 'dead'; words: string }
  /** The receiver is gone: the delivery is kept, and the subscription stopped. */
  | { step: 'stop' };

export type AfterAttempt = {
  result: Pick<AttemptResult, 'status' | 'errorClass' | 'words' | 'retryAfterMs'>;
  /** How many were made, this one included. */
  attempts: number;
  schedule: Schedule;
  random: () => number;
};

/** What a receiver may make us wait at most. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** The answers whose Retry-After is heeded (RFC 9110, section 10.2.3; RFC 6585, section 4). */
const STATUSES_WITH_RETRY_AFTER: readonly (number | null)[] = [429, 503];

/** Decides what comes after an attempt. Never sooner than the receiver asked for, an hour at most, nor than the schedule says. */
export function decideAfterAttempt({ result, attempts, schedule, random }: AfterAttempt): NextStep {
  if (result.errorClass === null) return { step: 'delivered' };
  if (result.errorClass === 'gone') return { step: 'stop' };
  if (result.errorClass === 'too-large') return { step: 'dead', words: result.words };
  const delayMs = nextDelayMs(schedule, attempts, random);
  if (delayMs === null) {
    return { step: 'dead', words: `Gave up after ${attempts} attempts: ${result.words}` };
  }
  return { step: 'retry', delayMs: Math.max(delayMs, askedForMs(result)) };
}

/** How long the receiver may hold us off, in ms; 0 when it did not ask. */
export function askedForMs(result: Pick<AttemptResult, 'status' | 'retryAfterMs'>): number {
  if (!STATUSES_WITH_RETRY_AFTER.includes(result.status)) return 0;
  return Math.min(Math.max(result.retryAfterMs ?? 0, 0), LONGEST_RETRY_AFTER_MS);
}
