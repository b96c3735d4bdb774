import { describe, expect, test } from 'vitest';
import { alertOf, type CreditRow, isDue } from './decisions.ts';

const HOUR = 3_600;

function row(overrides: Partial<CreditRow>): CreditRow {
  return {
    minimum: 100,
    intervalSeconds: HOUR,
    watchAskedAt: '2026-03-01T12:00:00.5Z',
    testAskedAt: null,
    lastSuccessAt: null,
    mustRecheck: false,
    isLow: false,
    ...overrides,
  };
}

describe('isDue', () => {
  test.each([
    ['never checked', {}, true],
    ['checked an interval ago', { lastSuccessAt: '2026-03-01T11:00:00Z' }, true],
    ['checked an interval ago but for a moment', { lastSuccessAt: '2026-03-01T11:00:59.000001Z' }, true],
    ['checked two minutes less than an interval ago', { lastSuccessAt: '2026-03-01T11:02:00Z' }, false],
    ['checked just now', { lastSuccessAt: '2026-03-01T12:00:00Z' }, false],
    [
      'checked just now with another minimum',
      { lastSuccessAt: '2026-03-01T12:00:00Z', mustRecheck: true },
      true,
    ],
    [
      'of one minute, checked half a minute ago',
      { intervalSeconds: 60, lastSuccessAt: '2026-03-01T11:59:30.5Z' },
      true,
    ],
    [
      'of one minute, checked a moment ago',
      { intervalSeconds: 60, lastSuccessAt: '2026-03-01T11:59:31Z' },
      false,
    ],
    ['that nothing asked for', { watchAskedAt: null }, false],
    ['that is not watched', { minimum: null }, false],
  ])('an account %s: %o is %s', (_what, overrides, expected) => {
    expect(isDue(row(overrides))).toBe(expected);
  });
});

describe('alertOf', () => {
  test.each([
    [99.99, false, 'low'],
    [100, false, null],
    [99.99, true, null],
    [0, true, null],
    [100, true, 'recovered'],
    [-5, false, 'low'],
  ])('a balance of %d with a minimum of 100, alerted before: %s, is %s', (balance, isLow, expected) => {
    expect(alertOf(row({ isLow }), balance)).toBe(expected);
  });

  test('is silent where nobody watches', () => {
    expect(alertOf(row({ minimum: null, isLow: true }), 0)).toBeNull();
  });
});
