import { errorText, type RetryVerdict, ViaductError } from '../errors.ts';
import type { Entry } from './journal.ts';
import { retryDelayMs, slowestDelayMs } from './retry-schedule.ts';

/** How the entries of a claim are to be handled. */
export type Plan = {
  /** Given back at once and uncounted, before anything is tried: nobody may hold against them what happens to others. */
  giveBack: Entry[];
  /** What is handled and settled together, in order. */
  batches: Entry[][];
  /** To be buried untried: it was tried alone several times, and nobody came back. */
  bury: Entry | undefined;
};

/** Claims of an entry from which on its batch is half as large each time. */
const CLAIMS_IN_FULL = 3;
/** A process may be killed again and again from outside, whatever it was doing; one that an entry kills needs minutes at most. */
const TRIES_ALONE = 10;

/**
 * Looks for entries that were claimed more often than they may be tried: a failure is settled and ends in time, so only
 * a process that died under them leaves such. They are tried alone, one to a claim, and the one that nobody comes back from
 * is buried. Long before, batches get smaller: a process that is killed again and again gets something done each time.
 */
export function planBatch(entries: readonly Entry[], maxAttempts: number): Plan {
  const claimedTooOften = entries.find(({ attempts }) => attempts > maxAttempts);
  // Never before an earlier one of its key.
  const suspect = entries.find(({ key }) => key === claimedTooOften?.key);
  if (claimedTooOften === undefined || suspect === undefined)
    return { giveBack: [], batches: smallerEachTime(entries), bury: undefined };
  const giveBack = entries.filter((entry) => entry !== suspect);
  if (suspect.attempts > maxAttempts + TRIES_ALONE) return { giveBack, batches: [], bury: suspect };
  return { giveBack, batches: [[suspect]], bury: undefined };
}

function smallerEachTime(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const halvings = Math.max(0, entry.attempts - CLAIMS_IN_FULL);
    const most = Math.max(1, Math.floor(entries.length / 2 ** halvings));
    const current = batches.at(-1);
    room = Math.min(room, most - (current?.length ?? 0));
    if (current === undefined || room < 1) {
      batches.push([entry]);
      room = most - 1;
    } else {
      current.push(entry);
      room -= 1;
    }
  }
  return batches;
}

export type NextStep =
  | { step: 'retry'; delayMs: number; error: string; uncounted: boolean }
  | { step: 'bury'; reason: string };

export type FailedAttempt = {
  error: unknown;
  /** How often the entry was claimed, this time included. */
  attempts: number;
  maxAttempts: number;
  scheduleMs: readonly number[];
  random: () => number;
};

/** When an entry that failed is tried again, or why it is buried. An error that is not ours may pass: it is retried. */
export function decideAfterFailure({
  error,
  attempts,
  maxAttempts,
  scheduleMs,
  random,
}: FailedAttempt): NextStep {
  const words = errorText(error);
  switch (verdictOf(error)) {
    case 'never':
      return { step: 'bury', reason: words };
    case 'after-config':
      return { step: 'retry', delayMs: slowestDelayMs(scheduleMs, random), error: words, uncounted: true };
    default: {
      const delayMs = attempts < maxAttempts ? retryDelayMs({ attempt: attempts, scheduleMs, random }) : null;
      if (delayMs === null) return { step: 'bury', reason: `Gave up after ${attempts} attempts: ${words}` };
      return { step: 'retry', delayMs, error: words, uncounted: false };
    }
  }
}

const FIRST_OUTAGE_DELAY_MS = 1_000;
const LONGEST_OUTAGE_DELAY_MS = 60_000;

/**
 * How long an entry waits (ms) that could not be tried because what it needs is away: as long again as it has waited,
 * a minute at most. Behind a shut gate it waits for the opening, and no longer. Counted as failed attempts, a few short
 * outages would keep it for hours after the last one, and a long one would bury it.
 */
export function outageDelayMs({ ageMs, isOpen }: { ageMs: number; isOpen: boolean }): number {
  const longestMs = isOpen ? LONGEST_OUTAGE_DELAY_MS : FIRST_OUTAGE_DELAY_MS;
  return Math.min(Math.max(ageMs, FIRST_OUTAGE_DELAY_MS), longestMs);
}

/** Whether a batch is to be parted because of this error: nobody knows which of its entries is at fault. */
export function mayBeOneEntry(error: unknown): boolean {
  const verdict = verdictOf(error);
  return verdict === 'never' || verdict === 'alone';
}

/** The verdict of whatever was thrown; what is not a ViaductError may pass. */
function verdictOf(error: unknown): RetryVerdict {
  return error instanceof ViaductError ? error.retry : 'later';
}
