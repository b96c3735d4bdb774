/**
 * The contract of the journal: what every driver promises, and what the conformance suite holds it to.
 * An entry is first `ready`, then `leased`, and ends `done` or `dead`.
 */
export const ENTRY_STATES = ['ready', 'leased', 'done', 'dead'] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

export type EntryId = number & { readonly __id: 'entry' };

/** What the edge hands over. All texts are kept as they are; the journal never looks into `payload`. */
export type NewEntry = {
  /** Odoo's `database.uuid`: no entry is ever seen through another database's id. */
  database: string;
  /** The work it belongs to, as `sms.send`. */
  queue: string;
  /** Order key: entries of one (database, queue, key) are worked on in the order of their appending. */
  key: string;
  /** Unique within (database, queue) for as long as the entry is retained; absent means never a duplicate. */
  dedupe?: string;
  payload: string;
  /** Not claimable before this moment (ms since 1970); absent means at once. */
  runAtMs?: number;
};

/** `duplicate` means that nothing was written: `id` and `state` are those of the entry already there. */
export type Appended = { id: EntryId; duplicate: boolean; state: EntryState };

export type Entry = {
  id: EntryId;
  database: string;
  queue: string;
  key: string;
  payload: string;
  /** What an earlier attempt wrote down with `mark` or `retry`, or null. */
  memo: string | null;
  /** How often it was claimed, this claim included. Starts anew on replay. */
  attempts: number;
  appendedAtMs: number;
};

/** The right to settle the entries of one claim, until it expires. Every claim has a greater token. */
export type LeaseToken = number & { readonly __id: 'lease' };
export type Claim = { token: LeaseToken; entries: Entry[] };

export type ClaimRequest = {
  database: string;
  queue: string;
  limit: number;
  leaseMs: number;
};

/**
 * What becomes of a leased entry. `append` is written in the same transaction, and only if the lease still holds.
 * - `complete`: done; the payload is erased, the dedupe key is kept unless `forget` frees it for a new attempt.
 * - `retry`: ready again at `runAtMs`, with a new memo if one is given (null erases it); `uncounted` takes the claim
 *   back out of `attempts`, for an entry that was not tried at all.
 * - `bury`: a dead letter, kept with payload and reason until a person replays it or retention ends.
 */
export type Settlement =
  | { id: EntryId; step: 'complete'; forget?: boolean; append?: NewEntry[] }
  | {
      id: EntryId;
      step: 'retry';
      runAtMs: number;
      error: string;
      memo?: string | null;
      uncounted?: boolean;
      append?: NewEntry[];
    }
  | { id: EntryId; step: 'bury'; reason: string; append?: NewEntry[] };

/** Ids whose lease was lost to another claim (expired, then claimed again): for them nothing was written. */
export type Stale = { stale: EntryId[] };

export type ListRequest = {
  database?: string;
  queue?: string;
  state?: EntryState;
  /** Entries after this id, in ascending order of ids. */
  after?: EntryId;
  limit: number;
};

export type HastenRequest = { database: string; queue: string; limit: number };

export type KnownRequest = { database: string; queue: string; dedupes: readonly string[] };

/** An entry as a person sees it. `payload` is empty once done. */
export type ListedEntry = Entry & {
  state: EntryState;
  dedupe: string | null;
  runAtMs: number;
  /** The last error, or why it was buried, or null. */
  error: string | null;
  settledAtMs: number | null;
};

export type QueueStats = {
  database: string;
  queue: string;
  ready: number;
  leased: number;
  dead: number;
  /** When the oldest unfinished entry was appended, or null. */
  oldestAppendedAtMs: number | null;
};

export type PruneRequest = {
  /** Done entries settled before this moment are deleted, and with them their dedupe keys. */
  doneBeforeMs: number;
  /** Dead letters buried before this moment are deleted. */
  deadBeforeMs: number;
};

/**
 * A durable queue of entries. Every promise resolves only when what it reports is on disk;
 * every method rejects with a {@link JournalError}. Nothing is lost when the process is killed at any instant.
 * When the clock is set back, what waits is moved back with it: a moment is a delay from the time it was given at.
 */
export interface Journal {
  /** All or nothing. Rejects with code `journal-full` when the disk or the configured bound is reached. */
  append(entries: readonly NewEntry[]): Promise<Appended[]>;
  /**
   * Leases the oldest claimable entries, oldest first. An entry is claimable when it is ready (or its lease expired),
   * its time has come, and every earlier unfinished entry of its key is part of the same claim: a key that waits or
   * is worked on elsewhere blocks only itself.
   */
  claim(request: ClaimRequest): Promise<Claim>;
  /** Writes a memo on leased entries before an effect, so that a later claim knows that it was begun. */
  mark(token: LeaseToken, marks: readonly { id: EntryId; memo: string }[]): Promise<Stale>;
  /** Settles leased entries in one transaction. Entries of the lease that are not named stay leased. */
  settle(token: LeaseToken, settlements: readonly Settlement[]): Promise<Stale>;
  /** Prolongs a lease by `leaseMs` from now. */
  extend(token: LeaseToken, leaseMs: number): Promise<Stale>;
  /** When the next entry of this queue can become claimable (ms since 1970), or null when there is none. */
  nextRunAtMs(queue: { database: string; queue: string }): Promise<number | null>;
  list(request: ListRequest): Promise<ListedEntry[]>;
  /** Which of these dedupe keys an append would find taken now, whatever the state of their entries. */
  known(request: KnownRequest): Promise<string[]>;
  /**
   * Makes dead letters ready again, with attempts cleared; returns how many were. The memo stays: it may say that an
   * effect was begun.
   */
  replay(ids: readonly EntryId[]): Promise<number>;
  /**
   * Makes what waits for its time due at once, the oldest first and `limit` at most; returns how many were. For a queue
   * whose other side has come back. Order within a key holds: what stands behind another entry goes on doing so.
   */
  hasten(request: HastenRequest): Promise<number>;
  /** Makes dead letters of everything unfinished under a database's id, in small steps; returns how many were. */
  buryAll(request: { database: string; reason: string }): Promise<number>;
  stats(): Promise<QueueStats[]>;
  /** Deletes in small steps what retention no longer wants; returns how many entries went. */
  prune(request: PruneRequest): Promise<number>;
  /** Durable notes beside the entries, by database and name, as the id of the confirmed database. */
  remember(database: string, name: string, value: string): Promise<void>;
  recall(database: string, name: string): Promise<string | null>;
  /** Calls back after entries of a queue were appended or became ready by replay or haste; returns how to stop it. */
  onReady(listener: (at: { database: string; queue: string }) => void): () => void;
  close(): Promise<void>;
}
