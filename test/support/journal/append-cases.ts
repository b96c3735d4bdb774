import { expect, test } from 'vitest';
import { appendAndClaim, claim, ids, newEntry, only, QUEUE, type UseHarness } from './journal-harness.ts';

const HOSTILE_TEXTS = {
  'a NUL': 'before\u0000after',
  'a lone surrogate': 'broken \ud83d pair',
  'an emoji': '👩‍👩‍👧 🇩🇰',
  'quotes and SQL': `'; drop table entries; --`,
  'a megabyte': 'ø'.repeat(1_000_000),
  nothing: '',
} as const;

/** Appending, duplicates, texts and what is announced. */
export function appendCases(use: UseHarness): void {
  test('gives appended entries ascending ids and keeps them over a restart', async () => {
    const { journal, reopen } = use();
    const appended = await journal.append([newEntry('a'), newEntry('b')]);
    expect(appended.map(({ duplicate, state }) => [duplicate, state])).toEqual([
      [false, 'ready'],
      [false, 'ready'],
    ]);
    const [later] = await (await reopen()).append([newEntry('a')]);
    expect(ids(appended)).toEqual(ids(appended).toSorted((one, other) => one - other));
    expect(later?.id).toBeGreaterThan(Math.max(...ids(appended)));
    expect(ids(await use().journal.list({ limit: 10 }))).toEqual([...ids(appended), later?.id]);
  });

  test('answers a duplicate with the first entry and its state, and writes nothing', async () => {
    const { journal } = use();
    const { token, id } = await appendAndClaim(journal, { dedupe: 'report-1' });
    const twin = newEntry('other key', { dedupe: 'report-1', payload: 'other payload' });
    expect(await journal.append([twin])).toEqual([{ id, duplicate: true, state: 'leased' }]);
    await journal.settle(token, [{ id, step: 'complete' }]);
    expect(await journal.append([twin, twin])).toEqual([
      { id, duplicate: true, state: 'done' },
      { id, duplicate: true, state: 'done' },
    ]);
    expect(await journal.list({ limit: 10 })).toHaveLength(1);
  });

  test('finds a duplicate within one append and keeps the rest of it', async () => {
    const { journal } = use();
    const appended = await journal.append([
      newEntry('a', { dedupe: 'x' }),
      newEntry('a', { dedupe: 'x' }),
      newEntry('a'),
    ]);
    expect(appended.map((one) => one.duplicate)).toEqual([false, true, false]);
    expect(appended[1]?.id).toBe(appended[0]?.id);
  });

  test('never takes entries without a dedupe key, of another queue or another database for duplicates', async () => {
    const { journal } = use();
    const appended = await journal.append([
      newEntry('a'),
      newEntry('a'),
      newEntry('a', { dedupe: 'x' }),
      newEntry('a', { dedupe: 'x', queue: 'sms.report' }),
      newEntry('a', { dedupe: 'x', database: 'db-2' }),
    ]);
    expect(appended.filter((one) => one.duplicate)).toEqual([]);
  });

  test('says which dedupe keys are taken, in any state, of this queue and database only', async () => {
    const { journal, reopen } = use();
    const asked = { ...QUEUE, dedupes: ['waiting', 'done', 'dead', 'forgotten', 'elsewhere', 'never'] };
    expect(await journal.known(asked)).toEqual([]);
    await journal.append(['done', 'dead', 'forgotten'].map((dedupe) => newEntry(dedupe, { dedupe })));
    const { token, entries } = await claim(journal, 3);
    const [done, dead, forgotten] = ids(entries);
    if (done === undefined || dead === undefined || forgotten === undefined) throw new Error('not claimed');
    await journal.settle(token, [
      { id: done, step: 'complete' },
      { id: dead, step: 'bury', reason: 'refused' },
      { id: forgotten, step: 'complete', forget: true },
    ]);
    await journal.append([
      newEntry('a', { dedupe: 'waiting' }),
      newEntry('a', { dedupe: 'elsewhere', queue: 'other' }),
      newEntry('a', { dedupe: 'elsewhere', database: 'db-2' }),
    ]);
    expect(await journal.known(asked)).toEqual(['waiting', 'done', 'dead']);
    expect(await (await reopen()).known(asked)).toEqual(['waiting', 'done', 'dead']);
  });

  test('takes a dedupe key anew after it was forgotten', async () => {
    const { journal } = use();
    const { token, id } = await appendAndClaim(journal, { dedupe: 'x' });
    await journal.settle(token, [{ id, step: 'complete', forget: true }]);
    const again = only(await journal.append([newEntry('a', { dedupe: 'x' })]));
    expect(again).toMatchObject({ duplicate: false, state: 'ready' });
    expect(again.id).not.toBe(id);
  });

  test.each(Object.entries(HOSTILE_TEXTS))('keeps %s as it is in every text', async (_name, hostile) => {
    const { journal } = use();
    const where = { database: `d${hostile}`, queue: `q${hostile}` };
    const entry = { ...where, key: hostile, dedupe: hostile, payload: hostile };
    await journal.append([entry]);
    expect(await journal.append([entry])).toMatchObject([{ duplicate: true }]);
    await journal.remember(where.database, hostile, hostile);
    await use().reopen();
    const { token, entries } = await use().journal.claim({ ...where, limit: 1, leaseMs: 1_000 });
    const claimed = only(entries);
    expect({ ...claimed, dedupe: hostile }).toMatchObject(entry);
    await use().journal.mark(token, [{ id: claimed.id, memo: hostile }]);
    await use().journal.settle(token, [{ id: claimed.id, step: 'bury', reason: hostile }]);
    const listed = only(await use().journal.list({ ...where, limit: 10 }));
    expect(listed).toMatchObject({ ...entry, memo: hostile, error: hostile });
    expect(await use().journal.recall(where.database, hostile)).toBe(hostile);
  });

  test('tells two dedupe keys apart that differ in a lone surrogate only', async () => {
    const appended = await use().journal.append([
      newEntry('a', { dedupe: '\ud83d' }),
      newEntry('a', { dedupe: '\ud83e' }),
    ]);
    expect(appended.map((one) => one.duplicate)).toEqual([false, false]);
  });

  test('writes all entries of an append or none', async () => {
    const { journal } = use();
    const impossible = newEntry('b', { runAtMs: Number.NaN });
    await expect(journal.append([newEntry('a'), impossible, newEntry('c')])).rejects.toThrow();
    expect(await journal.list({ limit: 10 })).toEqual([]);
  });

  test('does not let a call that fails take its neighbours along', async () => {
    const { journal } = use();
    const calls = await Promise.allSettled([
      journal.append([newEntry('a')]),
      journal.append([newEntry('b', { runAtMs: Number.NaN })]),
      journal.append([newEntry('c')]),
    ]);
    expect(calls.map((call) => call.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await journal.list({ limit: 10 })).map((entry) => entry.key)).toEqual(['a', 'c']);
  });

  test('commits what arrives together together', async () => {
    const { journal, commitCount } = use();
    await journal.append([newEntry('first')]);
    const before = commitCount();
    const calls = Array.from({ length: 200 }, (_, index) => journal.append([newEntry(`key ${index}`)]));
    expect(new Set((await Promise.all(calls)).flatMap(ids)).size).toBe(200);
    expect(commitCount() - before).toBeLessThanOrEqual(10);
  });

  test('announces a queue after something new is there, not after a duplicate', async () => {
    const { journal } = use();
    const heard: string[] = [];
    const stop = journal.onReady(({ database, queue }) => heard.push(`${database} ${queue}`));
    await journal.append([newEntry('a', { dedupe: 'x' })]);
    await claim(journal);
    await journal.append([newEntry('a', { dedupe: 'x' })]);
    await journal.append([newEntry('a', { queue: 'other' })]);
    await journal.stats();
    expect(heard).toEqual([`${QUEUE.database} ${QUEUE.queue}`, `${QUEUE.database} other`]);
    stop();
    await journal.append([newEntry('b')]);
    await journal.stats();
    expect(heard).toHaveLength(2);
  });
}
