import { describe, expect, test } from 'vitest';
import { DATABASE, IDENTITY, sampleAccount, smsUuid } from '../../../fixtures/sms-samples.ts';
import { createPickUp, LONGEST_PAUSE_MS, LOOK_MS, type PickUpOptions, pauseAfter } from './pick-up.ts';
import type { Unreached } from './pick-up-records.ts';

type Page = Partial<Unreached> | Error;

const sms = (...numbers: number[]) =>
  numbers.map((n) => ({ uuid: smsUuid(n), number: `+45203001${n + 10}` }));
const keyOf = (n: number) => `${smsUuid(n)}:45203001${n + 10}`;
const uuids = (...numbers: number[]) => numbers.map(smsUuid);

/** Looks as often as there are pages, before an Odoo that queues all it is told; each sleep is noted. */
async function watched(
  pages: Page[],
  { known = [], ...options }: Partial<PickUpOptions> & { known?: string[] } = {},
) {
  const asked: unknown[] = [];
  const queued: (readonly string[])[] = [];
  const sleeps: number[] = [];
  const told: [string, object][] = [];
  const counts: number[] = [];
  const { promise: allSeen, resolve } = Promise.withResolvers<void>();
  const pickUp = createPickUp({
    records: {
      unreached: async (request) => {
        asked.push(request);
        const page = pages.shift() ?? {};
        if (page instanceof Error) throw page;
        return { identity: IDENTITY, held: false, sms: [], next: null, ...page };
      },
      queueAgain: async ({ uuids }) => {
        queued.push(uuids);
        return { identity: IDENTITY, held: false, queued: [...uuids] };
      },
    },
    journal: { known: async ({ dedupes }) => dedupes.filter((dedupe) => known.includes(dedupe)) },
    accounts: { all: () => [sampleAccount()] },
    database: DATABASE,
    hours: 24,
    isOpen: () => true,
    isOutage: () => false,
    admits: () => true,
    clock: {
      nowMs: () => 0,
      sleep: async (ms, signal) => {
        sleeps.push(ms);
        if (pages.length > 0) return;
        resolve();
        await new Promise((_, reject) => signal?.addEventListener('abort', reject, { once: true }));
      },
    },
    log: {
      info: (fields: object, words: string) => void told.push([words, fields]),
      warn: (fields: object, words: string) => void told.push([words, fields]),
    },
    onQueued: (count) => void counts.push(count),
    ...options,
  });
  pickUp.start();
  if (options.hours !== 0) await allSeen;
  await pickUp.stop();
  return { asked, queued, sleeps, told: told.map(([words]) => words), counts };
}

describe('SMS that did not reach Viaduct', () => {
  test('are put back into Odoo’s queue, in two calls', async () => {
    const seen = await watched([{ sms: sms(1, 2) }]);
    expect(seen.asked).toEqual([{ database: DATABASE, hours: 24, after: 0, limit: 500 }]);
    expect(seen.queued).toEqual([uuids(1, 2)]);
    expect(seen.counts).toEqual([2]);
    expect(seen.sleeps).toEqual([LOOK_MS]);
  });

  test('are left alone when the journal knows them', async () => {
    const seen = await watched([{ sms: sms(1, 2, 3) }], { known: [keyOf(1), keyOf(3)] });
    expect(seen.queued).toEqual([uuids(2)]);
  });

  test('are found behind whole pages of those that it knows', async () => {
    const seen = await watched([{ sms: sms(1), next: 77 }, { sms: sms(2) }], { known: [keyOf(1)] });
    expect(seen.asked).toMatchObject([{ after: 0 }, { after: 77 }]);
    expect(seen.queued).toEqual([uuids(2)]);
  });

  test('of a number that cannot be read go back too, for Odoo to say so', async () => {
    expect((await watched([{ sms: [{ uuid: smsUuid(1), number: 'x' }] }])).queued).toEqual([uuids(1)]);
  });

  test('cost one call every five minutes while there are none', async () => {
    const seen = await watched([{}, {}, {}]);
    expect(seen).toMatchObject({ queued: [], told: [], counts: [] });
    expect(seen.asked).toHaveLength(3);
    expect(seen.sleeps).toEqual([LOOK_MS, LOOK_MS, LOOK_MS]);
  });

  test('are not looked for where it is switched off', async () => {
    expect((await watched([{ sms: sms(1) }], { hours: 0 })).asked).toEqual([]);
  });
});

describe('nothing is touched', () => {
  test('while the database is closed', async () => {
    let looks = 0;
    const isOpen = () => {
      looks += 1;
      return looks > 1;
    };
    const seen = await watched([{ sms: sms(1) }], { isOpen });
    expect(seen.sleeps).toEqual([5_000, LOOK_MS]);
    expect(seen.queued).toEqual([uuids(1)]);
  });

  test.each([
    ['is another', { held: true }, {}],
    ['is not what was confirmed', {}, { admits: () => false }],
  ])('in a database that %s', async (_what, page, options) => {
    expect(await watched([{ sms: sms(1), ...page }], options)).toMatchObject({ queued: [], sleeps: [5_000] });
  });
});

describe('an Odoo that', () => {
  test('is away is asked again soon, without a word', async () => {
    const seen = await watched([new Error('away'), { sms: sms(1) }], { isOutage: () => true });
    expect(seen).toMatchObject({ sleeps: [5_000, LOOK_MS], queued: [uuids(1)] });
    expect(seen.told).toHaveLength(1);
  });

  test('refuses is asked again at the next look, and that is said', async () => {
    const seen = await watched([new Error('no such procedure')]);
    expect(seen.sleeps).toEqual([LOOK_MS]);
    expect(seen.told).toEqual([expect.stringContaining('could not be looked for')]);
  });

  test('cannot reach Viaduct is told so, and looked at ever more seldom', async () => {
    const same = { sms: sms(1) };
    const seen = await watched([same, same, same, {}, same]);
    expect(seen.sleeps).toEqual([LOOK_MS, 2 * LOOK_MS, 4 * LOOK_MS, LOOK_MS, LOOK_MS]);
    expect(seen.told).toEqual([
      expect.stringContaining('are in the queue of Odoo again'),
      expect.stringContaining('Odoo does not reach Viaduct'),
      expect.stringContaining('Odoo does not reach Viaduct'),
      expect.stringContaining('are in the queue of Odoo again'),
    ]);
  });
});

describe('the next look', () => {
  const many = Array.from({ length: 500 }, (_, n) => smsUuid(n));
  test.each([
    ['comes soon when Odoo took only some of them', { asked: uuids(1, 2), queued: uuids(1) }, 15_000],
    ['comes soon when there may be more', { asked: many, queued: many }, 15_000],
    ['does not hurry when Odoo took none', { asked: uuids(1, 2), queued: [] }, LOOK_MS],
    ['does not hurry when all are done', { asked: uuids(1), queued: uuids(1) }, LOOK_MS],
  ])('%s', (_what, look, pauseMs) => {
    expect(pauseAfter(look, new Set(uuids(999)), LOOK_MS)).toEqual({ pauseMs, failedAgain: false });
  });

  test('is never more than an hour away', () => {
    const look = { asked: uuids(1), queued: uuids(1) };
    const next = pauseAfter(look, new Set(uuids(1)), LONGEST_PAUSE_MS);
    expect(next).toEqual({ pauseMs: LONGEST_PAUSE_MS, failedAgain: true });
  });
});
