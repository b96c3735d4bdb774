import { expect, test } from 'vitest';
import { createGroupCommit, type Outcome } from './group-commit.ts';

/** A commit that answers each command with itself, group by group, when told to. */
function createManualCommit() {
  const groups: number[][] = [];
  const ends: PromiseWithResolvers<readonly Outcome<never>[]>[] = [];
  const group = createGroupCommit<number>((commands) => {
    groups.push(commands);
    const end = Promise.withResolvers<readonly Outcome<never>[]>();
    ends.push(end);
    return end.promise;
  });
  const finish = (outcomes: readonly Outcome<never>[]) => ends.shift()?.resolve(outcomes);
  return { group, groups, finish, fail: (error: Error) => ends.shift()?.reject(error) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const full = { ok: false, failure: { code: 'journal-full', message: 'No room.' } } as const;

test('hands over the calls of one turn together, without waiting for those before', async () => {
  const { group, groups, finish } = createManualCommit();
  const calls = [group.submit(1), group.submit(2)];
  await turn();
  calls.push(group.submit(3), group.submit(4));
  await turn();
  expect(groups).toEqual([
    [1, 2],
    [3, 4],
  ]);
  finish([full, full]);
  finish([full, full]);
  expect((await Promise.allSettled(calls)).map((call) => call.status)).toEqual(Array(4).fill('rejected'));
});

test('rejects with the words of the failure', async () => {
  const { group, finish } = createManualCommit();
  const call = expect(group.submit(1)).rejects.toMatchObject({ code: 'journal-full', message: 'No room.' });
  await turn();
  finish([full]);
  await call;
});

test('rejects a whole group whose commit broke, and goes on with the next', async () => {
  const { group, groups, fail, finish } = createManualCommit();
  const broken = Promise.allSettled([group.submit(1), group.submit(2)]);
  await turn();
  fail(new Error('The thread is gone.'));
  expect((await broken).map((call) => call.status)).toEqual(['rejected', 'rejected']);
  const next = Promise.allSettled([group.submit(3)]);
  await turn();
  finish([full]);
  await next;
  expect(groups).toEqual([[1, 2], [3]]);
});

test('splits what is too heavy for one transaction, and takes a single heavy call as it is', async () => {
  const { group, groups, finish } = createManualCommit();
  const calls = Promise.allSettled([9e6, 5e6, 2e6, 2e6].map((weight, index) => group.submit(index, weight)));
  for (const outcomes of [[full], [full, full], [full]]) {
    await turn();
    finish(outcomes);
  }
  await calls;
  expect(groups).toEqual([[0], [1, 2], [3]]);
});

test('refuses calls beyond what may wait, and is idle when all are answered', async () => {
  const { group, groups, finish } = createManualCommit();
  const waiting = Promise.allSettled(Array.from({ length: 20_000 }, (_, index) => group.submit(index)));
  await expect(group.submit(0)).rejects.toMatchObject({ code: 'journal-busy', retry: 'later' });
  const idle = group.idle();
  await turn();
  for (const size of groups.map((one) => one.length)) finish(Array(size).fill(full));
  await idle;
  expect(await waiting).toHaveLength(20_000);
});
