import type { DatabaseSync } from 'node:sqlite';
import type { Claim, EntryId, LeaseToken, Stale } from '../journal.ts';
import { stored } from './columns.ts';
import { journalError } from './open.ts';

/** Claims that nobody settles are forgotten beyond this many; only `extend` needs them. */
const MAX_OPEN_CLAIMS = 10_000;

export type Leases = {
  opened: (claim: Claim) => void;
  settled: (token: LeaseToken, ids: readonly EntryId[]) => void;
  mark: (token: LeaseToken, marks: readonly { id: EntryId; memo: string }[]) => Stale;
  extend: (token: LeaseToken, leaseMs: number, nowMs: number) => Stale;
};

/** What a holder may do with its lease before settling. Which ids a claim took is known to its process only. */
export function prepareLeases(db: DatabaseSync): Leases {
  const mark = db.prepare('update entries set memo = ? where id = ? and lease = ? and state < 4');
  const extend = db.prepare('update entries set state = 3, at = ? where id = ? and lease = ? and state < 4');
  const openClaims = new Map<LeaseToken, Set<EntryId>>();

  return {
    opened: ({ token, entries }) => {
      if (entries.length === 0) return;
      openClaims.set(token, new Set(entries.map((entry) => entry.id)));
      const [oldest] = openClaims.keys();
      if (openClaims.size > MAX_OPEN_CLAIMS && oldest !== undefined) openClaims.delete(oldest);
    },
    settled: (token, ids) => {
      const open = openClaims.get(token);
      for (const id of ids) open?.delete(id);
      if (open?.size === 0) openClaims.delete(token);
    },
    mark: (token, marks) => ({
      stale: marks
        .filter(({ id, memo }) => mark.run(stored(memo), id, token).changes === 0)
        .map((lost) => lost.id),
    }),
    extend: (token, leaseMs, nowMs) => ({
      stale: [...(openClaims.get(token) ?? [])].filter(
        (id) => extend.run(nowMs + leaseMs, id, token).changes === 0,
      ),
    }),
  };
}

/**
 * Makes ready again what the process before this one had leased: it cannot come back, the file is ours. On a full disk
 * the leases are left to expire, so that the journal opens and can say what is wrong.
 */
export function releaseAllLeases(db: DatabaseSync, nowMs: number): void {
  const release = db.prepare(
    `update entries set lease = 0, at = ?, state = case
       when exists (
         select 1 from entries as earlier
         where earlier.lane = entries.lane and earlier.key = entries.key and earlier.state < 4
           and earlier.id < entries.id
       ) then 0 else 1 end
     where state = 3`,
  );
  try {
    release.run(nowMs);
  } catch (error) {
    if (journalError(error).code !== 'journal-full') throw error;
  }
}
