import { expect, test } from 'vitest';
import { changesOf, type NotedRow } from './truth.ts';

const row = (tx: number, op: NotedRow['op'], value: string, record_id = 1): NotedRow => ({
  ...{ tx, op, value, record_id },
});

test('makes one change of what one transaction did to a contact', () => {
  const rows = [
    row(1, 'INSERT', 'a'),
    row(1, 'UPDATE', 'b'),
    row(2, 'UPDATE', 'c'),
    row(2, 'UPDATE', 'd'),
    row(3, 'UPDATE', 'e'),
    row(3, 'DELETE', 'e'),
  ];
  expect(changesOf(rows)).toEqual([
    { recordId: 1, kind: 'created', value: 'b' },
    { recordId: 1, kind: 'updated', value: 'd' },
    { recordId: 1, kind: 'deleted', value: 'e' },
  ]);
});

test('tells contacts and transactions apart that mingle', () => {
  const rows = [
    row(1, 'INSERT', 'a', 1),
    row(2, 'INSERT', 'b', 2),
    row(1, 'UPDATE', 'c', 1),
    row(2, 'UPDATE', 'd', 2),
  ];
  expect(changesOf(rows).map(({ recordId, value }) => [recordId, value])).toEqual([
    [1, 'c'],
    [2, 'd'],
  ]);
});

test('leaves out what came to nothing', () => {
  const rows = [
    row(1, 'INSERT', 'a'),
    row(2, 'UPDATE', 'b'),
    row(2, 'UPDATE', 'a'),
    row(3, 'UPDATE', 'a'),
    row(4, 'INSERT', 'x', 2),
    row(4, 'DELETE', 'x', 2),
  ];
  expect(changesOf(rows)).toEqual([{ recordId: 1, kind: 'created', value: 'a' }]);
});
