import { type Clock, repeat } from '../../clock.ts';
import type { Journal } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import type { AccountBook } from '../accounts/accounts.ts';
import { SEND_QUEUE } from '../queues.ts';
import { parseInAnyCountry, sendKey } from '../sending/send-key.ts';
import type { PickUpRecords, Unreached } from './pick-up-records.ts';

export type PickUpOptions = {
  records: PickUpRecords;
  journal: Pick<Journal, 'known'>;
  accounts: Pick<AccountBook, 'all'>;
  /** Odoo's `database.uuid`. */
  database: string;
  /** How old an SMS may be to be sent after all; 0 switches it off. */
  hours: number;
  isOpen: () => boolean;
  /** Whether a failure only says that Odoo is away for now. */
  isOutage: (error: unknown) => boolean;
  admits: (identity: DatabaseIdentity) => boolean;
  clock: Clock;
  log: Record<'info' | 'warn', (fields: object, message: string) => void>;
  onQueued: (count: number) => void;
};

export type PickUp = { start(): void; stop(): Promise<void> };

/** What one look found that had not reached Viaduct, and what of it was put back. */
type Look = { asked: readonly string[]; queued: readonly string[] };

/** As many as Odoo's queue works off at a time. */
const LIMIT = 500;
const CLOSED_MS = 5_000;
const SOON_MS = 15_000;
export const LOOK_MS = 5 * 60_000;
export const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Looks for SMS that Odoo marked as server errors because Viaduct was away, and puts them back into Odoo's own queue: as
 * soon as the database is served, and every few minutes. Odoo then hands them over under the uuid they have, on which the
 * journal makes sure that nothing is sent twice; those that it knows already are left to what it knows.
 */
export function createPickUp(options: PickUpOptions): PickUp {
  const { records, journal, database, hours, clock, log } = options;
  const stopping = new AbortController();
  let watching: Promise<void> = Promise.resolve();
  let earlier = new Set<string>();
  let pauseMs = LOOK_MS;

  /** Null when this is not the database that may be worked on. */
  async function lookOnce(): Promise<Look | null> {
    const asked = await findUnknown();
    if (asked === null || asked.length === 0) return asked && { asked, queued: [] };
    // It was judged a moment ago, and says itself whether it is the one that was meant: what it did counts.
    const { held, queued } = await records.queueAgain({ database, uuids: asked }, stopping.signal);
    return held ? null : { asked, queued };
  }

  /** The first page that holds any that the journal does not know. */
  async function findUnknown(): Promise<string[] | null> {
    let after: number | null = 0;
    while (after !== null) {
      const asked = { database, hours, after, limit: LIMIT };
      const page: Unreached = await records.unreached(asked, stopping.signal);
      if (page.held || !options.admits(page.identity)) return null;
      const unknown = await unknownOf(page.sms);
      if (unknown.length > 0) return unknown;
      after = page.next;
    }
    return [];
  }

  async function unknownOf(sms: readonly { uuid: string; number: string }[]): Promise<string[]> {
    if (sms.length === 0) return [];
    const accounts = await options.accounts.all();
    const keyed = sms.map(({ uuid, number }) => {
      const parsed = parseInAnyCountry(number, accounts);
      return { uuid, key: sendKey(uuid, parsed.ok ? parsed.msisdn : '') };
    });
    const dedupes = keyed.map(({ key }) => key);
    const known = new Set(await journal.known({ database, queue: SEND_QUEUE, dedupes }));
    return keyed.filter(({ key }) => !known.has(key)).map(({ uuid }) => uuid);
  }

  /** How long until the next look. */
  async function look(): Promise<number> {
    if (!options.isOpen()) return CLOSED_MS;
    let found: Look | null;
    try {
      found = await lookOnce();
    } catch (error) {
      if (stopping.signal.aborted || options.isOutage(error)) return CLOSED_MS;
      log.warn({ error }, 'SMS that did not reach Viaduct could not be looked for');
      return LOOK_MS;
    }
    if (found === null) return CLOSED_MS;
    const count = found.queued.length;
    const next = pauseAfter(found, earlier, pauseMs);
    if (next.failedAgain) log.warn({ count }, 'Odoo does not reach Viaduct: see its parameter sms.endpoint');
    else if (count > 0)
      log.info({ count }, 'SMS that had not reached Viaduct are in the queue of Odoo again');
    if (count > 0) options.onQueued(count);
    earlier = found.asked.length === 0 ? new Set() : new Set([...earlier, ...found.queued]);
    pauseMs = next.pauseMs;
    return pauseMs;
  }

  return {
    start() {
      if (hours > 0) watching = repeat(look, { clock, signal: stopping.signal });
    },
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

/**
 * When to look again: soon while there are more, and ever later while those that were put back fail again, because an Odoo
 * that cannot reach Viaduct waits 15 s for each of its tries.
 */
export function pauseAfter(
  { asked, queued }: Look,
  earlier: ReadonlySet<string>,
  pauseMs: number,
): { pauseMs: number; failedAgain: boolean } {
  if (asked.some((uuid) => earlier.has(uuid))) {
    const longer = Math.max(LOOK_MS, 2 * pauseMs);
    return { pauseMs: Math.min(longer, LONGEST_PAUSE_MS), failedAgain: true };
  }
  const isMore = queued.length > 0 && (queued.length < asked.length || asked.length === LIMIT);
  return { pauseMs: isMore ? SOON_MS : LOOK_MS, failedAgain: false };
}
