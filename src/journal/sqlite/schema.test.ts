import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from './open.ts';
import { createStore } from './store.ts';

let folder: string;
let open: OpenDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-schema-'));
  open = openDatabase({ path: join(folder, 'journal.db'), maxBytes: 2 ** 28 });
});

afterEach(async () => {
  open.db.close();
  await rm(folder, { recursive: true });
});

test('comes out of the migrations as it is written down beside them', async () => {
  const rows = open.db.prepare('select sql from sqlite_schema where sql is not null order by name').all();
  const dump = rows.map((row) => `${String(row['sql']).replaceAll('\n   ', '\n')};\n`).join('');
  await expect(dump).toMatchFileSnapshot('./schema.sql');
});

test('is durable, bounded and held by one process', () => {
  const settings = ['journal_mode', 'synchronous', 'locking_mode', 'max_page_count', 'auto_vacuum'].map(
    (name) => Object.values(open.db.prepare(`pragma ${name}`).get() ?? {})[0],
  );
  expect(settings).toEqual(['wal', 2, 'exclusive', 65_536, 2]);
});

test('can be read by its own user only', async () => {
  const modes = ['journal.db', 'journal.db-wal'].map(async (name) => (await stat(join(folder, name))).mode);
  expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o600, 0o600]);
});

test('lets no statement walk through all entries', () => {
  const statements: string[] = [];
  const prepare = open.db.prepare.bind(open.db);
  open.db.prepare = (sql) => {
    statements.push(sql);
    return prepare(sql);
  };
  createStore(open, 0);
  const walks = statements.flatMap((sql) =>
    prepare(`explain query plan ${sql}`)
      .all()
      .map((row) => String(row['detail']))
      .filter((step) => /^SCAN (entries|earlier)\b(?!.* USING)/.test(step))
      .map((step) => `${step}: ${sql}`),
  );
  expect(statements.length).toBeGreaterThan(25);
  expect(walks).toEqual([]);
});

test('finds the entries of a claim by the index made for each step', () => {
  const plan = (sql: string) =>
    open.db
      .prepare(`explain query plan ${sql}`)
      .all()
      .map((row) => row['detail']);
  expect(plan('update entries set state = 1 where lane = 1 and state = 2 and at <= 9')).toEqual([
    'SEARCH entries USING INDEX entries_waiting (lane=? AND at<?)',
  ]);
  expect(plan('select id from entries where lane = 1 and state = 1 order by id limit 9')).toEqual([
    'SEARCH entries USING COVERING INDEX entries_due (lane=?)',
  ]);
});
