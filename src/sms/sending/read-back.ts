import type { CommittedSms, ReadBack } from '../records.ts';
import type { SendJob, SendMemo } from '../schema.ts';

/** Why an SMS that Odoo asked for is not sent. */
export const DROP_REASONS = ['rolled-back', 'cancelled', 'forged', 'already-sent'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

export type NextStep =
  | { step: 'send'; companyId: number | null; companyCountry: string | null; dueMs: number | null }
  /** Looked at again when it is due: who cancels it in Odoo until then has cancelled it. */
  | { step: 'hold'; untilMs: number }
  | { step: 'drop'; reason: DropReason }
  | { step: 'wait'; memo: SendMemo; delayMs: number }
  | { step: 'give-up' };

/** How long until the next look at an SMS that is not yet committed, by the number of looks so far. */
const LOOK_DELAYS_MS = [150, 300, 600, 1_200, 2_500, 5_000, 10_000, 30_000, 60_000];
/** At a look a minute: a transaction that is open for a day will not be waited for any longer. */
const MAX_LOOKS = 1_440;

/** States of SMS, notifications and mailing traces, which all name them a little differently. */
const SENT_STATES = new Set(['pending', 'sent', 'bounce', 'open', 'reply']);
const CANCELLED_STATES = new Set(['canceled', 'cancel']);

/**
 * What to do with an SMS after Odoo was asked for it. Odoo posts before its own commit, so "not there" is no answer yet:
 * the SMS was rolled back only once every transaction that was open at the first look has ended without it.
 */
export function decideAfterReadBack(
  job: SendJob,
  memo: SendMemo | null,
  row: CommittedSms | undefined,
  { nowMs, ...snapshot }: Pick<ReadBack, 'xmin' | 'horizon'> & { nowMs: number },
): NextStep {
  if (row === undefined) return decideUncommitted(memo, snapshot);
  if (CANCELLED_STATES.has(row.state)) return { step: 'drop', reason: 'cancelled' };
  if (SENT_STATES.has(row.state)) return { step: 'drop', reason: 'already-sent' };
  if (row.number !== null && digitsOf(row.number) !== digitsOf(job.number)) {
    return { step: 'drop', reason: 'forged' };
  }
  const dueMs = row.sendAtMs;
  if (dueMs !== null && dueMs > nowMs) return { step: 'hold', untilMs: dueMs };
  return { step: 'send', companyId: row.companyId, companyCountry: row.companyCountry, dueMs };
}

function decideUncommitted(memo: SendMemo | null, snapshot: Pick<ReadBack, 'xmin' | 'horizon'>): NextStep {
  const earlier = memo?.stage === 'uncommitted' ? memo : null;
  if (earlier !== null && BigInt(snapshot.xmin) >= BigInt(earlier.horizon)) {
    return { step: 'drop', reason: 'rolled-back' };
  }
  const looks = (earlier?.looks ?? 0) + 1;
  if (looks > MAX_LOOKS) return { step: 'give-up' };
  return {
    step: 'wait',
    memo: { stage: 'uncommitted', horizon: earlier?.horizon ?? snapshot.horizon, looks },
    delayMs: LOOK_DELAYS_MS[Math.min(looks, LOOK_DELAYS_MS.length) - 1] ?? 0,
  };
}

function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}
