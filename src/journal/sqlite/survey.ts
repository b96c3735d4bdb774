import type { DatabaseSync } from 'node:sqlite';
import type { EntryState, KnownRequest, ListedEntry, ListRequest, QueueStats } from '../journal.ts';
import { entryId, integer, optionalText, type Row, stored, text } from './columns.ts';
import type { Lane, Lanes } from './lanes.ts';
import { DEAD, DONE, publicState } from './states.ts';

export type Survey = {
  list: (request: ListRequest) => ListedEntry[];
  known: (request: KnownRequest) => string[];
  stats: () => QueueStats[];
  nextRunAtMs: (database: string, queue: string) => number | null;
};

/** `indexed by`: left alone, SQLite walks all done rows in order of ids to find the few that are not. */
const SOURCES = {
  any: 'entries where 1',
  ready: 'entries indexed by entries_unfinished where state < 4 and state <> 3',
  leased: 'entries indexed by entries_leased where state = 3',
  done: 'entries where state = 4',
  dead: 'entries indexed by entries_dead where state = 5',
} as const satisfies { [state in EntryState | 'any']: string };

/** What people and metrics read; nothing here writes. */
export function prepareSurvey(db: DatabaseSync, lanes: Lanes): Survey {
  const selects = Object.fromEntries(
    Object.entries(SOURCES).map(([state, source]) => [
      state,
      db.prepare(
        `select * from ${source} and id > ?1 and lane in (
           select id from lanes where (?2 is null or database = ?2) and (?3 is null or queue = ?3)
         ) order by id limit ?4`,
      ),
    ]),
  );
  const count = db.prepare(
    `select
       (select count(*) from entries where lane = ?1 and state < 4) as unfinished,
       (select count(*) from entries where lane = ?1 and state = 3) as leased,
       (select count(*) from entries where lane = ?1 and state = 5) as dead`,
  );
  // The oldest unfinished entry is the head of its key, so only heads and leases are looked at.
  const selectOldest = db.prepare(
    `select min(appended_at) as oldest from (
       select appended_at from (select appended_at from entries where lane = ?1 and state = 1 order by id limit 1)
       union all select appended_at from entries where lane = ?1 and state = 2
       union all select appended_at from entries where lane = ?1 and state = 3
     )`,
  );
  const selectNext = db.prepare(
    `select min(at) as next from (
       select at from (select at from entries where lane = ?1 and state = 1 order by id limit 1)
       union all select at from (select min(at) as at from entries where lane = ?1 and state = 2)
       union all select at from (select min(at) as at from entries where lane = ?1 and state = 3)
     )`,
  );

  const selectKnown = db.prepare('select 1 from entries where lane = ? and dedupe = ?');

  const statsOf = (lane: Lane): QueueStats => {
    const row = count.get(lane.id);
    const leased = integer(row?.['leased']);
    return {
      database: lane.database,
      queue: lane.queue,
      ready: integer(row?.['unfinished']) - leased,
      leased,
      dead: integer(row?.['dead']),
      oldestAppendedAtMs: optionalInteger(selectOldest.get(lane.id)?.['oldest']),
    };
  };

  return {
    list: ({ database, queue, state, after, limit }) => {
      const names = [database, queue].map((name) => (name === undefined ? null : stored(name)));
      const rows = selects[state ?? 'any']?.all(after ?? 0, ...names, limit) ?? [];
      return rows.map((row) => listed(row, lanes.byId(integer(row['lane']))));
    },
    known: ({ database, queue, dedupes }) => {
      const lane = lanes.find(database, queue);
      if (lane === undefined) return [];
      return dedupes.filter((dedupe) => selectKnown.get(lane.id, stored(dedupe)) !== undefined);
    },
    stats: () => lanes.all().map(statsOf),
    nextRunAtMs: (database, queue) => {
      const lane = lanes.find(database, queue);
      return lane === undefined ? null : optionalInteger(selectNext.get(lane.id)?.['next']);
    },
  };
}

function optionalInteger(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function listed(row: Row, lane: Lane): ListedEntry {
  const state = integer(row['state']);
  const at = integer(row['at']);
  return {
    id: entryId(row['id']),
    database: lane.database,
    queue: lane.queue,
    key: text(row['key']),
    payload: text(row['payload']),
    memo: optionalText(row['memo']),
    attempts: integer(row['attempts']),
    appendedAtMs: integer(row['appended_at']),
    state: publicState(state),
    dedupe: optionalText(row['dedupe']),
    runAtMs: at,
    error: optionalText(row['error']),
    settledAtMs: state === DONE || state === DEAD ? at : null,
  };
}
