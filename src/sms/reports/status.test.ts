import { describe, expect, test } from 'vitest';
import type { StateJob } from '../schema.ts';
import { GATEWAYAPI_STATUSES, meaningOf, movesForward, RANK } from './status.ts';

/** Odoo 19: failure types of `mail.notification` and `mailing.trace` that SMS have. */
const ODOO_FAILURE_TYPES = [
  'unknown',
  'sms_number_missing',
  'sms_number_format',
  'sms_credit',
  'sms_country_not_supported',
  'sms_registration_needed',
  'sms_server',
  'sms_acc',
  'sms_expired',
  'sms_invalid_destination',
  'sms_not_allowed',
  'sms_not_delivered',
  'sms_rejected',
];
/** Odoo 19: failure types that mean a bounce (`sms.sms`, BOUNCE_DELIVERY_ERRORS). */
const ODOO_BOUNCES = ['sms_invalid_destination', 'sms_not_allowed', 'sms_rejected'];

function report(status: string, more: { error?: string | null; code?: string | null } = {}): StateJob {
  return { kind: 'report', uuid: 'u', report: { id: 1, msisdn: 4512345678, time: 1, status, ...more } };
}

describe('a delivery report', () => {
  test.each([
    ['UNKNOWN', 'pending', null, RANK.underway],
    ['SCHEDULED', 'pending', null, RANK.underway],
    ['BUFFERED', 'pending', null, RANK.underway],
    ['ENROUTE', 'pending', null, RANK.underway],
    ['DELIVERED', 'sent', null, RANK.delivered],
    ['ACCEPTED', 'sent', null, RANK.ended],
    ['EXPIRED', 'error', 'sms_expired', RANK.ended],
    ['DELETED', 'error', 'sms_not_delivered', RANK.ended],
    ['UNDELIVERABLE', 'error', 'sms_not_delivered', RANK.ended],
    ['REJECTED', 'bounce', 'sms_rejected', RANK.ended],
    ['SKIPPED', 'error', 'sms_not_delivered', RANK.ended],
  ])('%s shows in Odoo as %s', (status, state, failureType, rank) => {
    expect(meaningOf(report(status))).toMatchObject({ state, failureType, rank });
  });

  test('has no further documented status', () => {
    expect(Object.keys(GATEWAYAPI_STATUSES)).toHaveLength(11);
  });

  test.each(Object.keys(GATEWAYAPI_STATUSES))('%s has a failure type that Odoo knows, or none', (status) => {
    const { state, failureType } = meaningOf(report(status));
    expect([null, ...ODOO_FAILURE_TYPES]).toContain(failureType);
    expect(failureType !== null).toBe(state === 'error' || state === 'bounce');
    expect(ODOO_BOUNCES.includes(failureType ?? '')).toBe(state === 'bounce');
  });

  test('shows the provider’s words and code with a failure', () => {
    const { words } = meaningOf(report('REJECTED', { error: 'Barred by operator', code: '0x1011' }));
    expect(words).toBe('REJECTED Barred by operator (0x1011)');
  });

  test.each([{}, { error: null, code: null }, { error: '' }])(
    'shows our words where it has none: %j',
    (more) => {
      expect(meaningOf(report('EXPIRED', more)).words).toBe(
        'EXPIRED The validity period ran out before it could be delivered.',
      );
    },
  );

  test.each(['0x1010', '0x1060'])(
    'with code %s bounces, because the number itself is the trouble',
    (code) => {
      expect(meaningOf(report('UNDELIVERABLE', { code }))).toMatchObject({
        state: 'bounce',
        failureType: 'sms_invalid_destination',
      });
      expect(meaningOf(report('EXPIRED', { code }))).toMatchObject({ failureType: 'sms_expired' });
    },
  );

  test.each(['FAILED', 'delivered', 'constructor', ''])(
    '%j, documented nowhere, is still under way',
    (status) => {
      expect(meaningOf(report(status))).toMatchObject({ state: 'pending', rank: RANK.underway });
    },
  );
});

describe('a step of our own', () => {
  test('accepted is pending, which Odoo shows as sent', () => {
    const meaning = meaningOf({ kind: 'accepted', uuid: 'u', messageId: 1 });
    expect(meaning).toMatchObject({ state: 'pending', failureType: null, rank: RANK.accepted });
  });

  test('refused is an error with the words of the refusal', () => {
    const job: StateJob = { kind: 'refused', uuid: 'u', failureType: 'sms_credit', words: 'No credit.' };
    expect(meaningOf(job)).toEqual({
      rank: RANK.refused,
      state: 'error',
      failureType: 'sms_credit',
      words: 'No credit.',
    });
  });

  test('an unknown outcome warns against sending again', () => {
    const { state, words } = meaningOf({ kind: 'unknown', uuid: 'u', words: 'It timed out.' });
    expect(state).toBe('error');
    expect(words).toContain('It timed out.');
    expect(words).toContain('Do not send it again');
  });
});

describe('movesForward', () => {
  test.each([
    ['an unknown outcome after a refusal that a person sent again', RANK.refused, RANK.unknownOutcome, true],
    ['a new refusal after a refusal', RANK.refused, RANK.refused, true],
    ['an acceptance after a refusal', RANK.refused, RANK.accepted, true],
    ['a report after an unknown outcome', RANK.unknownOutcome, RANK.underway, true],
    ['delivered after a failure', RANK.ended, RANK.delivered, true],
    ['a refusal after an acceptance', RANK.accepted, RANK.refused, false],
    ['an unknown outcome after an acceptance', RANK.accepted, RANK.unknownOutcome, false],
    ['one failure after another', RANK.ended, RANK.ended, false],
    ['a transient state after a final one', RANK.ended, RANK.underway, false],
    ['a failure after delivered', RANK.delivered, RANK.ended, false],
  ])('%s: %i to %i is %s', (_what, current, next, expected) => {
    expect(movesForward(current, next)).toBe(expected);
  });
});
