import type { DatabaseSync } from 'node:sqlite';
import { JournalError } from '../errors.ts';
import { integer } from './columns.ts';

/**
 * Forward only: a migration that was released is never edited, the next change is appended.
 *
 * `entries.at` is read by state: not before (ready), lease ends (leased), settled (done, dead); one column and
 * partial indexes keep an append at four B-trees. A literal in a query has to repeat the condition of a partial
 * index word for word, or SQLite does not use it.
 */
const MIGRATIONS: readonly string[] = [
  `create table lanes (
     id integer primary key,
     database text not null,
     queue text not null,
     unique (database, queue)
   );
   create table entries (
     id integer primary key,
     lane integer not null,
     key text not null,
     dedupe text,
     state integer not null,
     at integer not null,
     appended_at integer not null,
     attempts integer not null default 0,
     lease integer not null default 0,
     memo text,
     error text,
     payload text not null
   );
   create unique index entries_dedupe on entries (lane, dedupe) where dedupe is not null;
   create index entries_unfinished on entries (lane, key, id) where state < 4;
   create index entries_due on entries (lane, id) where state = 1;
   create index entries_waiting on entries (lane, at) where state = 2;
   create index entries_leased on entries (lane, at) where state = 3;
   create index entries_done on entries (at) where state = 4;
   create index entries_dead on entries (lane, at) where state = 5;
   create table lease_tokens (last integer not null);
   insert into lease_tokens (last) values (0);
   create table notes (
     database text not null,
     name text not null,
     value text not null,
     primary key (database, name)
   ) without rowid;`,
];

/** Brings the file to the newest schema; rejects a newer one with `journal-version`, untouched. */
export function migrate(db: DatabaseSync): void {
  const found = integer(db.prepare('pragma user_version').get()?.['user_version']);
  if (found > MIGRATIONS.length) {
    throw new JournalError(
      'journal-version',
      `The journal has schema version ${found}, this Viaduct knows up to ${MIGRATIONS.length}. ` +
        'Start the Viaduct that wrote it, or a newer one.',
    );
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < found) continue;
    db.exec(`begin immediate; ${migration}; pragma user_version = ${index + 1}; commit`);
  }
}
