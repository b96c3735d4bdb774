import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntryId, Journal } from '../../../src/journal/index.ts';
import { ids, newEntry, QUEUE, type UseHarness } from './journal-harness.ts';

type Token = Awaited<ReturnType<Journal['claim']>>['token'];

/** An entry as the contract describes it, without any thought of speed. */
type ModelEntry = {
  id: EntryId;
  key: string;
  state: 'ready' | 'leased' | 'done' | 'dead';
  at: number;
  token: Token | undefined;
};

const key = fc.constantFrom('a', 'b', 'c');
const step = fc.constantFrom('complete', 'retry', 'retry-later', 'bury', 'leave');
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append'), key, wait: fc.constantFrom(0, 0, 0, 30) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim'), limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle'), steps: fc.array(step, { maxLength: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replay'), nth: fc.nat(3) }) },
);
type Action = {
  do: string;
  key?: string;
  wait?: number;
  limit?: number;
  steps?: string[];
  ms?: number;
  nth?: number;
};

/** The contract's sentence about claimable entries, word for word. */
function claimable(entries: readonly ModelEntry[], limit: number, now: number): ModelEntry[] {
  const chosen: ModelEntry[] = [];
  const blocked = new Set<string>();
  for (const entry of entries) {
    if (entry.state === 'done' || entry.state === 'dead' || blocked.has(entry.key)) continue;
    if (entry.at <= now && chosen.length < limit) chosen.push(entry);
    else blocked.add(entry.key);
  }
  return chosen;
}

async function playAgainstModel(use: UseHarness, actions: readonly Action[]): Promise<void> {
  const { journal, nowMs, advance } = use();
  const queue = `queue-${(await journal.stats()).length}`;
  const model: ModelEntry[] = [];
  const held: { token: Token; ids: EntryId[] }[] = [];
  for (const one of actions) {
    const now = nowMs();
    if (one.do === 'append') {
      const at = now + (one.wait ?? 0);
      const appended = await journal.append([newEntry(one.key ?? 'a', { queue, runAtMs: at })]);
      for (const { id } of appended)
        model.push({ id, key: one.key ?? 'a', state: 'ready', at, token: undefined });
    } else if (one.do === 'claim') {
      const limit = one.limit ?? 1;
      const { token, entries } = await journal.claim({ ...QUEUE, queue, limit, leaseMs: 50 });
      const expected = claimable(model, limit, now);
      expect(ids(entries)).toEqual(ids(expected));
      for (const entry of expected) Object.assign(entry, { state: 'leased', at: now + 50, token });
      if (entries.length > 0) held.push({ token, ids: ids(entries) });
    } else if (one.do === 'settle') {
      const oldest = held.shift();
      if (oldest !== undefined) await settleBoth(journal, model, oldest, one.steps ?? [], now);
    } else if (one.do === 'advance') {
      advance(one.ms ?? 1);
    } else {
      const dead = model.filter((entry) => entry.state === 'dead')[one.nth ?? 0];
      if (dead !== undefined) {
        expect(await journal.replay([dead.id])).toBe(1);
        Object.assign(dead, { state: 'ready', at: now, token: undefined });
      }
    }
  }
  const listed = await journal.list({ ...QUEUE, queue, limit: 1_000 });
  expect(listed.map(({ id, state }) => ({ id, state }))).toEqual(
    model.map(({ id, state }) => ({ id, state })),
  );
}

async function settleBoth(
  journal: Journal,
  model: readonly ModelEntry[],
  { token, ids: claimed }: { token: Token; ids: EntryId[] },
  steps: readonly string[],
  now: number,
): Promise<void> {
  for (const [index, id] of claimed.entries()) {
    const name = steps[index] ?? 'complete';
    if (name === 'leave') continue;
    const runAtMs = name === 'retry-later' ? now + 40 : now;
    const settlement =
      name === 'complete'
        ? ({ id, step: 'complete' } as const)
        : name === 'bury'
          ? ({ id, step: 'bury', reason: 'poisoned' } as const)
          : ({ id, step: 'retry', runAtMs, error: 'busy' } as const);
    const entry = model.find((one) => one.id === id);
    const holds = entry?.token === token && (entry.state === 'leased' || entry.state === 'ready');
    expect(await journal.settle(token, [settlement])).toEqual({ stale: holds ? [] : [id] });
    if (!holds || entry === undefined) continue;
    if (settlement.step === 'retry') Object.assign(entry, { state: 'ready', at: runAtMs, token: undefined });
    else entry.state = settlement.step === 'complete' ? 'done' : 'dead';
  }
}

/** Random histories against the plain model, and many callers at once. */
export function modelCases(use: UseHarness): void {
  test('claims and settles as the contract says, whatever the history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), (actions) => playAgainstModel(use, actions)),
      { numRuns: 60 },
    );
  });

  test('loses nothing, does nothing twice and keeps the order of each key with many callers and failures', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(99), { minLength: 50, maxLength: 50 }), async (chances) => {
        const { journal, nowMs } = use();
        const queue = `queue-${(await journal.stats()).length}`;
        const done: { key: string; payload: string }[] = [];
        const appends = chances.map((chance, index) =>
          journal.append([
            newEntry(`key ${chance % 5}`, { queue, payload: String(index), dedupe: String(index) }),
          ]),
        );
        let turn = 0;
        const work = async () => {
          while (done.length < chances.length) {
            const { token, entries } = await journal.claim({ ...QUEUE, queue, limit: 4, leaseMs: 60_000 });
            const failedKeys = new Set<string>();
            const settlements = entries.map(({ id, key: entryKey, payload }) => {
              const fails = failedKeys.has(entryKey) || (chances[turn++ % chances.length] ?? 0) < 30;
              if (fails) {
                failedKeys.add(entryKey);
                return { id, step: 'retry', runAtMs: nowMs(), error: 'by chance' } as const;
              }
              done.push({ key: entryKey, payload });
              return { id, step: 'complete' } as const;
            });
            expect(await journal.settle(token, settlements)).toEqual({ stale: [] });
            turn += 1;
          }
        };
        await Promise.all([...appends, work(), work(), work()]);
        expect(new Set(done.map((one) => one.payload)).size).toBe(chances.length);
        expect(done).toHaveLength(chances.length);
        const inOrder = await journal.list({ ...QUEUE, queue, limit: 100 });
        for (const name of new Set(done.map((one) => one.key))) {
          const expected = inOrder.filter((one) => one.key === name).map((one) => one.dedupe);
          expect(done.filter((one) => one.key === name).map((one) => one.payload)).toEqual(expected);
        }
      }),
      { numRuns: 8 },
    );
  });
}
