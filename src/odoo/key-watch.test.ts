import { expect, test } from 'vitest';
import { OdooError } from './errors.ts';
import { createKeyWatch, readKeyEnd } from './key-watch.ts';
import type { Json } from './odoo.ts';

const KEY = 'fef5ae84c93789c86b617928c56d6db004c229af';
const NOW_MS = Date.parse('2026-11-22T00:00:00Z');
const away = new OdooError({ kind: 'unavailable', outcome: 'unknown', message: 'Down.' });

/** Watches through these answers; each sleep is noted, and the one after the last answer lasts. */
async function watched(answers: (Json | Error)[], password = KEY) {
  const asked: Json[] = [];
  const sleeps: number[] = [];
  const warned: string[] = [];
  const { promise: allSeen, resolve } = Promise.withResolvers<void>();
  const watch = createKeyWatch({
    password,
    odoo: {
      procedure: async (_name, payload) => {
        asked.push(payload);
        const answer = answers.shift() ?? null;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    onNearEnd: (end) => warned.push(end.toISOString()),
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
  if (password === KEY) await allSeen;
  await watch.stop();
  return { asked, sleeps, warned, nearEnd: watch.nearEnd() };
}

test('a key that ends within 14 days is told at every look', async () => {
  const near = { ends: '2026-12-05T23:59:59Z' };
  const seen = await watched([near, near]);
  expect(seen.warned).toEqual(['2026-12-05T23:59:59.000Z', '2026-12-05T23:59:59.000Z']);
  expect(seen.nearEnd).toEqual(new Date('2026-12-05T23:59:59Z'));
  expect(seen.asked).toEqual([{ index: 'fef5ae84' }, { index: 'fef5ae84' }]);
});

test.each([[{ ends: '2026-12-06T00:00:00Z' }], [{ ends: null }]])(
  'the answer %j is no reason to warn',
  async (answer) => {
    expect(await watched([answer])).toMatchObject({ warned: [], nearEnd: null });
  },
);

test('an Odoo that is away is asked again soon', async () => {
  const seen = await watched([away, { ends: null }]);
  expect(seen.sleeps).toEqual([60_000, 21_600_000]);
});

test('of a password nothing is ever sent', async () => {
  expect((await watched([], 'a password of 40 characters, but no key!')).asked).toEqual([]);
  const never = { procedure: () => Promise.reject(new Error('asked')) };
  expect(await readKeyEnd(never, 'admin')).toBeNull();
});
