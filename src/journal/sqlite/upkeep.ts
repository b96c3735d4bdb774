import type { DatabaseSync } from 'node:sqlite';
import type { EntryId, HastenRequest, PruneRequest } from '../journal.ts';
import { integer, optionalText, stored } from './columns.ts';
import type { Lane, Lanes } from './lanes.ts';

/** Entries that one step deletes or buries: a few milliseconds, so that appends never wait long behind it. */
export const UPKEEP_STEP = 200;

/** Free pages beyond this share of the file go back to the disk while pruning; the rest is kept for new entries. */
const FREE_SHARE = 4;

export type Upkeep = {
  replay: (ids: readonly EntryId[], nowMs: number) => number;
  hasten: (request: HastenRequest, nowMs: number) => number;
  buryStep: (database: string, reason: string, nowMs: number) => number;
  pruneStep: (request: PruneRequest) => number;
  /** Moves what waits back by that much; `nowMs` is the new time. */
  setBack: (byMs: number, nowMs: number) => void;
  remember: (database: string, name: string, value: string) => void;
  recall: (database: string, name: string) => string | null;
  /** Pages in use, free ones not counted. */
  usedPages: () => number;
};

/** What keeps the journal small and people able to act: replay, retention, notes. */
export function prepareUpkeep(db: DatabaseSync, lanes: Lanes, onReady: (lane: Lane) => void): Upkeep {
  const revive = db.prepare(
    `update entries set at = ?1, attempts = 0, error = null, lease = 0, state = case
       when exists (
         select 1 from entries as earlier
         where earlier.lane = entries.lane and earlier.key = entries.key and earlier.state < 4
           and earlier.id < entries.id
       ) then 0 else 1 end
     where id = ?2 and state = 5 returning lane, key`,
  );
  // The revived entry is older than the head its key has by now: that one stands behind again.
  const stepBack = db.prepare(
    `update entries set state = 0 where state in (1, 2) and id = (
       select id from entries where lane = ?1 and key = ?2 and state < 4 and id > ?3 order by id limit 1
     )`,
  );
  const hasten = db.prepare(
    `update entries set state = 1, at = ?1 where id in (
       select id from entries where lane = ?2 and state = 2 order by id limit ?3
     )`,
  );
  const bury = db.prepare(
    `update entries set state = 5, at = ?1, error = ?2, lease = 0 where id in (
       select id from entries indexed by entries_unfinished
       where lane in (select id from lanes where database = ?3) and state < 4 limit ?4
     )`,
  );
  const setBack = db.prepare(
    'update entries indexed by entries_unfinished set at = at - ?1 where state < 4 and at > ?2',
  );
  // The greatest id always stays, or SQLite would give it out a second time.
  const pruneDone = db.prepare(
    `delete from entries where id in (select id from entries where state = 4 and at < ?1 order by at limit ?2)
       and id < (select max(id) from entries)`,
  );
  const pruneDead = db.prepare(
    `delete from entries where id in (
       select id from entries where state = 5 and lane in (select id from lanes) and at < ?1 limit ?2
     ) and id < (select max(id) from entries)`,
  );
  const write = db.prepare(
    `insert into notes (database, name, value) values (?1, ?2, ?3)
     on conflict (database, name) do update set value = excluded.value`,
  );
  const read = db.prepare('select value from notes where database = ? and name = ?');
  const pageCount = db.prepare('pragma page_count');
  const freeCount = db.prepare('pragma freelist_count');
  const pages = () => integer(pageCount.get()?.['page_count']);
  const freePages = () => integer(freeCount.get()?.['freelist_count']);

  const replayOne = (id: EntryId, nowMs: number): boolean => {
    const row = revive.get(nowMs, id);
    if (row === undefined) return false;
    stepBack.run(integer(row['lane']), row['key'] ?? null, id);
    onReady(lanes.byId(integer(row['lane'])));
    return true;
  };

  return {
    replay: (ids, nowMs) => ids.filter((id) => replayOne(id, nowMs)).length,
    hasten: ({ database, queue, limit }, nowMs) => {
      const lane = lanes.find(database, queue);
      const hastened = lane === undefined ? 0 : Number(hasten.run(nowMs, lane.id, limit).changes);
      if (lane !== undefined && hastened > 0) onReady(lane);
      return hastened;
    },
    buryStep: (database, reason, nowMs) =>
      Number(bury.run(nowMs, stored(reason), stored(database), UPKEEP_STEP).changes),
    setBack: (byMs, nowMs) => {
      setBack.run(byMs, nowMs);
    },
    pruneStep: ({ doneBeforeMs, deadBeforeMs }) => {
      const done = Number(pruneDone.run(doneBeforeMs, UPKEEP_STEP).changes);
      const dead = Number(pruneDead.run(deadBeforeMs, UPKEEP_STEP).changes);
      if (freePages() * FREE_SHARE > pages()) db.exec(`pragma incremental_vacuum(${UPKEEP_STEP})`);
      return done + dead;
    },
    remember: (database, name, value) => {
      write.run(stored(database), stored(name), stored(value));
    },
    recall: (database, name) => optionalText(read.get(stored(database), stored(name))?.['value']),
    usedPages: () => pages() - freePages(),
  };
}
