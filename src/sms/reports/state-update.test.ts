import { describe, expect, test } from 'vitest';
import { smsUuid } from '../../../fixtures/sms-samples.ts';
import type { SmsFacts, StateJob } from '../schema.ts';
import { asUpdate, merged } from './state-update.ts';
import { RANK } from './status.ts';

const APPENDED_AT_MS = 1_700_000_000_900;
const APPENDED_AT = 1_700_000_000;

const facts: SmsFacts = {
  ...{ accountId: 1, companyId: 2, sender: 'Shop', number: '+4510000001', country: 'DK' },
  text: 'Hello',
  ...{ segments: 1, price: 0.15, currency: 'DKK', askedAtMs: 1 },
};
const accepted: StateJob = { kind: 'accepted', uuid: smsUuid(1), messageId: 7, facts };
const refused: StateJob = {
  kind: 'refused',
  uuid: smsUuid(1),
  failureType: 'sms_credit',
  words: 'No credit.',
};
const unknown: StateJob = { kind: 'unknown', uuid: smsUuid(1), words: 'Reset.' };

function report(status: string, time: number, more: { error?: string; code?: string } = {}): StateJob {
  return { kind: 'report', uuid: smsUuid(1), report: { id: 7, msisdn: 4510000001, time, status, ...more } };
}

const update = (job: StateJob) => asUpdate(job, APPENDED_AT_MS);
const all = (...jobs: StateJob[]) => jobs.map(update).reduce(merged);

describe('a step on its way into Odoo', () => {
  test.each([
    ['an acceptance', accepted, { logState: 'accepted', acceptedAt: APPENDED_AT, endedAt: null, facts }],
    ['a refusal', refused, { logState: 'refused', acceptedAt: null, endedAt: APPENDED_AT, facts: null }],
    ['an unknown outcome', unknown, { logState: 'unknown', acceptedAt: null, endedAt: null }],
    ['BUFFERED', report('BUFFERED', 5), { logState: 'on_its_way', endedAt: null, code: null }],
    ['DELIVERED', report('DELIVERED', 5), { logState: 'delivered', endedAt: 5 }],
    ['ACCEPTED', report('ACCEPTED', 5), { logState: 'delivered', endedAt: 5 }],
    [
      'REJECTED',
      report('REJECTED', 5, { code: '0x1011' }),
      { logState: 'failed', endedAt: 5, code: '0x1011' },
    ],
  ])('%s is shown in the log as such, with its times', (_what, job, expected) => {
    expect(update(job)).toMatchObject(expected);
  });

  test('has words in the log only where it failed', () => {
    const steps = [report('DELIVERED', 5), report('REJECTED', 6, { error: 'Barred' })].map(
      (job) => update(job).steps,
    );
    expect(steps).toEqual([
      [{ at: 5, status: 'DELIVERED', rank: RANK.delivered, words: null, code: null }],
      [{ at: 6, status: 'REJECTED', rank: RANK.ended, words: 'REJECTED Barred', code: null }],
    ]);
  });

  test.each([0, -1, 9_999_999_999_999, Number.NaN])(
    'at the impossible time %s has the time it came',
    (time) => {
      expect(update(report('DELIVERED', time)).endedAt).toBe(APPENDED_AT);
    },
  );
});

describe('several steps of one SMS', () => {
  test('become one with all of them in it, and what only one of them knew', () => {
    const one = all(report('ENROUTE', 11), accepted, report('DELIVERED', 12));
    expect(one).toMatchObject({
      ...{ logState: 'delivered', rank: RANK.delivered, messageId: 7, facts },
      ...{ acceptedAt: APPENDED_AT, endedAt: 12 },
    });
    expect(one.steps.map(({ status }) => status)).toEqual(['ENROUTE', 'accepted', 'DELIVERED']);
  });

  test('end later than the refusal, when a person sent it again', () => {
    expect(all(refused, accepted)).toMatchObject({ logState: 'accepted', endedAt: null });
  });
});
