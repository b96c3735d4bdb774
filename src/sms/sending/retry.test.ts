import { describe, expect, test } from 'vitest';
import { retryAfterMissing, retryAfterNotAccepted } from './retry.ts';

const middle = () => 0.5;

describe('retryAfterNotAccepted', () => {
  test.each([
    [1, 1_000],
    [2, 5_000],
    [3, 15_000],
    [4, 60_000],
    [5, 300_000],
    [6, 900_000],
    [7, 1_800_000],
    [48, 1_800_000],
  ])('after %i tries waits %i ms', (tries, delayMs) => {
    expect(retryAfterNotAccepted({ tries, retryAfterMs: null, random: middle })).toBe(delayMs);
  });

  test.each([
    [0, 800],
    [0.999_999, 1_200],
  ])('strays by a fifth (%d)', (chance, delayMs) => {
    expect(retryAfterNotAccepted({ tries: 1, retryAfterMs: null, random: () => chance })).toBe(delayMs);
  });

  test.each([
    ['waits as long as the provider asks', 90_000, 90_000],
    ['waits its own time when the provider asks for less', 10, 1_000],
    ['waits its own time when the provider asks for nonsense', -5, 1_000],
    ['waits an hour when the provider asks for a year', 31_536_000_000, 3_600_000],
  ])('%s', (_what, retryAfterMs, delayMs) => {
    expect(retryAfterNotAccepted({ tries: 1, retryAfterMs, random: middle })).toBe(delayMs);
  });
});

describe('retryAfterMissing', () => {
  test.each([
    [0, 500],
    [499, 500],
    [60_000, 60_000],
    [86_400_000, 3_600_000],
  ])('at an age of %i ms waits %i ms', (ageMs, delayMs) => {
    expect(retryAfterMissing(ageMs)).toBe(delayMs);
  });

  test('looks a few dozen times in the first day', () => {
    let ageMs = 0;
    let looks = 0;
    for (; ageMs < 86_400_000; looks += 1) ageMs += retryAfterMissing(ageMs);
    expect(looks).toBeGreaterThan(20);
    expect(looks).toBeLessThan(50);
  });
});
