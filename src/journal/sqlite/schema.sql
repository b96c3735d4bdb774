CREATE TABLE entries (
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
CREATE INDEX entries_dead on entries (lane, at) where state = 5;
CREATE UNIQUE INDEX entries_dedupe on entries (lane, dedupe) where dedupe is not null;
CREATE INDEX entries_done on entries (at) where state = 4;
CREATE INDEX entries_due on entries (lane, id) where state = 1;
CREATE INDEX entries_leased on entries (lane, at) where state = 3;
CREATE INDEX entries_unfinished on entries (lane, key, id) where state < 4;
CREATE INDEX entries_waiting on entries (lane, at) where state = 2;
CREATE TABLE lanes (
  id integer primary key,
  database text not null,
  queue text not null,
  unique (database, queue)
);
CREATE TABLE lease_tokens (last integer not null);
CREATE TABLE notes (
  database text not null,
  name text not null,
  value text not null,
  primary key (database, name)
) without rowid;
