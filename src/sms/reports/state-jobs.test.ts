import { array, assert, asyncProperty, constantFrom, shuffledSubarray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATABASE, IDENTITY, sampleEntry, smsUuid } from '../../../fixtures/sms-samples.ts';
import type { Entry } from '../../journal/index.ts';
import type { Applied, StateUpdate } from '../records.ts';
import type { StateJob } from '../schema.ts';
import { createStateHandler, type StateJobsOptions } from './state-jobs.ts';
import { GATEWAYAPI_STATUSES, meaningOf, movesForward, RANK } from './status.ts';
import { newTestReference } from './test-report.ts';

const NOW_MS = 10_000_000;
const MAX_AGE_MS = 3_600_000;

/** The handler before an Odoo that keeps each SMS's rank, forward only, as the procedure in Odoo does. */
function setup({
  applied = {},
  options = {},
}: {
  applied?: Partial<Applied>;
  options?: Partial<StateJobsOptions>;
} = {}) {
  const calls: { database: string; updates: readonly StateUpdate[] }[] = [];
  const outcomes: [string, number][] = [];
  const ranks = new Map<string, number>();
  const tested: string[] = [];
  const handle = createStateHandler({
    records: {
      apply: async (database, updates) => {
        calls.push({ database, updates });
        for (const { uuid, rank } of updates) {
          if (movesForward(ranks.get(uuid) ?? 0, rank)) ranks.set(uuid, rank);
        }
        return { identity: IDENTITY, held: false, missing: [], behind: 0, ...applied };
      },
      noteTestReport: async (reference) => void tested.push(reference),
    },
    admits: () => true,
    callLimit: 500,
    maxAgeMs: MAX_AGE_MS,
    clock: { nowMs: () => NOW_MS, sleep: async () => {} },
    onOutcome: (outcome, count) => void outcomes.push([outcome, count]),
    ...options,
  });
  return { handle, calls, outcomes, ranks, tested };
}

function entry(job: StateJob, appendedAtMs = NOW_MS): Entry {
  return sampleEntry(job, { appendedAtMs });
}

function report(n: number, status: string, more: { id?: number; error?: string } = {}): StateJob {
  return {
    kind: 'report',
    uuid: smsUuid(n),
    report: { id: 9000 + n, msisdn: 4510000000 + n, time: 1, status, ...more },
  };
}

const accepted = (n: number, messageId: number | null = 9000 + n): StateJob => ({
  kind: 'accepted',
  uuid: smsUuid(n),
  messageId,
});
const refused = (n: number, words = 'No.'): StateJob => ({
  kind: 'refused',
  uuid: smsUuid(n),
  failureType: 'sms_server',
  words,
});
const unknown = (n: number): StateJob => ({ kind: 'unknown', uuid: smsUuid(n), words: 'Reset.' });

