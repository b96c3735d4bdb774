import { expect, test } from 'vitest';
import { type RetryVerdict, ViaductError } from '../errors.ts';
import { decideAfterFailure, outageDelayMs, planBatch } from './decisions.ts';

const failure = (retry: RetryVerdict) => new ViaductError({ code: 'test', message: 'Odoo is down.', retry });
const retry = (delayMs: number, uncounted = false) => ({
  step: 'retry',
  delayMs,
  error: 'Odoo is down.',
  uncounted,
});

test.each([
  ['a passing error', failure('later'), 1, retry(1_000)],
  ['a passing error again', failure('later'), 2, retry(60_000)],
  [
    'the last attempt',
    failure('later'),
    3,
    { step: 'bury', reason: 'Gave up after 3 attempts: Odoo is down.' },
  ],
  ['an unknown error', new TypeError('Odoo is down.'), 1, retry(1_000)],
  ['a refusal', failure('alone'), 1, retry(1_000)],
  ['a final error', failure('never'), 1, { step: 'bury', reason: 'Odoo is down.' }],
  ['a wrong configuration', failure('after-config'), 1, retry(60_000, true)],
  ['a wrong configuration after many attempts', failure('after-config'), 99, retry(60_000, true)],
])('decides after %s', (_name, error, attempts, expected) => {
  const decided = decideAfterFailure({
    error,
    attempts,
    maxAttempts: 3,
    scheduleMs: [1_000, 60_000],
    random: () => 0.5,
  });
  expect(decided).toEqual(expected);
});

test('gives up when the schedule is shorter than the attempts allowed', () => {
  const decided = decideAfterFailure({
    error: failure('later'),
    attempts: 2,
    maxAttempts: 10,
    scheduleMs: [1_000],
    random: () => 0.5,
  });
  expect(decided).toMatchObject({ step: 'bury' });
});

test.each([
  ['together', [1, 3, 2], { batches: [[0, 1, 2]], givenBack: [], buried: undefined }],
  ['alone after a claim too many', [1, 4, 1], { batches: [[1]], givenBack: [0, 2], buried: undefined }],
  ['alone ten times', [1, 13, 13], { batches: [[1]], givenBack: [0, 2], buried: undefined }],
  ['no more after that', [1, 14, 13], { batches: [], givenBack: [0, 2], buried: 1 }],
])('plans a batch to be handled %s', (_name, attempts, plan) => {
  expect(planned(attempts, 3)).toEqual(plan);
});

test('plans nothing before an earlier entry of its key', () => {
  expect(planned([1, 4, 1], 3, ['a', 'a', 'b'])).toMatchObject({ batches: [[0]], givenBack: [1, 2] });
});

test.each([
  [
    'halves',
    [4, 4, 4, 4],
    [
      [0, 1],
      [2, 3],
    ],
  ],
  ['ones in the end', [9, 9, 9, 9], [[0], [1], [2], [3]]],
  ['pieces only where claims came to nothing', [9, 1, 1, 9, 1], [[0], [1, 2], [3], [4]]],
])('makes %s of a batch that was claimed again and again', (_name, attempts, batches) => {
  expect(planned(attempts, 20)).toEqual({ batches, givenBack: [], buried: undefined });
});

/** The plan for entries that were claimed so often, by their places; each of a key of its own unless `keys` say otherwise. */
function planned(attempts: readonly number[], maxAttempts: number, keys: readonly string[] = []) {
  const entries = attempts.map((count, index) => entry(index, count, keys[index] ?? String(index)));
  const { batches, giveBack, bury } = planBatch(entries, maxAttempts);
  const placeOf = (one: (typeof entries)[number]) => entries.indexOf(one);
  return {
    batches: batches.map((batch) => batch.map(placeOf)),
    givenBack: giveBack.map(placeOf),
    buried: bury === undefined ? undefined : placeOf(bury),
  };
}

function entry(index: number, attempts: number, key: string) {
  return { ...JSON.parse(`{"id": ${index}}`), attempts, key };
}

test.each([
  ['a second at first', { ageMs: 20, isOpen: true }, 1_000],
  ['as long again as it has waited', { ageMs: 8_000, isOpen: true }, 8_000],
  ['a minute at most', { ageMs: 3_600_000, isOpen: true }, 60_000],
  ['a second behind a shut gate', { ageMs: 3_600_000, isOpen: false }, 1_000],
])('waits after an outage: %s', (_name, outage, delayMs) => {
  expect(outageDelayMs(outage)).toBe(delayMs);
});
