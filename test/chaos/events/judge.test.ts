import { expect, test } from 'vitest';
import { isKept, judge, type Receipt } from './judge.ts';
import type { Change } from './truth.ts';

const change = (value: string, kind: Change['kind'] = 'updated', recordId = 1): Change => ({
  ...{ recordId, kind, value },
});
const receipt = (value: string, other: Partial<Receipt> = {}): Receipt => ({
  ...{ path: '/a', webhookId: `id of ${value}`, kind: 'updated', recordId: 1, value },
  ...{ isAccepted: true, isSigned: true, ...other },
});
const judged = (changes: Change[], receipts: Receipt[]) => judge(changes, receipts, ['/a']);

const NO_FAULTS = { lost: 0, outOfOrder: 0, uncommitted: 0, idChanged: 0, idShared: 0, badSignature: 0 };

test('finds nothing wrong where each change came once and in order', () => {
  const changes = [change('a', 'created'), change('b'), change('b', 'deleted')];
  const receipts = [
    receipt('a', { kind: 'created' }),
    receipt('b'),
    receipt('b', { kind: 'deleted', webhookId: 'x' }),
  ];
  const judgement = judged(changes, receipts);
  expect(judgement).toEqual({
    ...NO_FAULTS,
    ...{ changes: 3, receipts: 3, repeated: 0, refused: 0, examples: [] },
  });
  expect(isKept(judgement)).toBe(true);
});

test('counts as lost what never came, and what was never accepted', () => {
  const judgement = judged([change('a'), change('b')], [receipt('b', { isAccepted: false })]);
  expect(judgement).toMatchObject({ ...NO_FAULTS, lost: 2, refused: 1 });
  expect(judgement.examples[0]).toBe('lost: /a: record 1 updated "a"');
  expect(isKept(judgement)).toBe(false);
});

test('wants each change at each subscription', () => {
  expect(judge([change('a')], [receipt('a')], ['/a', '/b'])).toMatchObject({ ...NO_FAULTS, lost: 1 });
});

test('takes a change for another one when it comes as another kind', () => {
  const judgement = judged([change('a', 'created')], [receipt('a')]);
  expect(judgement).toMatchObject({ lost: 1, uncommitted: 1 });
});

test('counts what came although it was never committed, whatever the answer', () => {
  const receipts = [receipt('a', { isAccepted: false }), receipt('a')];
  expect(judged([], receipts)).toMatchObject({ ...NO_FAULTS, uncommitted: 1 });
});

test('minds the order of arrivals', () => {
  const receipts = [receipt('b', { isAccepted: false }), receipt('a'), receipt('b')];
  expect(judged([change('a'), change('b')], receipts)).toMatchObject({ ...NO_FAULTS, outOfOrder: 1 });
});

test('minds the order of acceptance', () => {
  const receipts = [receipt('a', { isAccepted: false }), receipt('b'), receipt('a')];
  expect(judged([change('a'), change('b')], receipts)).toMatchObject({ ...NO_FAULTS, outOfOrder: 1 });
});

test('minds no order between records, nor that of repetitions', () => {
  const changes = [change('a'), change('b'), change('c', 'updated', 2)];
  const receipts = [receipt('c', { recordId: 2 }), receipt('a'), receipt('b'), receipt('a')];
  expect(judged(changes, receipts)).toMatchObject({ ...NO_FAULTS, repeated: 1 });
});

test('knows a change by its id, and no two by one', () => {
  const changed = [receipt('a'), receipt('a', { webhookId: 'other' })];
  expect(judged([change('a')], changed)).toMatchObject({ ...NO_FAULTS, idChanged: 1, repeated: 1 });
  const shared = [receipt('a', { webhookId: 'one' }), receipt('b', { webhookId: 'one' })];
  expect(judged([change('a'), change('b')], shared)).toMatchObject({ ...NO_FAULTS, idShared: 1 });
});

test('counts each signature that does not verify', () => {
  const receipts = [receipt('a', { isSigned: false })];
  expect(judged([change('a')], receipts)).toMatchObject({ ...NO_FAULTS, badSignature: 1 });
});