describe('a batch of the state queue', () => {
  test('tells Odoo of the last test report in it, beside the SMS', async () => {
    const { handle, calls, tested } = setup();
    const references = [newTestReference(), newTestReference()];
    const tests = references.map((uuid) => entry({ ...report(1, 'DELIVERED'), uuid }));
    const settlements = await handle([...tests, entry(accepted(1))]);
    expect(tested).toEqual([references[1]]);
    expect(calls.map(({ updates }) => updates.map(({ uuid }) => uuid))).toEqual([[smsUuid(1)]]);
    expect(settlements.map(({ step }) => step)).toEqual(['complete', 'complete', 'complete']);
  });

  test('is one call into Odoo, however many SMS and steps it holds', async () => {
    const { handle, calls, outcomes } = setup();
    const numbers = Array.from({ length: 250 }, (_, n) => n);
    const entries = numbers.flatMap((n) => [entry(accepted(n)), entry(report(n, 'DELIVERED'))]);
    const settlements = await handle(entries);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.database).toBe(DATABASE);
    expect(calls[0]?.updates).toHaveLength(250);
    expect(settlements).toEqual(entries.map(({ id }) => ({ id, step: 'complete' })));
    expect(outcomes).toEqual([['applied', 250]]);
  });

  test('is cut into calls that Odoo can take, each SMS in one of them', async () => {
    const { handle, calls } = setup({ options: { callLimit: 100 } });
    const numbers = Array.from({ length: 250 }, (_, n) => n);
    await handle(numbers.flatMap((n) => [entry(accepted(n)), entry(report(n, 'DELIVERED'))]));
    expect(calls.map(({ updates }) => updates.length)).toEqual([100, 100, 50]);
    expect(new Set(calls.flatMap(({ updates }) => updates.map(({ uuid }) => uuid))).size).toBe(250);
  });

  test('makes no call when it is empty', async () => {
    const { handle, calls } = setup();
    expect(await handle([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('carries of each SMS only the furthest step, with its words and id', async () => {
    const { handle, calls } = setup();
    await handle([
      entry(report(1, 'ENROUTE')),
      entry(report(1, 'REJECTED', { error: 'Barred' })),
      entry(accepted(1, null)),
      entry(report(1, 'BUFFERED')),
    ]);
    expect(calls[0]?.updates).toMatchObject([
      {
        uuid: smsUuid(1),
        rank: RANK.ended,
        state: 'bounce',
        failureType: 'sms_rejected',
        words: 'REJECTED Barred',
        status: 'REJECTED',
        messageId: 9001,
      },
    ]);
  });

  test('keeps the id of the message although a later step does not know it', async () => {
    const { handle, calls } = setup();
    await handle([entry(unknown(1)), entry(accepted(1, 77)), entry(accepted(1, null))]);
    expect(calls[0]?.updates).toMatchObject([{ rank: RANK.accepted, messageId: 77 }]);
  });

  test('carries the newest of several refusals, and an unknown outcome after a refusal', async () => {
    const { handle, calls } = setup();
    await handle([entry(refused(1, 'First.')), entry(refused(1, 'Second.'))]);
    await handle([entry(refused(2)), entry(unknown(2))]);
    expect(calls[0]?.updates).toMatchObject([{ words: 'Second.' }]);
    expect(calls[1]?.updates).toMatchObject([{ rank: RANK.unknownOutcome }]);
  });
});

describe('an SMS that Odoo does not know', () => {
  test('is looked for again, uncounted, and waits as long again as it has waited', async () => {
    const { handle, outcomes } = setup({ applied: { missing: [smsUuid(2)] } });
    const [known, missing] = [entry(report(1, 'DELIVERED')), entry(report(2, 'DELIVERED'), NOW_MS - 4_000)];
    expect(await handle([known, missing])).toEqual([
      { id: known.id, step: 'complete' },
      {
        id: missing.id,
        step: 'retry',
        runAtMs: NOW_MS + 4_000,
        error: 'Odoo does not know this SMS yet.',
        uncounted: true,
      },
    ]);
    expect(outcomes).toEqual([['applied', 1]]);
  });

  test.each([
    ['not at once', 0, 500],
    ['at least once an hour', 30 * 3_600_000, 3_600_000],
  ])('is looked for %s', async (_what, ageMs, delayMs) => {
    const { handle } = setup({ applied: { missing: [smsUuid(1)] }, options: { maxAgeMs: 100 * 3_600_000 } });
    const [settlement] = await handle([entry(report(1, 'DELIVERED'), NOW_MS - ageMs)]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + delayMs });
  });

  test('is given up and counted in the end', async () => {
    const { handle, outcomes } = setup({ applied: { missing: [smsUuid(1)] } });
    const old = entry(report(1, 'DELIVERED'), NOW_MS - MAX_AGE_MS - 1);
    expect(await handle([old])).toEqual([{ id: old.id, step: 'complete' }]);
    expect(outcomes).toContainEqual(['unmatched', 1]);
  });
});

describe('a database that is held', () => {
  test.each([
    ['by Viaduct', { options: { admits: () => false } }],
    ['by the procedure in Odoo', { applied: { held: true } }],
  ])('%s keeps everything for later, uncounted, and applies nothing', async (_who, given) => {
    const { handle, outcomes } = setup(given);
    const entries = [entry(report(1, 'DELIVERED')), entry(accepted(2))];
    const settlements = await handle(entries);
    expect(settlements).toMatchObject(
      entries.map(({ id }) => ({ id, step: 'retry', runAtMs: NOW_MS + 5_000, uncounted: true })),
    );
    expect(outcomes).toEqual([]);
  });
});

test('whatever order, duplication and batches the steps of an SMS come in, Odoo ends with the furthest', async () => {
  const statuses = Object.keys(GATEWAYAPI_STATUSES);
  const steps = [accepted(1), unknown(1), ...statuses.map((status) => report(1, status))];
  const history = array(shuffledSubarray(steps, { minLength: 1 }), { minLength: 1, maxLength: 6 });
  const property = asyncProperty(history, constantFrom(1, 2, 5, 100), async (batches, size) => {
    const { handle, ranks } = setup();
    const seen: number[] = [];
    const all = batches.flat();
    for (let start = 0; start < all.length; start += size) {
      await handle(all.slice(start, start + size).map((job) => entry(job)));
      seen.push(ranks.get(smsUuid(1)) ?? 0);
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(Math.max(...all.map((job) => meaningOf(job).rank)));
  });
  await assert(property, { numRuns: 200 });
});
