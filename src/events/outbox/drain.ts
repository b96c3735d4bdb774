import type { Clock } from '../../clock.ts';
import type { Journal, NewEntry } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { EVENT_QUEUE } from '../queues.ts';
import type { Drained, EventRecords } from '../records.ts';
import type { ReadAhead } from './read-ahead.ts';

export type DrainOptions = {
  records: Pick<EventRecords, 'drain'>;
  journal: Pick<Journal, 'append'>;
  /** Odoo's `database.uuid`. */
  database: string;
  /** Events per call. */
  limit: number;
  ahead: Pick<ReadAhead, 'reads' | 'keep'>;
  isOpen: () => boolean;
  /** Whether this is the database that may be worked on. */
  admits: (identity: DatabaseIdentity) => boolean;
  /** How long to wait in ms for a ring before looking anyway; less while there is no bell. */
  pollMs: () => number;
  clock: Clock;
  log: Record<'warn', (fields: object, message: string) => void>;
  onDrained: (count: number) => void;
};

/**
 * How long in ms Odoo waits to be told what is done when nothing else happens: it has something better to do just then, which is
 * to read what the payloads need. Under load the next ring tells it.
 */
const DONE_MS = 200;

export type Drain = {
  start(): void;
  /** The bell rang: look at once. */
  ring(): void;
  stop(): Promise<void>;
};

/**
 * Carries events out of Odoo's outbox into the journal: read, append, and only then delete, which is part of the next
 * reading. What was read twice is told by its key. Order is Odoo's order of ids: two transactions that changed one record
 * came one after the other, because the second had to wait for the first.
 */
export function createDrain(options: DrainOptions): Drain {
  const { records, journal, database, limit, ahead, clock, log } = options;
  const stopping = new AbortController();
  let rung = Promise.withResolvers<void>();
  let running: Promise<void> = Promise.resolve();

  /** Takes pages until one leaves nothing behind; returns what is to be named as done at the next look. */
  async function takeAll(doneBefore: readonly number[]): Promise<number[]> {
    let done = doneBefore;
    while (!stopping.signal.aborted && options.isOpen()) {
      const page = await records.drain({ database, done, limit, reads: ahead.reads() });
      if (!options.admits(page.identity) || page.held) return [];
      ahead.keep(page);
      if (page.events.length > 0) await journal.append(page.events.map(entryOf));
      options.onDrained(page.events.length);
      done = [...page.events.map(({ id }) => id), ...page.nothing];
      if (!page.more) return [...done];
    }
    return [...done];
  }

  /** Without the row's id: it says nothing outside of Odoo. */
  function entryOf({ id: _, ...event }: Drained['events'][number]): NewEntry {
    return {
      ...{ database, queue: EVENT_QUEUE, dedupe: event.key },
      // What is kept in order: everything about one record.
      key: `${event.model},${event.recordId}`,
      payload: JSON.stringify(event),
    };
  }

  async function run(): Promise<void> {
    let done: number[] = [];
    while (!stopping.signal.aborted) {
      rung = Promise.withResolvers();
      try {
        done = await takeAll(done);
      } catch (error) {
        // What is in the journal already is told by its key when it is read again.
        done = [];
        log.warn({ error }, 'the outbox could not be drained');
      }
      await waitForRing(done.length > 0 ? DONE_MS : options.pollMs());
    }
  }

  async function waitForRing(ms: number): Promise<void> {
    const enough = new AbortController();
    const pause = clock.sleep(ms, AbortSignal.any([stopping.signal, enough.signal]));
    await Promise.race([rung.promise, pause.catch(() => undefined)]);
    enough.abort();
  }

  return {
    start() {
      running = run();
    },
    ring: () => rung.resolve(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
