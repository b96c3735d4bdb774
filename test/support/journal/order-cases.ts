import { expect, test } from 'vitest';
import { claim, ids, newEntry, QUEUE, type UseHarness } from './journal-harness.ts';

/** Which entries a claim takes: order within a key, fairness across keys, times, databases. */
export function orderCases(use: UseHarness): void {
  const append = async (keys: string) =>
    ids(await use().journal.append([...keys].map((key) => newEntry(key))));
  const retryAt = (runAtMs: number) => ({ step: 'retry', runAtMs, error: 'busy' }) as const;

  test('takes the oldest entries first, several of one key in one claim', async () => {
    const all = await append('aabab');
    const { entries } = await claim(use().journal, 4);
    expect(ids(entries)).toEqual(all.slice(0, 4));
    expect(ids((await claim(use().journal)).entries)).toEqual([]);
  });

  test('gives nothing of a key to a second claim while the first works on it', async () => {
    const [first, , third] = await append('aab');
    const one = await claim(use().journal, 1);
    expect(ids(one.entries)).toEqual([first]);
    expect(ids((await claim(use().journal)).entries)).toEqual([third]);
  });

  test('goes on with a key when the entry before is done or buried', async () => {
    const { journal } = use();
    const [first, second, third] = await append('aaa');
    for (const [id, step] of [[first, 'complete'] as const, [second, 'bury'] as const]) {
      const { token, entries } = await claim(journal, 1);
      expect(ids(entries)).toEqual([id]);
      const [entry] = entries;
      if (entry !== undefined) await journal.settle(token, [{ id: entry.id, step, reason: 'poisoned' }]);
    }
    expect(ids((await claim(journal)).entries)).toEqual([third]);
  });

  test('lets a retry that waits block its own key and no other', async () => {
    const { journal, nowMs, advance } = use();
    const [first, second, third] = await append('aab');
    const { token, entries } = await claim(journal, 1);
    await journal.settle(
      token,
      entries.map(({ id }) => ({ id, ...retryAt(nowMs() + 5_000) })),
    );
    expect(ids((await claim(journal)).entries)).toEqual([third]);
    advance(4_999);
    expect(ids((await claim(journal)).entries)).toEqual([]);
    advance(1);
    expect(ids((await claim(journal)).entries)).toEqual([first, second]);
  });

  test('does not starve other keys behind one with many waiting entries', async () => {
    const { journal, nowMs } = use();
    const [head] = await append('a'.repeat(1_000));
    const others = await append('bcd');
    const { token, entries } = await claim(journal, 1);
    expect(ids(entries)).toEqual([head]);
    expect(ids((await claim(journal, 2)).entries)).toEqual(others.slice(0, 2));
    await journal.settle(
      token,
      entries.map(({ id }) => ({ id, ...retryAt(nowMs() + 5_000) })),
    );
    expect(ids((await claim(journal, 2)).entries)).toEqual(others.slice(2));
  });

  test('keeps the order when only a later entry of a key was settled', async () => {
    const { journal, nowMs, advance } = use();
    const [first, second, third] = await append('aaa');
    const { token, entries } = await claim(journal, 2);
    const [, later] = entries;
    if (later !== undefined) await journal.settle(token, [{ id: later.id, ...retryAt(nowMs()) }]);
    expect(ids((await claim(journal)).entries)).toEqual([]);
    advance(60_000);
    expect(ids((await claim(journal)).entries)).toEqual([first, second, third]);
  });

  test('holds an entry back until its time, and what is behind it in its key', async () => {
    const { journal, nowMs, advance } = use();
    await journal.append([newEntry('a', { runAtMs: nowMs() + 100 }), newEntry('a')]);
    expect((await claim(journal)).entries).toEqual([]);
    advance(100);
    expect((await claim(journal)).entries).toHaveLength(2);
  });

  test('stops a claim at an entry of a key whose time has not come', async () => {
    const { journal, nowMs } = use();
    await journal.append([newEntry('a'), newEntry('a', { runAtMs: nowMs() + 100 }), newEntry('a')]);
    expect((await claim(journal)).entries).toHaveLength(1);
  });

  test('keeps databases and queues apart, with equal keys', async () => {
    const { journal } = use();
    await journal.append([
      newEntry('a', { database: 'db-2', payload: 'second' }),
      newEntry('a', { queue: 'sms.report', payload: 'report' }),
      newEntry('a', { payload: 'first' }),
    ]);
    const payloads = async (database: string, queue: string) =>
      (await journal.claim({ database, queue, limit: 10, leaseMs: 1_000 })).entries.map((one) => one.payload);
    expect(await payloads('db-1', QUEUE.queue)).toEqual(['first']);
    expect(await payloads('db-2', QUEUE.queue)).toEqual(['second']);
    expect(await payloads('db-1', 'sms.report')).toEqual(['report']);
    expect(await payloads('db-3', QUEUE.queue)).toEqual([]);
  });

  test('says when the next entry can be claimed', async () => {
    const { journal, nowMs, advance } = use();
    const start = nowMs();
    expect(await journal.nextRunAtMs(QUEUE)).toBeNull();
    await journal.append([newEntry('a', { runAtMs: start + 500 }), newEntry('a')]);
    await journal.append([newEntry('b', { runAtMs: start + 900 })]);
    expect(await journal.nextRunAtMs(QUEUE)).toBe(start + 500);
    advance(500);
    const { token, entries } = await claim(journal);
    expect(entries).toHaveLength(2);
    expect(await journal.nextRunAtMs(QUEUE)).toBe(start + 900);
    await journal.settle(
      token,
      entries.map(({ id }) => ({ id, step: 'complete' })),
    );
    await journal.append([newEntry('c')]);
    expect(await journal.nextRunAtMs(QUEUE)).toBeLessThanOrEqual(nowMs());
  });
}
