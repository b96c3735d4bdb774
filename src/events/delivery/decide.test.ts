import { describe, expect, test } from 'vitest';
import type { ErrorClass } from './attempt.ts';
import { classOfStatus } from './attempt.ts';
import { askedForMs, decideAfterAttempt } from './decide.ts';

const SCHEDULE = [0, 2_000, 4_000, 60_000];

type Case = {
  status?: number | null;
  errorClass?: ErrorClass | null;
  retryAfterMs?: number | null;
  attempts?: number;
  random?: number;
};

function decide({ status = null, errorClass, retryAfterMs = null, attempts = 1, random = 0.5 }: Case) {
  const found = errorClass === undefined ? classOfStatus(status ?? 0) : errorClass;
  const result = { status, errorClass: found, words: 'It failed.', retryAfterMs };
  return decideAfterAttempt({ result, attempts, schedule: SCHEDULE, random: () => random });
}

describe('after an attempt', () => {
  test.each([200, 201, 202, 204, 226, 299])('the status %i has delivered it', (status) => {
    expect(decide({ status })).toEqual({ step: 'delivered' });
  });

  test.each([301, 302, 304, 307, 308, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504, 599])(
    'the status %i is tried again by the schedule',
    (status) => {
      expect(decide({ status })).toEqual({ step: 'retry', delayMs: 2_000 });
    },
  );

  test.each(['timeout', 'dns', 'connect', 'tls', 'reset', 'refused-address', 'unusable'] as const)(
    '%s is tried again by the schedule',
    (errorClass) => {
      expect(decide({ errorClass, attempts: 3 })).toEqual({ step: 'retry', delayMs: 60_000 });
    },
  );

  test('a receiver that is gone stops the subscription, however often it was tried', () => {
    expect(decide({ status: 410, attempts: 4 })).toEqual({ step: 'stop' });
  });

  test('what is too large is dead at once: it never gets smaller', () => {
    expect(decide({ errorClass: 'too-large' })).toEqual({ step: 'dead', words: 'It failed.' });
  });

  test('a spent schedule makes it dead, with the reason', () => {
    expect(decide({ status: 500, attempts: 4 })).toEqual({
      step: 'dead',
      words: 'Gave up after 4 attempts: It failed.',
    });
  });

  test.each([
    ['a wait longer than the schedule is kept', 429, 30_000, 30_000],
    ['a shorter one is drawn out to the schedule', 429, 500, 2_000],
    ['an hour is the longest', 503, 86_400_000, 3_600_000],
    ['a negative one counts as none', 503, -5_000, 2_000],
    ['none leaves it to the schedule', 429, null, 2_000],
    ['that of another status is not heeded', 500, 30_000, 2_000],
    ['that of a redirection is not heeded', 301, 30_000, 2_000],
  ])('asked to come later: %s', (_what, status, retryAfterMs, delayMs) => {
    expect(decide({ status, retryAfterMs })).toEqual({ step: 'retry', delayMs });
  });

  test('jitter never brings an attempt before the time that was asked for', () => {
    expect(decide({ status: 429, retryAfterMs: 2_000, random: 0 })).toEqual({
      step: 'retry',
      delayMs: 2_000,
    });
    expect(askedForMs({ status: 429, retryAfterMs: 2_000 })).toBe(2_000);
  });
});
