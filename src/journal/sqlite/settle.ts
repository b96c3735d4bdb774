import type { DatabaseSync } from 'node:sqlite';
import { unreachable } from '../../errors.ts';
import type { EntryId, LeaseToken, Settlement, Stale } from '../journal.ts';
import type { AppendEntry } from './append.ts';
import { integer, type Row, stored } from './columns.ts';

export type Settle = (token: LeaseToken, settlements: readonly Settlement[], nowMs: number) => Stale;

/** Settles what the lease still holds; what was lost to another claim is named, and nothing of it written. */
export function prepareSettle(db: DatabaseSync, append: AppendEntry): Settle {
  const complete = db.prepare(
    `update entries set state = 4, at = ?1, payload = '', memo = null, error = null,
       dedupe = case when ?2 then null else dedupe end
     where id = ?3 and lease = ?4 and state < 4 returning lane, key`,
  );
  const bury = db.prepare(
    `update entries set state = 5, at = ?1, error = ?2
     where id = ?3 and lease = ?4 and state < 4 returning lane, key`,
  );
  const retry = db.prepare(
    `update entries set
       state = case
         when exists (
           select 1 from entries as earlier
           where earlier.lane = entries.lane and earlier.key = entries.key and earlier.state < 4
             and earlier.id < entries.id
         ) then 0
         when ?1 <= ?2 then 1
         else 2
       end,
       at = ?1, error = ?3, lease = 0, attempts = attempts - ?4,
       memo = case when ?5 then ?6 else memo end
     where id = ?7 and lease = ?8 and state < 4`,
  );
  const makeHead = db.prepare(
    `update entries set state = case when at <= ?3 then 1 else 2 end
     where state = 0 and id = (
       select id from entries where lane = ?1 and key = ?2 and state < 4 order by id limit 1
     )`,
  );

  const finish = (row: Row | undefined, nowMs: number): boolean => {
    if (row === undefined) return false;
    makeHead.run(integer(row['lane']), row['key'] ?? null, nowMs);
    return true;
  };

  const settleOne = (token: LeaseToken, settlement: Settlement, nowMs: number): boolean => {
    const { id } = settlement;
    switch (settlement.step) {
      case 'complete':
        return finish(complete.get(nowMs, settlement.forget === true ? 1 : 0, id, token), nowMs);
      case 'bury':
        return finish(bury.get(nowMs, stored(settlement.reason), id, token), nowMs);
      case 'retry': {
        const { runAtMs, error, memo, uncounted } = settlement;
        const memoValue = typeof memo === 'string' ? stored(memo) : null;
        const memoGiven = memo === undefined ? 0 : 1;
        const free = uncounted === true ? 1 : 0;
        const done = retry.run(runAtMs, nowMs, stored(error), free, memoGiven, memoValue, id, token);
        return done.changes === 1;
      }
      default:
        return unreachable(settlement);
    }
  };

  return (token, settlements, nowMs) => {
    const stale: EntryId[] = [];
    for (const settlement of settlements) {
      if (!settleOne(token, settlement, nowMs)) stale.push(settlement.id);
      else for (const entry of settlement.append ?? []) append(entry, nowMs);
    }
    return { stale };
  };
}
