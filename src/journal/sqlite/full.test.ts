import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqliteJournal } from './sqlite-journal.ts';

const CHILD = fileURLToPath(new URL('./testing/append-until-killed.ts', import.meta.url));
const QUEUE = { database: 'db-1', queue: 'q' };
const MAX_BYTES = 2 ** 20;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-full-'));
  path = join(folder, 'journal.db');
});

afterEach(() => rm(folder, { recursive: true }));

test('refuses entries when its bound is reached, works off what it has, and takes new ones again', async () => {
  const journal = await createSqliteJournal({ path, maxBytes: MAX_BYTES });
  const payload = 'x'.repeat(10_000);
  const append = (count: number) =>
    journal.append(Array.from({ length: count }, (_, index) => ({ ...QUEUE, key: `k${index}`, payload })));
  let taken = 0;
  await expect(async () => {
    for (;;) taken += (await append(3)).length;
  }).rejects.toMatchObject({ code: 'journal-full', retry: 'later' });
  expect(taken).toBeGreaterThan(50);
  expect(await journal.list({ limit: 1_000 })).toHaveLength(taken);
  await expect(append(500)).rejects.toMatchObject({ code: 'journal-full' });
  expect(await journal.list({ limit: 1_000 })).toHaveLength(taken);

  // Settling needs room too, and gets it from the reserve, even in one group with appends that are refused.
  const { token, entries } = await journal.claim({ ...QUEUE, limit: 1_000, leaseMs: 1_000 });
  const [appended, settled] = await Promise.allSettled([
    append(1),
    journal.settle(
      token,
      entries.map(({ id }) => ({ id, step: 'complete', append: [{ ...QUEUE, key: 'next', payload: '' }] })),
    ),
  ]);
  expect(appended).toMatchObject({ status: 'rejected', reason: { code: 'journal-full' } });
  expect(settled).toMatchObject({ status: 'fulfilled', value: { stale: [] } });
  expect(await append(3)).toHaveLength(3);
  await journal.close();
});

test('refuses an append larger than what is left without a trace of it', async () => {
  const journal = await createSqliteJournal({ path, maxBytes: MAX_BYTES });
  const huge = { ...QUEUE, key: 'a', payload: 'x'.repeat(2 * MAX_BYTES) };
  const calls = await Promise.allSettled([
    journal.append([{ ...QUEUE, key: 'a', payload: 'small' }, huge]),
    journal.append([{ ...QUEUE, key: 'b', payload: 'neighbour' }]),
  ]);
  expect(calls).toMatchObject([
    { status: 'rejected', reason: { code: 'journal-full' } },
    { status: 'fulfilled' },
  ]);
  expect((await journal.list({ limit: 10 })).map((entry) => entry.payload)).toEqual(['neighbour']);
  await journal.close();
});

test('survives the end of the disk: refused with its name, all acknowledged entries intact', async () => {
  // A limit on the size of files stands in for a full disk; SIGXFSZ is ignored, so that writing fails instead.
  const child = spawn(
    'sh',
    ['-c', `trap '' XFSZ; ulimit -f 1500; exec "$0" "$@"`, process.execPath, CHILD, path],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const lines = output.trim().split('\n');
  expect(lines.filter((line) => line.startsWith('refused'))).toEqual(['refused journal-full -']);
  const acknowledged = lines.filter((line) => line.startsWith('appended')).map((line) => line.split(' ')[2]);
  expect(acknowledged.length).toBeGreaterThan(100);

  const journal = await createSqliteJournal({ path, maxBytes: 2 ** 28 });
  const found = new Set((await journal.list({ limit: 1_000_000 })).map((entry) => entry.dedupe));
  expect(acknowledged.filter((dedupe) => !found.has(dedupe ?? ''))).toEqual([]);
  expect(await journal.append([{ ...QUEUE, key: 'a', payload: 'again' }])).toMatchObject([
    { duplicate: false },
  ]);
  await journal.close();
  const db = new DatabaseSync(path);
  expect(db.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  db.close();
});
