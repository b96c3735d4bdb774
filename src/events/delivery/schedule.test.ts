import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_SCHEDULE, DEFAULT_SCHEDULE_TEXT, nextDelayMs, parseSchedule } from './schedule.ts';

describe('a schedule', () => {
  test('tries at once, after 2 s, after 4 s, and then on for about three days', () => {
    expect(DEFAULT_SCHEDULE.slice(0, 3)).toEqual([0, 2_000, 4_000]);
    const hours = DEFAULT_SCHEDULE.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
    expect(Math.round(hours)).toBe(76);
    expect(DEFAULT_SCHEDULE).toHaveLength(12);
  });

  test.each([
    ['', DEFAULT_SCHEDULE],
    ['  ', DEFAULT_SCHEDULE],
    [DEFAULT_SCHEDULE_TEXT, DEFAULT_SCHEDULE],
    ['0', [0]],
    ['0,1,1.5', [0, 1_000, 1_500]],
    [' 5 , 10 ', [5_000, 10_000]],
    ['0, 604800', [0, 604_800_000]],
  ])('is read from "%s"', (text, expected) => {
    expect(parseSchedule(text)).toEqual(expected);
  });

  test.each([
    ['0, soon', '"soon" is no number of seconds'],
    ['0,,2', '"" is no number of seconds'],
    ['0; 2; 4', '"0; 2; 4" is no number of seconds'],
    ['0, -2', '"-2" is no number of seconds'],
    ['0, 1e9', '"1e9" is no number of seconds'],
    ['0, 604801', '604801 is longer than a week (604800)'],
    [Array(31).fill('1').join(','), 'it has 31 attempts, 30 are allowed'],
  ])('says what is wrong in "%s"', (text, problem) => {
    expect(() => parseSchedule(text)).toThrow(`The schedule cannot be used: ${problem}.`);
  });

  test('ends after its last attempt', () => {
    expect(nextDelayMs([0, 2_000], 1, () => 0.5)).toBe(2_000);
    expect(nextDelayMs([0, 2_000], 2, () => 0.5)).toBeNull();
  });

  test('is shortened or lengthened by chance, 20 % at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 11 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (made, chance) => {
          const waitMs = DEFAULT_SCHEDULE[made] ?? 0;
          const delayMs = nextDelayMs(DEFAULT_SCHEDULE, made, () => chance);
          expect(delayMs).toBeGreaterThanOrEqual(Math.floor(waitMs * 0.8));
          expect(delayMs).toBeLessThanOrEqual(Math.ceil(waitMs * 1.2));
        },
      ),
    );
  });
});
