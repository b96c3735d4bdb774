import { expect, test } from 'vitest';
import { OdooError } from './errors.ts';
import { createKeyWatch, readKeyEnd } from './key-watch.ts';
import type { Json } from './odoo.ts';

const KEY = 'fef5ae84c93789c86b617928c56d6db004c229af';
const NOW_MS = Date.parse('2026-11-22T00:00:00Z');
const away = new OdooError({ kind: 'unavailable', outcome: 'unknown', message: 'Down.' });

/** Watches through these answers; each sleep is noted, and the one after the last answer lasts. */
async function watched(answers: (Json | Error)[], { key = KEY, mayRenew = false, disk = true } = {}) {
  const asked: [string, Json][] = [];
  const sleeps: number[] = [];
  const warned: [string, unknown][] = [];
  const renewed: string[] = [];
  const used = { key };
  const { promise: allSeen, resolve } = Promise.withResolvers<void>();
  const watch = createKeyWatch({
    password: {
      now: () => used.key,
      replace: async (newKey) => {
        if (!disk) throw new Error('the disk is full');
        used.key = newKey;
      },
    },
    odoo: {
      procedure: async (name, payload) => {
        asked.push([name, payload]);
        const answer = answers.shift() ?? null;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    mayRenew: () => mayRenew,
    onRenewed: (end) => renewed.push(end.toISOString()),
    onNearEnd: (end, why) => warned.push([end.toISOString(), why instanceof Error ? why.message : why]),
    clock: {
      nowMs: () => NOW_MS,
      sleep: async (ms, signal) => {
        sleeps.push(ms);
        if (answers.length > 0) return;
        resolve();
        await new Promise((_, reject) => signal?.addEventListener('abort', reject, { once: true }));
      },
    },
  });
  watch.start();
  if (key === KEY) await allSeen;
  await watch.stop();
  return { asked, sleeps, warned, renewed, key: used.key, nearEnd: watch.nearEnd() };
}

const END = 'viaduct_base.key_end';
const RENEW = 'viaduct_base.renew_key';
const near = { ends: '2026-12-05T23:59:59Z' };
const fresh = { key: '0c5ae84c93789c86b617928c56d6db004c229a00', ends: '2027-02-20T00:00:00Z' };

test('a key that ends within 14 days is renewed, and the new one is asked for next', async () => {
  const seen = await watched([near, fresh, { ends: fresh.ends }], { mayRenew: true });
  expect(seen.asked).toEqual([
    [END, { index: 'fef5ae84' }],
    [RENEW, { index: 'fef5ae84' }],
    [END, { index: '0c5ae84c' }],
  ]);
  expect(seen).toMatchObject({ renewed: ['2027-02-20T00:00:00.000Z'], warned: [], nearEnd: null });
  expect(seen.key).toBe(fresh.key);
});

test('a key of a held database is only told of, at every look', async () => {
  const seen = await watched([near, near]);
  expect(seen.warned).toEqual([
    ['2026-12-05T23:59:59.000Z', null],
    ['2026-12-05T23:59:59.000Z', null],
  ]);
  expect(seen.nearEnd).toEqual(new Date('2026-12-05T23:59:59Z'));
  expect(seen.asked.map(([name]) => name)).toEqual([END, END]);
});

test.each([
  ['Odoo is away', [near, away], {}, 'Down.'],
  ['the answer is another', [near, { key: 'x' }], {}, /something else than a key and its end/],
  ['it cannot be kept on disk', [near, fresh], { disk: false }, 'the disk is full'],
])('the old key stays, and it is told, when %s', async (_, answers, given, why) => {
  const seen = await watched(answers, { mayRenew: true, ...given });
  expect(seen.warned).toEqual([['2026-12-05T23:59:59.000Z', expect.stringMatching(why)]]);
  expect(seen.key).toBe(KEY);
});

test.each([[{ ends: '2026-12-06T00:00:00Z' }], [{ ends: null }]])(
  'the answer %j is no reason to warn',
  async (answer) => {
    expect(await watched([answer], { mayRenew: true })).toMatchObject({ warned: [], nearEnd: null });
  },
);

test('an Odoo that is away is asked again soon', async () => {
  const seen = await watched([away, { ends: null }]);
  expect(seen.sleeps).toEqual([60_000, 21_600_000]);
});

test('of a password nothing is ever sent', async () => {
  expect((await watched([], { key: 'a password of 40 characters, but no key!' })).asked).toEqual([]);
  const never = { procedure: () => Promise.reject(new Error('asked')) };
  expect(await readKeyEnd(never, 'admin')).toBeNull();
});
