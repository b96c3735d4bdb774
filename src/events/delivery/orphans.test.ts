import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { createSqliteJournal, type Journal } from '../../journal/index.ts';
import { buryOrphans } from './orphans.ts';

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-orphans-'));
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 100_000_000 });
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

test('buries what waits for a subscription that is gone, and leaves all else alone', async () => {
  const entry = (queue: string, key: string, more = {}) => ({
    ...{ database: 'one', queue, key, payload: '{}' },
    ...more,
  });
  await journal.append([
    entry('events.delivery.1', 'a'),
    entry('events.delivery.1', 'a'),
    entry('events.delivery.1', 'b', { runAtMs: systemClock.nowMs() + 3_600_000 }),
    entry('events.delivery.2', 'a'),
    entry('events.event', 'a'),
    entry('events.delivery.1', 'a', { database: 'other' }),
  ]);
  expect(await buryOrphans({ journal, database: 'one', leaseMs: 60_000 }, new Set([2]))).toBe(3);
  const dead = await journal.list({ state: 'dead', limit: 10 });
  expect(dead.map(({ database, queue, error }) => [database, queue, error])).toEqual(
    Array(3).fill(['one', 'events.delivery.1', 'Its subscription was deleted in Odoo.']),
  );
});
