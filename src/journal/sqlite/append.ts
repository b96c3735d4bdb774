import type { DatabaseSync } from 'node:sqlite';
import type { Appended, NewEntry } from '../journal.ts';
import { entryId, integer, stored } from './columns.ts';
import type { Lane, Lanes } from './lanes.ts';
import { publicState } from './states.ts';

export type AppendEntry = (entry: NewEntry, nowMs: number) => Appended;

/** Writes one entry, as the head of its key when nothing unfinished of that key stands before it. */
export function prepareAppend(db: DatabaseSync, lanes: Lanes, onReady: (lane: Lane) => void): AppendEntry {
  const insert = db.prepare(
    `insert into entries (lane, key, dedupe, state, at, appended_at, payload)
     values (
       ?1, ?2, ?3,
       case
         when exists (select 1 from entries where lane = ?1 and key = ?2 and state < 4) then 0
         when ?4 <= ?5 then 1
         else 2
       end,
       ?4, ?5, ?6
     )
     on conflict (lane, dedupe) where dedupe is not null do nothing`,
  );
  const selectTwin = db.prepare('select id, state from entries where lane = ? and dedupe = ?');

  return (entry, nowMs) => {
    const lane = lanes.findOrCreate(entry.database, entry.queue);
    const dedupe = entry.dedupe === undefined ? null : stored(entry.dedupe);
    const runAtMs = entry.runAtMs ?? nowMs;
    const written = insert.run(lane.id, stored(entry.key), dedupe, runAtMs, nowMs, stored(entry.payload));
    if (written.changes === 0) {
      const twin = selectTwin.get(lane.id, dedupe);
      return { id: entryId(twin?.['id']), duplicate: true, state: publicState(integer(twin?.['state'])) };
    }
    onReady(lane);
    return { id: entryId(Number(written.lastInsertRowid)), duplicate: false, state: 'ready' };
  };
}
