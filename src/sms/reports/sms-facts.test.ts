import { expect, test } from 'vitest';
import { sampleAccount, sampleSendJob } from '../../../fixtures/sms-samples.ts';
import { factsOf, unrouted } from './sms-facts.ts';

const ASKED_AT_MS = 1_700_000_000_000;
const sms = sampleSendJob(1, { number: '20 11 00 01', content: 'x'.repeat(161) });
const routing = {
  account: sampleAccount({ id: 3, sender: 'Shop' }),
  ...{ companyId: 2, number: '+4520110001', country: 'DK' },
};

test('an accepted SMS tells who sent it, to which number, and what GatewayAPI charged', () => {
  const charge = { country: 'DK', segments: 3, price: 0.45, currency: 'DKK' };
  expect(factsOf(sms, routing, { kind: 'accepted', messageId: 1, charge }, ASKED_AT_MS)).toEqual({
    ...{ accountId: 3, companyId: 2, sender: 'Shop', number: '+4520110001', country: 'DK' },
    text: 'x'.repeat(161),
    ...{ segments: 3, price: 0.45, currency: 'DKK', askedAtMs: ASKED_AT_MS },
  });
});

test('what GatewayAPI did not say is counted here, or not known', () => {
  const outcome = { kind: 'accepted', messageId: null } as const;
  expect(factsOf(sms, routing, outcome, ASKED_AT_MS)).toMatchObject({
    ...{ country: 'DK', segments: 2, price: null, currency: null },
  });
});

test('an SMS that nobody could send keeps its number as Odoo wrote it', () => {
  const outcome = { kind: 'refused', failureType: 'sms_acc', words: 'No account.' } as const;
  expect(factsOf(sms, unrouted(sms), outcome, ASKED_AT_MS)).toMatchObject({
    ...{ accountId: null, companyId: null, sender: null, number: '20 11 00 01', price: null },
  });
});
