import type { DatabaseSync } from 'node:sqlite';
import type { Claim, ClaimRequest, Entry, EntryId } from '../journal.ts';
import { entryId, integer, leaseToken, optionalText, text } from './columns.ts';
import type { Lanes } from './lanes.ts';
import { BEHIND } from './states.ts';

/**
 * Leases the oldest claimable entries. The heads that are due come in order of their ids; each one taken
 * makes the next of its key a candidate, so exactly the oldest are taken and nothing that is blocked is read.
 */
export function prepareClaim(
  db: DatabaseSync,
  lanes: Lanes,
): (request: ClaimRequest, nowMs: number) => Claim {
  const endWaiting = db.prepare('update entries set state = 1 where lane = ? and state = 2 and at <= ?');
  // The lease itself is kept: until another claim takes the entry, its late holder may still settle it.
  const endLeases = db.prepare(
    `update entries set state = case
       when exists (
         select 1 from entries as earlier
         where earlier.lane = entries.lane and earlier.key = entries.key and earlier.state < 4
           and earlier.id < entries.id
       ) then 0 else 1 end
     where lane = ? and state = 3 and at <= ?`,
  );
  const selectDue = db.prepare('select id from entries where lane = ? and state = 1 order by id limit ?');
  const selectNext = db.prepare(
    `select id, state, at from entries
     where lane = ?1 and key = (select key from entries where id = ?2) and state < 4 and id > ?2
     order by id limit 1`,
  );
  const takeToken = db.prepare('update lease_tokens set last = last + 1 returning last');
  const lease = db.prepare(
    `update entries set state = 3, at = ?, lease = ?, attempts = attempts + 1 where id = ?
     returning id, key, payload, memo, attempts, appended_at`,
  );

  const nextOfKey = (lane: number, id: EntryId, nowMs: number): EntryId | undefined => {
    const row = selectNext.get(lane, id);
    if (row === undefined || integer(row['state']) !== BEHIND || integer(row['at']) > nowMs) return undefined;
    return entryId(row['id']);
  };

  return (request, nowMs) => {
    const lane = lanes.find(request.database, request.queue);
    if (lane === undefined) return { token: leaseToken(0), entries: [] };
    endWaiting.run(lane.id, nowMs);
    endLeases.run(lane.id, nowMs);
    const candidates = selectDue.all(lane.id, request.limit).map((row) => entryId(row['id']));
    const chosen: EntryId[] = [];
    while (chosen.length < request.limit) {
      const oldest = candidates.shift();
      if (oldest === undefined) break;
      chosen.push(oldest);
      const next = nextOfKey(lane.id, oldest, nowMs);
      if (next !== undefined) insertSorted(candidates, next);
    }
    if (chosen.length === 0) return { token: leaseToken(0), entries: [] };
    const token = leaseToken(takeToken.get()?.['last']);
    const entries = chosen.map((id): Entry => {
      const row = lease.get(nowMs + request.leaseMs, token, id);
      return {
        id,
        database: request.database,
        queue: request.queue,
        key: text(row?.['key']),
        payload: text(row?.['payload']),
        memo: optionalText(row?.['memo']),
        attempts: integer(row?.['attempts']),
        appendedAtMs: integer(row?.['appended_at']),
      };
    });
    return { token, entries };
  };
}

/** Keeps ascending order; `ids` is at most as long as a claim. */
function insertSorted(ids: EntryId[], id: EntryId): void {
  const at = ids.findIndex((other) => other > id);
  ids.splice(at === -1 ? ids.length : at, 0, id);
}
