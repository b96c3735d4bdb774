import { expect, test } from 'vitest';
import type { Journal } from '../../../src/journal/index.ts';
import { appendAndClaim, claim, ids, newEntry, only, QUEUE, type UseHarness } from './journal-harness.ts';

/** Lists, figures, replay, retention, notes and the end. */
export function upkeepCases(use: UseHarness): void {
  const settleAll = async (journal: Journal, step: 'complete' | 'bury') => {
    const { token, entries } = await claim(journal, 1_000);
    await journal.settle(
      token,
      entries.map(({ id }) => ({ id, step, reason: 'refused' })),
    );
    return ids(entries);
  };

  test('lists by database, queue and state, in pages', async () => {
    const { journal, nowMs } = use();
    await journal.append([newEntry('dead', { dedupe: 'd-1' })]);
    const [dead] = await settleAll(journal, 'bury');
    await journal.append(['a', 'b', 'c', 'd'].map((key) => newEntry(key, { runAtMs: nowMs() + 9 })));
    await journal.append([newEntry('a', { database: 'db-2' }), newEntry('a', { queue: 'other' })]);
    const keys = async (request: Parameters<Journal['list']>[0]) =>
      (await journal.list(request)).map((entry) => entry.key);
    expect(await keys({ ...QUEUE, state: 'ready', limit: 10 })).toEqual(['a', 'b', 'c', 'd']);
    expect(await keys({ ...QUEUE, limit: 3 })).toEqual(['dead', 'a', 'b']);
    const [, , last] = ids(await journal.list({ ...QUEUE, limit: 3 }));
    if (last !== undefined) expect(await keys({ ...QUEUE, after: last, limit: 3 })).toEqual(['c', 'd']);
    expect(await keys({ database: 'db-2', limit: 10 })).toEqual(['a']);
    expect(await journal.list({ state: 'dead', limit: 10 })).toEqual([
      {
        ...newEntry('dead', { dedupe: 'd-1' }),
        id: dead,
        memo: null,
        attempts: 1,
        appendedAtMs: nowMs(),
        runAtMs: nowMs(),
        settledAtMs: nowMs(),
        state: 'dead',
        error: 'refused',
      },
    ]);
  });

  test('counts what is ready, leased and dead, and how old the oldest is', async () => {
    const { journal, nowMs, advance } = use();
    const start = nowMs();
    await journal.append([newEntry('dead'), newEntry('b', { database: 'db-2' })]);
    await settleAll(journal, 'bury');
    advance(10);
    await journal.append(['a', 'a', 'b'].map((key) => newEntry(key)));
    await claim(journal, 1);
    expect(await journal.stats()).toEqual([
      { ...QUEUE, ready: 2, leased: 1, dead: 1, oldestAppendedAtMs: start + 10 },
      { ...QUEUE, database: 'db-2', ready: 1, leased: 0, dead: 0, oldestAppendedAtMs: start },
    ]);
    await settleAll(journal, 'complete');
  });

  test('replays dead letters only, in their old place, with what was written down of them', async () => {
    const { journal } = use();
    const { token, id } = await appendAndClaim(journal);
    await journal.mark(token, [{ id, memo: 'begun' }]);
    await journal.settle(token, [{ id, step: 'bury', reason: 'refused' }]);
    const [later] = await journal.append([newEntry('a')]);
    const heard: string[] = [];
    journal.onReady(({ queue }) => heard.push(queue));
    expect(await journal.replay([id, ...(later === undefined ? [] : [later.id])])).toBe(1);
    expect(await journal.replay([id])).toBe(0);
    const { entries } = await claim(journal);
    expect(ids(entries)).toEqual([id, later?.id]);
    expect(entries[0]).toMatchObject({ attempts: 1, memo: 'begun', payload: 'payload of a' });
    expect(heard).toEqual([QUEUE.queue]);
  });

  test('hastens what waits, the oldest first, and keeps the order of its key', async () => {
    const { journal, nowMs } = use();
    await journal.append([newEntry('a', { runAtMs: nowMs() + 60_000 }), newEntry('a')]);
    await journal.append([newEntry('b', { runAtMs: nowMs() + 30_000 })]);
    await journal.append([newEntry('other', { runAtMs: nowMs() + 9, queue: 'other' })]);
    const heard: string[] = [];
    journal.onReady(({ queue }) => heard.push(queue));
    expect(await journal.hasten({ ...QUEUE, limit: 1 })).toBe(1);
    const first = await claim(journal);
    expect(first.entries.map(({ key }) => key)).toEqual(['a', 'a']);
    expect(await journal.hasten({ ...QUEUE, limit: 9 })).toBe(1);
    expect((await claim(journal)).entries.map(({ key }) => key)).toEqual(['b']);
    expect(await journal.hasten({ ...QUEUE, limit: 9 })).toBe(0);
    expect(await journal.hasten({ ...QUEUE, queue: 'never', limit: 9 })).toBe(0);
    expect(heard).toEqual([QUEUE.queue, QUEUE.queue]);
  });

  test('buries what is unfinished under one database, however it waits, and nothing else', async () => {
    const { journal, nowMs } = use();
    await journal.append([newEntry('leased')]);
    const held = await claim(journal);
    await journal.append(Array.from({ length: 450 }, (_, index) => newEntry(`k${index % 7}`)));
    await journal.append([newEntry('late', { runAtMs: nowMs() + 9, queue: 'other' })]);
    await journal.append([newEntry('a', { database: 'db-2' })]);
    expect(await journal.buryAll({ database: 'db-1', reason: 'gone' })).toBe(452);
    expect(await journal.buryAll({ database: 'db-3', reason: 'gone' })).toBe(0);
    const [first] = await journal.list({ state: 'dead', limit: 1 });
    expect(first).toMatchObject({ key: 'leased', error: 'gone', settledAtMs: nowMs() });
    const { stale } = await journal.settle(held.token, [{ id: only(held.entries).id, step: 'complete' }]);
    expect(stale).toEqual(ids(held.entries));
    expect(await journal.list({ state: 'ready', limit: 9 })).toMatchObject([{ database: 'db-2' }]);
    expect(await journal.replay(ids(held.entries))).toBe(1);
    expect(ids((await claim(journal)).entries)).toEqual(ids(held.entries));
  });

  test('keeps delays as they were when the clock is set back an hour', async () => {
    const { journal, nowMs, advance } = use();
    const { token, id } = await appendAndClaim(journal, { key: 'retried' });
    await journal.settle(token, [{ id, step: 'retry', runAtMs: nowMs() + 60_000, error: 'later' }]);
    await journal.append([newEntry('new', { runAtMs: nowMs() + 30_000 })]);
    advance(-3_600_000);
    await journal.append([newEntry('at once')]);
    const keys = async () => (await claim(journal)).entries.map((entry) => entry.key);
    expect(await keys()).toEqual(['at once']);
    advance(30_000);
    expect(await keys()).toEqual(['new']);
    advance(30_000);
    // The two leases, of a minute each, are not an hour longer either.
    expect(await keys()).toEqual(['retried', 'at once']);
  });

  test('prunes what is past its time, and frees the dedupe keys', async () => {
    const { journal, nowMs, advance } = use();
    await journal.append([newEntry('done', { dedupe: 'x' })]);
    await settleAll(journal, 'complete');
    await journal.append([newEntry('dead', { dedupe: 'y' })]);
    await settleAll(journal, 'bury');
    advance(10);
    await journal.append([newEntry('young', { dedupe: 'z' })]);
    await settleAll(journal, 'complete');
    await journal.append([newEntry('ready')]);
    expect(await journal.prune({ doneBeforeMs: nowMs() - 10, deadBeforeMs: nowMs() - 10 })).toBe(0);
    expect(await journal.prune({ doneBeforeMs: nowMs(), deadBeforeMs: nowMs() - 10 })).toBe(1);
    expect((await journal.list({ limit: 10 })).map((one) => one.key)).toEqual(['dead', 'young', 'ready']);
    expect(await journal.prune({ doneBeforeMs: nowMs(), deadBeforeMs: nowMs() })).toBe(1);
    const again = await journal.append(['x', 'y', 'z'].map((dedupe) => newEntry('a', { dedupe })));
    expect(again.map((one) => one.duplicate)).toEqual([false, false, true]);
  });

  test('prunes more than one step, and gives no id out twice', async () => {
    const { journal, nowMs, advance } = use();
    await journal.append(Array.from({ length: 700 }, () => newEntry('a')));
    const settled = await settleAll(journal, 'complete');
    advance(1);
    expect(await journal.prune({ doneBeforeMs: nowMs(), deadBeforeMs: nowMs() })).toBeGreaterThanOrEqual(699);
    const next = only(await journal.append([newEntry('a')]));
    expect(next.id).toBeGreaterThan(Math.max(...settled));
  });

  test('remembers notes by database and name, over a restart', async () => {
    const { journal, reopen } = use();
    expect(await journal.recall('db-1', 'confirmed')).toBeNull();
    await journal.remember('db-1', 'confirmed', 'first');
    await journal.remember('db-1', 'confirmed', 'second');
    await journal.remember('db-2', 'confirmed', 'other');
    const reopened = await reopen();
    expect(await reopened.recall('db-1', 'confirmed')).toBe('second');
    expect(await reopened.recall('db-2', 'confirmed')).toBe('other');
    expect(await reopened.recall('db-1', 'other')).toBeNull();
  });

  test('finishes what was called before it was closed, and refuses the rest', async () => {
    const { journal, reopen } = use();
    const before = journal.append([newEntry('a')]);
    const closed = journal.close();
    await expect(journal.append([newEntry('b')])).rejects.toMatchObject({ code: 'journal-closed' });
    expect(only(await before).duplicate).toBe(false);
    await closed;
    await journal.close();
    expect(await (await reopen()).list({ limit: 10 })).toHaveLength(1);
  });
}
