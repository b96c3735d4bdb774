import { describe, expect, test } from 'vitest';
import type { CommittedSms } from '../records.ts';
import type { SendMemo } from '../schema.ts';
import { decideAfterReadBack } from './read-back.ts';

const job = {
  uuid: 'a'.repeat(32),
  number: '+45 12 34 56 78',
  msisdn: '4512345678',
  content: 'Hi',
  iapAccountId: 1,
};
const NOW_MS = 1_000_000;
const snapshot = { xmin: '1000', horizon: '1010', nowMs: NOW_MS };
const row = (overrides: Partial<CommittedSms>): CommittedSms => ({
  uuid: job.uuid,
  number: '+4512345678',
  state: 'process',
  companyId: 3,
  companyCountry: 'FR',
  sendAtMs: null,
  ...overrides,
});
const waiting = (horizon: string, looks: number): SendMemo => ({ stage: 'uncommitted', horizon, looks });

describe('decideAfterReadBack', () => {
  test.each([
    [
      'sends what Odoo committed, for its company',
      row({}),
      { step: 'send', companyId: 3, companyCountry: 'FR', dueMs: null },
    ],
    [
      'sends what Odoo thinks has failed because our answer never came',
      row({ state: 'error' }),
      { step: 'send', companyId: 3, companyCountry: 'FR', dueMs: null },
    ],
    [
      'sends on its tracker alone',
      row({ number: null, state: 'process' }),
      { step: 'send', companyId: 3, companyCountry: 'FR', dueMs: null },
    ],
    [
      'holds what is to go out later until then',
      row({ sendAtMs: NOW_MS + 1 }),
      { step: 'hold', untilMs: NOW_MS + 1 },
    ],
    [
      'sends what is due, and what was due while nobody was there',
      row({ sendAtMs: NOW_MS - 86_400_000 }),
      { step: 'send', companyId: 3, companyCountry: 'FR', dueMs: NOW_MS - 86_400_000 },
    ],
    [
      'drops what a user cancelled before it was due',
      row({ sendAtMs: NOW_MS + 1, state: 'canceled' }),
      { step: 'drop', reason: 'cancelled' },
    ],
    ['drops what a user cancelled', row({ state: 'canceled' }), { step: 'drop', reason: 'cancelled' }],
    [
      'drops what is already on its way',
      row({ state: 'pending', number: null }),
      { step: 'drop', reason: 'already-sent' },
    ],
    [
      'drops another number under a known uuid',
      row({ number: '+4599999999' }),
      { step: 'drop', reason: 'forged' },
    ],
  ])('%s', (_what, found, expected) => {
    expect(decideAfterReadBack(job, null, found, snapshot)).toEqual(expected);
  });

  test('waits at the first look, remembering which transactions were open', () => {
    expect(decideAfterReadBack(job, null, undefined, snapshot)).toEqual({
      step: 'wait',
      memo: waiting('1010', 1),
      delayMs: 150,
    });
  });

  test('keeps waiting, with the first horizon, while one of those transactions is open', () => {
    expect(
      decideAfterReadBack(job, waiting('1010', 4), undefined, { ...snapshot, xmin: '1009', horizon: '5000' }),
    ).toEqual({
      step: 'wait',
      memo: waiting('1010', 5),
      delayMs: 2_500,
    });
  });

  test('calls it rolled back once all of them have ended, even beyond 2^53', () => {
    const horizon = '9007199254740993';
    const open = { ...snapshot, xmin: '9007199254740992', horizon: '9007199254740999' };
    const ended = { ...snapshot, xmin: '9007199254740993', horizon: '9007199254740999' };
    expect(decideAfterReadBack(job, waiting(horizon, 1), undefined, open).step).toBe('wait');
    expect(decideAfterReadBack(job, waiting(horizon, 1), undefined, ended)).toEqual({
      step: 'drop',
      reason: 'rolled-back',
    });
  });

  test('gives up after a day of waiting', () => {
    expect(decideAfterReadBack(job, waiting('1010', 1_440), undefined, snapshot)).toEqual({
      step: 'give-up',
    });
  });
});
