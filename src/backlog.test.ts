import { expect, test } from 'vitest';
import { createBacklog } from './backlog.ts';

test('a database that fills its part is told so, and the other is not', () => {
  const backlog = createBacklog(3);
  for (const database of ['full', 'full', 'full', 'other']) backlog.appended(database);
  expect(backlog.fullWords('full')).toMatch(/3 or more .* VIADUCT_DATABASE_WAITING_ENTRIES/);
  expect(backlog.fullWords('other')).toBeNull();
});

test('what the journal counts goes before what was appended', () => {
  const backlog = createBacklog(3);
  for (const database of ['a', 'a', 'a', 'b']) backlog.appended(database);
  backlog.counted([
    { database: 'a', ready: 1, leased: 1 },
    { database: 'b', ready: 1, leased: 0 },
    { database: 'b', ready: 0, leased: 2 },
  ]);
  expect([backlog.fullWords('a'), backlog.fullWords('b')]).toEqual([null, expect.any(String)]);
});
