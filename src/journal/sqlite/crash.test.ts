import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqliteJournal } from './sqlite-journal.ts';

const KILLS = 30;
const CHILD = fileURLToPath(new URL('./testing/append-until-killed.ts', import.meta.url));
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-crash-'));
  path = join(folder, 'journal.db');
});

afterEach(() => rm(folder, { recursive: true }));

type Report = { what: string; id: number; dedupe: string };

/** Starts the child; `reports` grows with what it acknowledged. */
function startChild(): {
  child: ChildProcess;
  reports: Report[];
  untilReports: (count: number) => Promise<void>;
} {
  const child = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const reports: Report[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [what = '', id = '', dedupe = ''] = line.split(' ');
      reports.push({ what, id: Number(id), dedupe });
    }
  });
  const untilReports = async (count: number) => {
    while (reports.length < count) await once(child.stdout, 'data');
  };
  return { child, reports, untilReports };
}

async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

test(`keeps every acknowledged entry over ${KILLS} kills at random instants`, {
  timeout: 180_000,
}, async () => {
  const reports: Report[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const run = startChild();
    await run.untilReports(Math.floor(Math.random() * 400) + 1);
    await killed(run.child);
    reports.push(...run.reports);
  }
  const db = new DatabaseSync(path);
  expect(db.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  const rows = db.prepare('select id, dedupe, state from entries').all();
  db.close();
  const byId = new Map(rows.map((row) => [row['id'], row]));
  const appended = reports.filter((report) => report.what === 'appended');
  expect(appended.length).toBeGreaterThan(KILLS);
  expect(appended.filter(({ id, dedupe }) => byId.get(id)?.['dedupe'] !== dedupe)).toEqual([]);
  const done = reports.filter((report) => report.what === 'done');
  expect(done.length).toBeGreaterThan(0);
  expect(done.filter(({ id }) => byId.get(id)?.['state'] !== 4)).toEqual([]);
});

test('refuses a second process with plain words, and is free once the first is killed', async () => {
  const { child, untilReports } = startChild();
  await untilReports(1);
  await expect(createSqliteJournal({ path, maxBytes: 2 ** 28 })).rejects.toMatchObject({
    code: 'journal-locked',
    message: expect.stringContaining('Another process holds the journal file.'),
  });
  await killed(child);
  const journal = await createSqliteJournal({ path, maxBytes: 2 ** 28 });
  expect((await journal.list({ limit: 1 })).length).toBe(1);
  await journal.close();
});

test('gives back at once what a process that died had leased', async () => {
  const queue = { database: 'db-1', queue: 'q' };
  const first = await createSqliteJournal({ path, maxBytes: 2 ** 28 });
  await first.append(['a', 'a', 'b'].map((key) => ({ ...queue, key, payload: '' })));
  const before = await first.claim({ ...queue, limit: 2, leaseMs: 3_600_000 });
  await first.close();
  const second = await createSqliteJournal({ path, maxBytes: 2 ** 28 });
  const { entries } = await second.claim({ ...queue, limit: 10, leaseMs: 1_000 });
  expect(entries.map((entry) => [entry.key, entry.attempts])).toEqual([
    ['a', 2],
    ['a', 2],
    ['b', 1],
  ]);
  const late = before.entries.map(({ id }) => ({ id, step: 'complete' as const }));
  expect((await second.settle(before.token, late)).stale).toHaveLength(2);
  await second.close();
});

test('leaves a file alone that a newer Viaduct wrote, and one that is no journal', async () => {
  const db = new DatabaseSync(path);
  db.exec('pragma user_version = 999');
  db.close();
  await expect(createSqliteJournal({ path, maxBytes: 2 ** 28 })).rejects.toMatchObject({
    code: 'journal-version',
    retry: 'after-config',
  });
  await expect(createSqliteJournal({ path: CHILD, maxBytes: 2 ** 28 })).rejects.toMatchObject({
    code: 'journal-corrupt',
  });
});
