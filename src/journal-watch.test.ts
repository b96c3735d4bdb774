import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqliteJournal } from './journal/index.ts';
import { watchJournal } from './journal-watch.ts';
import { createMetrics } from './metrics.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-watch-'));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = { database: 'db', queue: 'sms.state', key: 'a', dedupe: 'a', payload: '{}' };

test('counts new and repeated entries and the commits they took', async () => {
  const metrics = createMetrics();
  const inner = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 26 });
  const { journal, state } = watchJournal(inner, metrics);
  await journal.append([entry]);
  await journal.append([entry, { ...entry, dedupe: 'b' }]);
  const text = await metrics.registry.metrics();
  expect(text).toContain('viaduct_journal_appends_total{queue="sms.state",outcome="new"} 2');
  expect(text).toContain('viaduct_journal_appends_total{queue="sms.state",outcome="duplicate"} 1');
  expect(text).toMatch(/viaduct_journal_commits_total [23]\n/);
  expect(state()).toMatchObject({ name: 'journal', up: true });
  await journal.close();
});

test('says what is wrong while appends are refused, and stops when they are taken again', async () => {
  const inner = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 26 });
  let isFull = true;
  const append: typeof inner.append = (entries) =>
    isFull ? Promise.reject(new Error('The disk is full.')) : inner.append(entries);
  const { journal, state } = watchJournal({ ...inner, append }, createMetrics());
  await expect(journal.append([entry])).rejects.toThrow('The disk is full.');
  expect(state()).toMatchObject({ up: false, detail: 'The disk is full.' });
  isFull = false;
  await journal.append([entry]);
  expect(state().up).toBe(true);
  await journal.close();
});
