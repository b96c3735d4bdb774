import type { DatabaseSync } from 'node:sqlite';
import { integer, stored, text } from './columns.ts';

/** One queue of one database; entries carry its number instead of two texts. */
export type Lane = { id: number; database: string; queue: string };

export type Lanes = {
  /** The lane of a queue, or undefined when nothing was ever appended to it. */
  find: (database: string, queue: string) => Lane | undefined;
  findOrCreate: (database: string, queue: string) => Lane;
  byId: (id: number) => Lane;
  all: () => readonly Lane[];
  /** Reads them anew: after a rollback the cache may name lanes that were never written. */
  reload: () => void;
};

/** Keeps the lanes in memory: there are a handful per database. */
export function createLanes(db: DatabaseSync): Lanes {
  const select = db.prepare('select id, database, queue from lanes order by id');
  const insert = db.prepare('insert into lanes (database, queue) values (?, ?) returning id');
  let lanes: Lane[] = [];
  const byName = new Map<string, Lane>();
  const nameOf = (database: string, queue: string) => JSON.stringify([database, queue]);

  const keep = (lane: Lane) => {
    lanes.push(lane);
    byName.set(nameOf(lane.database, lane.queue), lane);
    return lane;
  };
  const find = (database: string, queue: string) => byName.get(nameOf(database, queue));
  const reload = () => {
    lanes = [];
    byName.clear();
    for (const row of select.all()) {
      keep({ id: integer(row['id']), database: text(row['database']), queue: text(row['queue']) });
    }
  };
  reload();

  return {
    find,
    findOrCreate: (database, queue) =>
      find(database, queue) ??
      keep({ id: integer(insert.get(stored(database), stored(queue))?.['id']), database, queue }),
    byId: (id) => lanes.find((lane) => lane.id === id) ?? { id, database: '', queue: '' },
    all: () => lanes,
    reload,
  };
}
