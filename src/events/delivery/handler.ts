import * as z from 'zod';
import type { Clock } from '../../clock.ts';
import { type Entry, type Handle, putOff, type Settlement } from '../../journal/index.ts';
import { logEntry } from '../log/log-jobs.ts';
import type { AttemptResult } from './attempt.ts';
import { decideAfterAttempt } from './decide.ts';
import { Delivery } from './delivery.ts';
import type { Destination } from './destination.ts';
import type { Gate, Pass } from './gate.ts';
import { type LogLine, logLine, nextRank } from './log-line.ts';
import type { Sender } from './send.ts';

/** What an attempt leaves behind for the next one. */
const Memo = z.object({ firstAtMs: z.number(), rank: z.number() });
type Memo = z.infer<typeof Memo>;

/** An entry of the queue, texts parsed. */
const Job = z.object({ payload: parsed(Delivery), memo: parsed(Memo).nullable() });
type Job = z.infer<typeof Job>;

export type DeliveryHandlerOptions = {
  /** As it is now: a change counts from the next attempt on. */
  destination: () => Destination;
  gate: Pick<Gate, 'enter' | 'leave' | 'health'>;
  sender: Pick<Sender, 'attempt'>;
  /** Waits until the next attempt may begin; rejects when the signal aborts. */
  pace: (signal: AbortSignal) => Promise<void>;
  clock: Clock;
  random: () => number;
  onAttempt: (result: AttemptResult) => void;
};

/**
 * Handles deliveries of one subscription: one attempt each, in order. A failed one holds the later ones of its record, and
 * a gate that shuts holds all: they are given back untried. The line for Odoo's log is written with what becomes of it.
 * An attempt that is cut off is made again under the same id.
 */
export function createDeliveryHandler(options: DeliveryHandlerOptions): Handle {
  const { gate, clock } = options;

  return async (entries, { signal }) => {
    const settlements: Settlement[] = [];
    const held = new Set<string>();
    for (const entry of entries) {
      const settlement = held.has(entry.key) ? givenBack(entry) : await handleOne(entry, signal);
      if (settlement.step === 'retry') held.add(entry.key);
      settlements.push(settlement);
    }
    return settlements;
  };

  async function handleOne(entry: Entry, signal: AbortSignal): Promise<Settlement> {
    const read = Job.safeParse(entry);
    if (!read.success) return { id: entry.id, step: 'bury', reason: 'The journal holds no delivery here.' };
    const pass = signal.aborted ? null : await enter(signal);
    return pass === null ? givenBack(entry) : await deliver(entry, read.data, pass);
  }

  /** The pace first: the gate may have shut meanwhile. */
  async function enter(signal: AbortSignal): Promise<Pass | null> {
    try {
      await options.pace(signal);
    } catch {
      return null;
    }
    return gate.enter();
  }

  async function deliver(
    entry: Entry,
    { payload: delivery, memo: before }: Job,
    pass: Pass,
  ): Promise<Settlement> {
    const destination = options.destination();
    const atMs = clock.nowMs();
    const result = await options.sender.attempt(destination, delivery);
    options.onAttempt(result);
    await gate.leave(pass, result);
    const next = decideAfterAttempt({
      ...{ result, attempts: entry.attempts, schedule: destination.schedule },
      random: options.random,
    });
    const nowMs = clock.nowMs();
    const memo: Memo = {
      firstAtMs: before?.firstAtMs ?? atMs,
      rank: nextRank(before?.rank ?? 0, nowMs),
    };
    const line = (state: LogLine['state'], nextAtMs: number | null) => {
      const endedAtMs = state === 'waiting' ? null : nowMs;
      const of = { delivery, result, number: entry.attempts, atMs, state, endedAtMs, nextAtMs };
      return { append: [logEntry(entry.database, logLine({ ...of, ...memo }))] };
    };
    const kept = { id: entry.id, step: 'retry', memo: JSON.stringify(memo), error: result.words } as const;

    if (next.step === 'delivered') return { id: entry.id, step: 'complete', ...line('delivered', null) };
    const isSpent = result.errorClass === 'too-large';
    // A probe asks for the destination: it costs the delivery none of its attempts, and none is lost while it is away.
    if (next.step === 'stop' || (pass === 'probe' && !isSpent)) {
      return { ...kept, runAtMs: nowMs, uncounted: true, ...line('waiting', gate.health().probeAtMs) };
    }
    if (next.step === 'dead') {
      return { id: entry.id, step: 'bury', reason: next.words, ...line('failed', null) };
    }
    const runAtMs = nowMs + next.delayMs;
    return { ...kept, runAtMs, ...line('waiting', runAtMs) };
  }

  function givenBack(entry: Entry): Settlement {
    return putOff(entry, clock.nowMs(), 'Not tried yet.');
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is no JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
