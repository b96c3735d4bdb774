import type { Entry, EntryId, Journal, NewEntry } from '../../../src/journal/index.ts';

/** What a driver gives to the conformance suite. Its journal must take the time from `advance`, not from the machine. */
export type JournalHarness = {
  journal: Journal;
  nowMs: () => number;
  advance: (ms: number) => void;
  /** Closes the journal and opens the same one again. */
  reopen: () => Promise<Journal>;
  /** Durable commits so far that wrote something. */
  commitCount: () => number;
  dispose: () => Promise<void>;
};

export type MakeHarness = () => Promise<JournalHarness>;

/** Hands the harness to the cases of one describe block; a new one before each test. */
export type UseHarness = () => JournalHarness;

export const QUEUE = { database: 'db-1', queue: 'sms.send' } as const;

/** An entry of the queue that all cases use. */
export function newEntry(key: string, rest: Partial<NewEntry> = {}): NewEntry {
  return { ...QUEUE, key, payload: `payload of ${key}`, ...rest };
}

/** Claims from that queue with a lease of one minute. */
export function claim(journal: Journal, limit = 100): ReturnType<Journal['claim']> {
  return journal.claim({ ...QUEUE, limit, leaseMs: 60_000 });
}

export function ids(entries: readonly { id: EntryId }[]): EntryId[] {
  return entries.map((entry) => entry.id);
}

/** The single entry of a list; fails the test when there is not exactly one. */
export function only<Item>(items: readonly Item[]): Item {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) throw new Error(`Expected one item, found ${items.length}.`);
  return item;
}

/** Appends one entry and claims it. */
export async function appendAndClaim(journal: Journal, rest: Partial<NewEntry> = {}) {
  await journal.append([newEntry('a', rest)]);
  const { token, entries } = await claim(journal);
  const entry: Entry = only(entries);
  return { token, entry, id: entry.id };
}
