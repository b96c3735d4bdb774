import { expect, test } from 'vitest';
import type { Shown, SmsHistory } from './history.ts';
import { judge } from './judge.ts';

const show = (status: string, failureType: string | null = null, words: string | null = null): Shown => ({
  status,
  failureType,
  words,
});
const UNKNOWN = show('exception', 'unknown', 'Unknown outcome. It may or may not have been sent.');

const sms = (change: Partial<SmsHistory> = {}): SmsHistory => ({
  uuid: 'one',
  number: '+45 20 10 00 00',
  body: 'Hello 1',
  isTracked: true,
  shown: [show('ready'), show('process'), show('pending'), show('sent')],
  ranks: [0, 10, 20, 40],
  ...change,
});

const taken = (status = 'DELIVERED', change: { userref?: string; text?: string } = {}) => ({
  msisdn: '4520100000',
  text: 'Hello 1',
  userref: 'one',
  states: [{ status: 'ENROUTE' }, { status }],
  ...change,
});

const NO_FAULTS = { lost: 0, twice: 0, uncommitted: 0, backwards: 0, unknownLeftOpen: 0 };

test('finds nothing wrong with what was delivered once', () => {
  expect(judge([sms()], [taken()])).toMatchObject({
    ...NO_FAULTS,
    messages: 1,
    accepted: 1,
    delivered: 1,
    examples: [],
  });
});

test.each([
  ['claims to be under way, and the provider never took it', [show('process')], []],
  ['is still in the queue', [show('ready')], []],
  ['was delivered, and Odoo does not say so', [show('process'), show('pending')], [taken()]],
  ['was delivered, and Odoo says that it failed', [show('exception', 'sms_server')], [taken()]],
  ['expired, and Odoo says that it was delivered', [show('sent')], [taken('EXPIRED')]],
  ['expired, and Odoo gives another reason', [show('exception', 'sms_rejected')], [taken('EXPIRED')]],
])('counts as lost what %s', (_what, shown, ledger) => {
  expect(judge([sms({ shown, ranks: [] })], ledger)).toMatchObject({ lost: 1 });
});

test('takes a failure that a user sees for no loss', () => {
  const shown = [show('ready'), show('exception', 'sms_server')];
  expect(judge([sms({ shown, ranks: [] })], [])).toMatchObject({
    ...NO_FAULTS,
    failedVisibly: 1,
    failureTypes: { sms_server: 1 },
  });
});

test('counts what was accepted twice, by uuid and by number and text', () => {
  expect(judge([sms()], [taken(), taken()])).toMatchObject({ twice: 1, uncommitted: 0 });
  const other = taken('DELIVERED', { userref: 'other' });
  expect(judge([sms()], [taken(), other])).toMatchObject({ twice: 1, uncommitted: 1 });
  const two = [sms(), sms({ uuid: 'other' })];
  expect(judge(two, [taken(), other])).toMatchObject(NO_FAULTS);
});

test('counts what was accepted although Odoo never committed it', () => {
  expect(judge([], [taken()])).toMatchObject({ uncommitted: 1, twice: 0 });
});

test.each([
  ['delivered, then under way', [show('sent'), show('pending'), show('sent')], [40]],
  ['accepted, then unknown', [show('pending'), UNKNOWN, show('sent')], [10, 40]],
  ['expired, then under way', [show('exception', 'sms_expired'), show('pending'), show('sent')], [30, 40]],
  ['a rank that falls', [show('sent')], [40, 20]],
])('sees a way back: %s', (_what, shown, ranks) => {
  expect(judge([sms({ shown, ranks })], [taken()])).toMatchObject({ backwards: 1 });
});

test.each([
  ['sent again by a person', [show('exception', 'sms_server'), show('process'), show('sent')]],
  ['unknown, then settled', [UNKNOWN, show('pending'), show('sent')]],
])('sees no way back in what was %s', (_what, shown) => {
  expect(judge([sms({ shown })], [taken()])).toMatchObject(NO_FAULTS);
});

test('sees a way back without a tracker too', () => {
  const shown = [show('process'), show('pending'), show('error', 'unknown'), show('pending'), show('error')];
  expect(judge([sms({ isTracked: false, shown, ranks: [] })], [taken('EXPIRED')])).toMatchObject({
    backwards: 1,
    lost: 0,
  });
});

test('tells unknown outcomes that were settled from those that never can be', () => {
  const settled = sms({ shown: [UNKNOWN, show('sent')] });
  const open = sms({ uuid: 'two', body: 'Hello 2', shown: [UNKNOWN], ranks: [9] });
  expect(judge([settled, open], [taken()])).toMatchObject({
    ...NO_FAULTS,
    unknown: 2,
    unknownSettled: 1,
    unknownNeverTaken: 1,
    failedVisibly: 0,
  });
});

test('wants words with an unknown outcome, and its report in the end', () => {
  const silent = sms({ shown: [show('exception', 'unknown'), show('sent')] });
  expect(judge([silent], [taken()])).toMatchObject({ unknownLeftOpen: 1 });
  expect(judge([sms({ shown: [UNKNOWN], ranks: [9] })], [taken()])).toMatchObject({
    unknownLeftOpen: 1,
    lost: 1,
  });
});
