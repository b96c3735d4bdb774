import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SMS_MUTANTS } from './sms.ts';

test.each(SMS_MUTANTS)('$id: its change can be made, and its test is there', ({ change, test: kept }) => {
  expect(readFileSync(change.file, 'utf8').split(change.from)).toHaveLength(2);
  expect(change.to).not.toBe(change.from);
  // A name that is put together of several describes is looked for by its last part.
  expect(readFileSync(kept.file, 'utf8')).toContain(kept.name.split(' > ').at(-1));
});

test('every weakness has its number once', () => {
  const ids = SMS_MUTANTS.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});
