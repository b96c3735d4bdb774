import { expect, test, vi } from 'vitest';
import { createFailureLog } from './failure-log.ts';

function harness() {
  const time = { nowMs: 0 };
  const log = { info: vi.fn(), warn: vi.fn() };
  const failures = createFailureLog({
    ...{ database: 'db', clock: { nowMs: () => time.nowMs }, log },
    words: { failing: 'it fails', again: 'it goes on' },
  });
  return { time, failures, warned: () => log.warn.mock.calls.map(([facts]) => facts), log };
}

test('an Odoo that is down for an hour is told once a minute, with the count', () => {
  const { time, failures, warned } = harness();
  for (time.nowMs = 0; time.nowMs < 3_600_000; time.nowMs += 1_000) failures.failed(new Error('away'));
  expect(warned()).toHaveLength(60);
  expect(warned().slice(0, 2)).toEqual([
    { database: 'db', error: 'away', failures: 1 },
    { database: 'db', error: 'away', failures: 61 },
  ]);
});

test('another reason and the end are told at once', () => {
  const { failures, warned, log } = harness();
  failures.succeeded();
  for (const words of ['away', 'away', 'wrong password']) failures.failed(new Error(words));
  failures.succeeded();
  failures.failed(new Error('away'));
  expect(warned().map(({ error, failures: count }) => [error, count])).toEqual([
    ['away', 1],
    ['wrong password', 3],
    ['away', 1],
  ]);
  expect(log.info.mock.calls).toEqual([[{ database: 'db', failures: 3 }, 'it goes on']]);
});
