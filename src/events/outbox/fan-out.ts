import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type Entry, type Handle, type NewEntry, putOff, type Settlement } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { EVENT_QUEUE } from '../queues.ts';
import type { Built, EventRecords, Want } from '../records.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { OutboxEvent, type Values } from './event.ts';
import type { ReadAhead } from './read-ahead.ts';
import { type Matching, questionsOf, type Wanted, whoWants } from './wanted.ts';

export type FanOutOptions = Matching & {
  records: Pick<EventRecords, 'build'>;
  /** Odoo's `database.uuid`. */
  database: string;
  /** As last read; rejects while they were never read. */
  subscriptions: () => Promise<readonly Subscription[]>;
  admits: (identity: DatabaseIdentity) => boolean;
  ahead: Pick<ReadAhead, 'answers'>;
  /** Entries for the queue of a subscription: one for each type of event that this is. */
  deliveriesOf: (wanted: Wanted, built: BuiltRecords) => NewEntry[];
  /** Payloads of a subscription cannot be built: an administrator has to know. */
  onFault: (subscription: Subscription, words: string) => void;
  /** They were built. */
  onBuilt: (subscription: Subscription) => void;
  clock: Clock;
};

/** The records of an event as the subscription's user sees them: `row` is null where one is deleted. */
export type BuiltRecords = {
  records: readonly { recordId: number; row: z.infer<typeof Values> | null }[];
  readAt: string;
};

type Answers = ReadonlyMap<number, Built['wants'][number]>;

/** An event; `only` where one subscription alone has not got it yet. */
const Work = OutboxEvent.extend({ only: z.number().int().nullable().default(null) });

const FAULT_WAIT_MS = 5 * 60_000;
const HELD_WAIT_MS = 5_000;

/**
 * Turns events into deliveries: for a whole batch, whatever the number of events and subscriptions, Odoo is asked once for
 * what the payloads need. A subscription whose payloads cannot be built holds up nobody: its events come again by themselves.
 */
export function createFanOut(options: FanOutOptions): Handle {
  const { records, database, clock } = options;

  return async (entries) => {
    const subscriptions = await options.subscriptions();
    const works = entries.map(({ payload }) => {
      const { only, ...event } = Work.parse(JSON.parse(payload));
      return { event, only };
    });
    const wanted = whoWants(works, subscriptions, options);
    const { wants, faults } = questionsOf(wanted.flat(), options);
    const answers = options.ahead.answers(wanted.flat()) ?? (await ask(wants));
    if (answers === null) return entries.map((entry) => retry(entry, HELD_WAIT_MS, 'The database is held.'));
    for (const { subscription, error } of answers.values())
      if (error !== null) faults.set(subscription, error);
    for (const subscription of subscriptions) {
      const words = faults.get(subscription.id);
      if (words !== undefined) options.onFault(subscription, words);
      else if (answers.has(subscription.id)) options.onBuilt(subscription);
    }
    return entries.map((entry, index) => {
      const isAlone = works[index]?.only !== null;
      return settle(entry, isAlone, wanted[index] ?? [], answers);
    });
  };

  /** Null when this is not the database that the events are of. */
  async function ask(wants: readonly Want[]): Promise<Answers | null> {
    if (wants.length === 0) return new Map();
    const answer = await records.build(database, wants);
    if (!options.admits(answer.identity) || answer.held) return null;
    return new Map(answer.wants.map((one) => [one.subscription, one]));
  }

  function settle(entry: Entry, isAlone: boolean, wanted: readonly Wanted[], answers: Answers): Settlement {
    const append: NewEntry[] = [];
    for (const one of wanted) {
      const answer = answers.get(one.subscription.id);
      if (answer === undefined || answer.error !== null) {
        if (isAlone) return retry(entry, FAULT_WAIT_MS, 'The payload cannot be built; Odoo says why.');
        append.push(again(one));
        continue;
      }
      const matched = new Set(answer.matched);
      const records = one.asked
        .filter(({ n }) => matched.has(n))
        .map(({ recordId }) => ({ recordId, row: answer.rows[String(recordId)] ?? null }));
      if (records.length > 0) append.push(...options.deliveriesOf(one, { records, readAt: answer.readAt }));
    }
    return { id: entry.id, step: 'complete', append };
  }

  /** The same event once more, for one subscription and in an order of its own. */
  function again({ event, subscription }: Wanted): NewEntry {
    return {
      ...{ database, queue: EVENT_QUEUE, dedupe: `${event.key}:${subscription.id}` },
      key: `${subscription.id}:${event.model},${event.recordId}`,
      payload: JSON.stringify({ ...event, only: subscription.id }),
      runAtMs: clock.nowMs() + FAULT_WAIT_MS,
    };
  }

  function retry(entry: Entry, delayMs: number, error: string): Settlement {
    return putOff(entry, clock.nowMs() + delayMs, error);
  }
}
