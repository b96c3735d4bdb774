import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SCHEDULE_MS, retryDelayMs, slowestDelayMs } from './retry-schedule.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const schedule = fc.array(fc.integer({ min: 1, max: 86_400_000 }), { minLength: 1, maxLength: 12 });

test('waits within a fifth of the step of its attempt', () => {
  fc.assert(
    fc.property(schedule, fc.nat(11), chance, (scheduleMs, index, value) => {
      const attempt = (index % scheduleMs.length) + 1;
      const delayMs = retryDelayMs({ attempt, scheduleMs, random: () => value });
      const stepMs = scheduleMs[attempt - 1] ?? 0;
      expect(delayMs).toBeGreaterThanOrEqual(Math.floor(stepMs * 0.8));
      expect(delayMs).toBeLessThanOrEqual(Math.ceil(stepMs * 1.2));
    }),
  );
});

test('uses the whole width of the jitter', () => {
  const scheduleMs = [10_000];
  const delays = [0, 0.5, 0.999_999].map((value) =>
    retryDelayMs({ attempt: 1, scheduleMs, random: () => value }),
  );
  expect(delays).toEqual([8_000, 10_000, 12_000]);
});

test('is spent after its last step', () => {
  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 100 }), (scheduleMs, beyond) => {
      const attempt = scheduleMs.length + beyond;
      expect(retryDelayMs({ attempt, scheduleMs, random: () => 0.5 })).toBeNull();
    }),
  );
});

test('spreads its default over more than three days', () => {
  const total = DEFAULT_SCHEDULE_MS.reduce((sum, ms) => sum + ms, 0);
  expect(total).toBe((75 * 60 + 35) * 60_000 + 6_000);
});

test('waits for a change of the configuration by the last step', () => {
  expect(slowestDelayMs([1, 2, 1_000], () => 0.5)).toBe(1_000);
  expect(slowestDelayMs([], () => 0.5)).toBe(3_600_000);
});
