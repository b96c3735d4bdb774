import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Journal } from '../journal.ts';
import { createSqliteJournal } from './sqlite-journal.ts';

// Thousands of entries through a real disk.
vi.setConfig({ testTimeout: 60_000 });

const QUEUE = { database: 'db-1', queue: 'q' };
const BATCH = 1_000;
let folder: string;
let path: string;
let journal: Journal;
let nowMs: number;

beforeEach(async () => {
  nowMs = 1_800_000_000_000;
  folder = await mkdtemp(join(tmpdir(), 'viaduct-retention-'));
  path = join(folder, 'journal.db');
  const clock = { nowMs: () => nowMs, sleep: async () => undefined };
  journal = await createSqliteJournal({ path, maxBytes: 2 ** 28, clock });
});

afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

/** One day: entries of 2 kB that are worked off at once, every hundredth buried; and the hourly pruning at its end. */
async function day(): Promise<number> {
  const payload = 'x'.repeat(2_000);
  for (let from = 0; from < 2; from += 1) {
    const keys = Array.from({ length: BATCH }, (_, index) => `${nowMs} ${from} ${index}`);
    await journal.append(keys.map((key) => ({ ...QUEUE, key, dedupe: key, payload })));
    const { token, entries } = await journal.claim({ ...QUEUE, limit: BATCH, leaseMs: 60_000 });
    await journal.settle(
      token,
      entries.map(({ id }, index) =>
        index % 100 === 0 ? { id, step: 'bury', reason: 'refused' } : { id, step: 'complete' },
      ),
    );
  }
  nowMs += 86_400_000;
  const keepMs = 2 * 86_400_000;
  await journal.prune({ doneBeforeMs: nowMs - keepMs, deadBeforeMs: nowMs - keepMs });
  return (await stat(path)).size;
}

test('a journal that is pruned stays as large as what it has to remember, and gives its disk back', async () => {
  const sizes: number[] = [];
  for (let days = 0; days < 6; days += 1) sizes.push(await day());
  const [afterTwo = 0, afterSix = 0] = [sizes[1], sizes.at(-1)];
  expect(afterSix).toBeLessThan(afterTwo * 1.5);
  nowMs += 30 * 86_400_000;
  await journal.prune({ doneBeforeMs: nowMs, deadBeforeMs: nowMs });
  await journal.close();
  expect((await stat(path)).size).toBeLessThan(afterSix / 2);
});
