import type { Clock } from '../clock.ts';
import { errorText, ViaductError } from '../errors.ts';
import { decideAfterFailure, mayBeOneEntry, outageDelayMs, planBatch } from './decisions.ts';
import type { Claim, Entry, EntryId, Journal, LeaseToken, Settlement, Stale } from './journal.ts';
import { abortable, keepLease } from './lease-keeper.ts';
import { putOff } from './put-off.ts';

/** What a handler is given beside the entries. */
export type HandleContext = {
  /** Writes memos before an effect; ids named stale are no longer ours and must not be acted on. */
  mark: (marks: readonly { id: EntryId; memo: string }[]) => Promise<Stale>;
  /** Aborts when the lease is lost or the process has to stop: what was not begun is left alone. */
  signal: AbortSignal;
};

/** Works on entries in their order and says what becomes of each; what it leaves out counts as failed. */
export type Handle = (entries: readonly Entry[], context: HandleContext) => Promise<Settlement[]>;

export type WorkerLog = {
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
};

export type Outcome = { entry: Entry; step: Settlement['step']; error: string | null };

export type BatchOptions = {
  journal: Journal;
  queue: string;
  handle: Handle;
  leaseMs: number;
  maxAttempts: number;
  /** Waits after each failed attempt, in ms. */
  schedule: readonly number[];
  clock: Clock;
  random: () => number;
  /** Whether a failure says nothing about the entries: what they need is away for now. */
  isOutage: (error: unknown) => boolean;
  isOpen: () => boolean;
  log: WorkerLog;
  onOutcome?: ((outcome: Outcome) => void) | undefined;
};

/** Tries and waits (ms) of a settlement that the journal did not take; the lease is kept meanwhile. */
const SETTLE_TRIES = 6;
const SETTLE_WAIT_MS = 500;

/** Refused calls of one claim after which the rest waits unparted: then it is the other side that refuses everything. */
const MOST_REFUSALS = 32;

/** Works off one claim. Never rejects: whatever cannot be settled is leased until it expires, and tried again. */
export function createBatchRunner(options: BatchOptions): (claim: Claim, stop: AbortSignal) => Promise<void> {
  const { journal, queue, handle, clock, log } = options;

  const settle = async (token: LeaseToken, entries: readonly Entry[], settlements: readonly Settlement[]) => {
    if (settlements.length === 0) return;
    const stale = await settleDurably(options, token, settlements);
    if (stale === undefined) return;
    if (stale.length > 0) log.warn({ queue, ids: stale }, 'the lease was lost, nothing was settled');
    const lost = new Set(stale);
    for (const settlement of settlements) {
      const entry = entries.find((one) => one.id === settlement.id);
      if (entry === undefined || lost.has(entry.id)) continue;
      options.onOutcome?.({ entry, step: settlement.step, error: wordsOf(settlement) });
    }
  };

  const untried = (entry: Entry, error: unknown): Settlement => {
    const nowMs = clock.nowMs();
    const delayMs = outageDelayMs({ ageMs: nowMs - entry.appendedAtMs, isOpen: options.isOpen() });
    return putOff(entry, nowMs + delayMs, errorText(error));
  };

  const failed = (entry: Entry, error: unknown): Settlement => {
    const { maxAttempts, schedule, random } = options;
    if (options.isOutage(error)) return untried(entry, error);
    const next = decideAfterFailure({
      error,
      attempts: entry.attempts,
      maxAttempts,
      scheduleMs: schedule,
      random,
    });
    if (next.step === 'bury') return { id: entry.id, step: 'bury', reason: next.reason };
    const { delayMs, ...rest } = next;
    return { id: entry.id, ...rest, runAtMs: clock.nowMs() + delayMs };
  };

  const released = (entry: Entry): Settlement => putOff(entry, clock.nowMs(), 'Not tried: given back.');

  return async ({ token, entries }, stop) => {
    const lease = keepLease({ ...options, token });
    const signal = AbortSignal.any([stop, lease.lost]);
    const memos = new Map<EntryId, string>();

    const mark = async (marks: readonly { id: EntryId; memo: string }[]): Promise<Stale> => {
      const answer = await journal.mark(token, marks);
      for (const { id, memo } of marks) memos.set(id, memo);
      return answer;
    };

    /** Settlements for exactly these entries, or the handler's error. */
    const attempt = async (batch: readonly Entry[]): Promise<Settlement[]> => {
      const known = batch.map((entry) => ({ ...entry, memo: memos.get(entry.id) ?? entry.memo }));
      const settlements = await abortable(handle(known, { mark, signal }), signal, clock);
      const named = new Set(settlements.map((settlement) => settlement.id));
      const forgotten = batch.filter((entry) => !named.has(entry.id));
      return [...settlements, ...forgotten.map((entry) => failed(entry, forgottenError()))];
    };

    const waitingKeys = new Set<string>();
    let refusals = 0;

    /** Parts a refused batch in two, again and again, so that a poisoned entry cannot take its batch along. */
    const workOff = async (batch: readonly Entry[]): Promise<void> => {
      const isBlocked = (entry: Entry) => signal.aborted || waitingKeys.has(entry.key);
      const free = batch.filter((entry) => !isBlocked(entry));
      await settle(token, batch, batch.filter(isBlocked).map(released));
      if (free.length === 0) return;
      let settlements: Settlement[];
      try {
        settlements = await attempt(free);
      } catch (error) {
        const isParted = !signal.aborted && free.length > 1 && mayBeOneEntry(error);
        refusals += 1;
        if (isParted && refusals <= MOST_REFUSALS) {
          const half = Math.ceil(free.length / 2);
          await workOff(free.slice(0, half));
          return await workOff(free.slice(half));
        }
        const step = isParted ? untried : failed;
        settlements = free.map((entry) => (signal.aborted ? released(entry) : step(entry, error)));
      }
      for (const { id, step } of settlements) {
        const entry = step === 'retry' ? free.find((one) => one.id === id) : undefined;
        if (entry !== undefined) waitingKeys.add(entry.key);
      }
      await settle(token, free, settlements);
    };

    try {
      const { giveBack, batches, bury } = planBatch(entries, options.maxAttempts);
      await settle(token, entries, giveBack.map(released));
      if (bury !== undefined) {
        const reason = `Claimed ${bury.attempts} times and never settled: it may stop the process.`;
        await settle(token, entries, [{ id: bury.id, step: 'bury', reason }]);
      }
      for (const batch of batches) await workOff(batch);
    } finally {
      lease.release();
    }
  };
}

/** The stale ids, or undefined when the journal did not take the settlements in the end. */
async function settleDurably(
  { journal, queue, clock, log }: BatchOptions,
  token: LeaseToken,
  settlements: readonly Settlement[],
): Promise<EntryId[] | undefined> {
  for (let tries = 1; tries <= SETTLE_TRIES; tries += 1) {
    try {
      return (await journal.settle(token, settlements)).stale;
    } catch (error) {
      log.error({ queue, tries, error: errorText(error) }, 'the journal did not take what became of a batch');
      if (tries < SETTLE_TRIES) await clock.sleep(SETTLE_WAIT_MS * tries);
    }
  }
  return undefined;
}

function wordsOf(settlement: Settlement): string | null {
  if (settlement.step === 'complete') return null;
  return settlement.step === 'bury' ? settlement.reason : settlement.error;
}

function forgottenError(): ViaductError {
  return new ViaductError({
    code: 'entry-forgotten',
    message: 'The handler did not say what became of this entry.',
    retry: 'later',
  });
}
