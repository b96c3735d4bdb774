import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RECORD_MUTANTS } from './records.ts';
import { SMS_MUTANTS } from './sms.ts';

const ALL = [...SMS_MUTANTS, ...RECORD_MUTANTS];

test.each(ALL)('$id: its change can be made, and its test is there', ({ change, test: kept }) => {
  expect(readFileSync(change.file, 'utf8').split(change.from)).toHaveLength(2);
  expect(change.to).not.toBe(change.from);
  // A name that is put together of several describes is looked for by its last part.
  expect(readFileSync(kept.file, 'utf8')).toContain(kept.name.split(' > ').at(-1));
});

test('every weakness has its number once', () => {
  const ids = ALL.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});
