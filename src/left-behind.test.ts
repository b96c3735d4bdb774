import { expect, test } from 'vitest';
import { createLeftBehind } from './left-behind.ts';

const lane = (database: string, counts: { ready?: number; leased?: number; dead?: number }) => ({
  ...{ database, queue: 'sms.send', ready: 0, leased: 0, dead: 0, oldestAppendedAtMs: null },
  ...counts,
});

function watch(served: string[] | null) {
  const logged: object[] = [];
  let ids = served;
  const leftBehind = createLeftBehind({
    servedIds: () => ids,
    log: { warn: (fields: object) => void logged.push(fields) },
  });
  const serve = (next: string[]) => {
    ids = next;
  };
  return { leftBehind, logged, serve };
}

test('names what waits under another database’s id, and how to end it, once in the log', () => {
  const { leftBehind, logged } = watch(['new']);
  const stats = [lane('new', { ready: 9 }), lane('old', { ready: 2, leased: 1 }), lane('older', { dead: 5 })];
  leftBehind.counted(stats);
  leftBehind.counted(stats);
  expect(leftBehind.state()).toMatchObject({
    up: false,
    matters: false,
    detail: expect.stringMatching(/3 under old\. .*viaduct bury/),
  });
  expect(logged).toEqual([{ database: 'old', entries: 3 }]);
});

test('is silent until all databases were reached, and once nothing waits any more', () => {
  const { leftBehind, serve } = watch(null);
  leftBehind.counted([lane('old', { ready: 1 })]);
  expect(leftBehind.state().up).toBe(true);
  serve(['new']);
  leftBehind.counted([lane('old', { ready: 1 })]);
  expect(leftBehind.state().up).toBe(false);
  leftBehind.counted([lane('old', { dead: 1 })]);
  expect(leftBehind.state()).toMatchObject({ up: true, detail: 'nothing waits' });
});
