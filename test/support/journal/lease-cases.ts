import { expect, test } from 'vitest';
import { appendAndClaim, claim, ids, newEntry, only, QUEUE, type UseHarness } from './journal-harness.ts';

/** Leases, fencing, memos, and every way an entry can be settled. */
export function leaseCases(use: UseHarness): void {
  test('hands over what was appended, counting the claims', async () => {
    const { journal, nowMs, advance } = use();
    const appendedAtMs = nowMs();
    const { token, entry } = await appendAndClaim(journal);
    expect(entry).toEqual({
      ...newEntry('a'),
      id: entry.id,
      memo: null,
      attempts: 1,
      appendedAtMs,
    });
    advance(60_000);
    const again = await claim(journal);
    expect(only(again.entries)).toEqual({ ...entry, attempts: 2 });
    expect(again.token).toBeGreaterThan(token);
  });

  test('gives every claim a greater token, over a restart too', async () => {
    const { journal, reopen } = use();
    const first = await appendAndClaim(journal);
    await journal.settle(first.token, [{ id: first.id, step: 'complete' }]);
    const second = await appendAndClaim(await reopen());
    expect(second.token).toBeGreaterThan(first.token);
  });

  test('lets a lease expire, so that another claim takes over', async () => {
    const { journal, advance } = use();
    const { id } = await appendAndClaim(journal);
    advance(59_999);
    expect((await claim(journal)).entries).toEqual([]);
    expect(await journal.nextRunAtMs(QUEUE)).toBe(use().nowMs() + 1);
    advance(1);
    expect(ids((await claim(journal)).entries)).toEqual([id]);
  });

  test('prolongs a lease, and names what was lost', async () => {
    const { journal, advance } = use();
    const { token, id } = await appendAndClaim(journal);
    advance(50_000);
    expect(await journal.extend(token, 60_000)).toEqual({ stale: [] });
    advance(50_000);
    expect((await claim(journal)).entries).toEqual([]);
    advance(10_000);
    expect(ids((await claim(journal)).entries)).toEqual([id]);
    expect(await journal.extend(token, 60_000)).toEqual({ stale: [id] });
  });

  test('writes nothing for a lease that was lost, not even what was to be appended', async () => {
    const { journal, nowMs, advance } = use();
    const { token, id } = await appendAndClaim(journal);
    advance(60_000);
    const second = await claim(journal);
    const append = [newEntry('follow-up', { queue: 'next' })];
    for (const settlement of [
      { id, step: 'complete', append } as const,
      { id, step: 'bury', reason: 'late', append } as const,
      { id, step: 'retry', runAtMs: nowMs(), error: 'late', memo: 'late', append } as const,
    ]) {
      expect(await journal.settle(token, [settlement])).toEqual({ stale: [id] });
    }
    expect(await journal.mark(token, [{ id, memo: 'late' }])).toEqual({ stale: [id] });
    const listed = only(await journal.list({ limit: 10 }));
    expect(listed).toMatchObject({ state: 'leased', memo: null, error: null, payload: 'payload of a' });
    expect(await journal.settle(second.token, [{ id, step: 'complete' }])).toEqual({ stale: [] });
  });

  test('settles once: the same lease cannot settle an entry again', async () => {
    const { journal } = use();
    const { token, id } = await appendAndClaim(journal);
    await journal.settle(token, [{ id, step: 'bury', reason: 'first' }]);
    expect(await journal.settle(token, [{ id, step: 'complete' }])).toEqual({ stale: [id] });
    expect(only(await journal.list({ limit: 10 }))).toMatchObject({ state: 'dead', error: 'first' });
  });

  test('still takes the word of an expired lease that nobody else has claimed', async () => {
    const { journal, advance } = use();
    const { token, id } = await appendAndClaim(journal);
    advance(90_000);
    expect(await journal.settle(token, [{ id, step: 'complete' }])).toEqual({ stale: [] });
    expect((await claim(journal)).entries).toEqual([]);
  });

  test('keeps what is not named leased', async () => {
    const { journal } = use();
    await journal.append([newEntry('a'), newEntry('b')]);
    const { token, entries } = await claim(journal);
    const [first] = ids(entries);
    if (first !== undefined) await journal.settle(token, [{ id: first, step: 'complete' }]);
    expect((await journal.list({ limit: 10 })).map((one) => one.state)).toEqual(['done', 'leased']);
  });

  test('completes: the payload is erased, the follow-up is there', async () => {
    const { journal, nowMs, advance } = use();
    const { token, id } = await appendAndClaim(journal, { dedupe: 'x' });
    await journal.mark(token, [{ id, memo: 'begun' }]);
    advance(5);
    await journal.settle(token, [{ id, step: 'complete', append: [newEntry('b'), newEntry('c')] }]);
    expect(await journal.list({ state: 'done', limit: 10 })).toMatchObject([
      { id, payload: '', dedupe: 'x', settledAtMs: nowMs(), state: 'done' },
    ]);
    expect((await claim(journal)).entries.map((entry) => entry.key)).toEqual(['b', 'c']);
  });

  test('retries with the error, keeping, changing or erasing the memo', async () => {
    const { journal, nowMs } = use();
    await journal.append([newEntry('a')]);
    const seen: (string | null)[] = [];
    for (const memo of [undefined, 'second', undefined, null, undefined]) {
      const { token, entries } = await claim(journal);
      const entry = only(entries);
      seen.push(entry.memo);
      if (seen.length === 1) await journal.mark(token, [{ id: entry.id, memo: 'first' }]);
      const change = memo === undefined ? {} : { memo };
      await journal.settle(token, [
        { id: entry.id, step: 'retry', runAtMs: nowMs(), error: `error ${seen.length}`, ...change },
      ]);
    }
    expect(seen).toEqual([null, 'first', 'second', 'second', null]);
    expect(only(await journal.list({ limit: 10 }))).toMatchObject({
      state: 'ready',
      attempts: 5,
      error: 'error 5',
    });
  });

  test('does not count a claim whose entry is given back untried', async () => {
    const { journal, nowMs } = use();
    const { token, id } = await appendAndClaim(journal);
    await journal.settle(token, [
      { id, step: 'retry', runAtMs: nowMs(), error: 'stopping', uncounted: true },
    ]);
    expect(only((await claim(journal)).entries).attempts).toBe(1);
  });

  test('settles all of a claim in one commit', async () => {
    const { journal, commitCount, nowMs } = use();
    await journal.append(['a', 'b', 'c'].map((key) => newEntry(key)));
    const { token, entries } = await claim(journal);
    const before = commitCount();
    const [a, b, c] = ids(entries);
    if (a === undefined || b === undefined || c === undefined)
      throw new Error('Three entries were appended.');
    await journal.settle(token, [
      { id: a, step: 'complete' },
      { id: b, step: 'retry', runAtMs: nowMs() + 1, error: 'busy' },
      { id: c, step: 'bury', reason: 'refused' },
    ]);
    expect(commitCount() - before).toBe(1);
    expect((await journal.list({ limit: 10 })).map((one) => one.state)).toEqual(['done', 'ready', 'dead']);
  });
}
