import { describe, expect, test } from 'vitest';
import { accountFor, createAccountBook, type SmsAccount } from './accounts.ts';

function account(overrides: Partial<SmsAccount>): SmsAccount {
  return {
    id: 1,
    iapAccountId: 1,
    iapToken: 'token-1',
    companyIds: [],
    baseUrl: 'https://gatewayapi.eu',
    token: 'secret',
    sender: 'Shop',
    country: 'DK',
    webhookSecret: null,
    requireSignature: true,
    problem: null,
    ...overrides,
  };
}

describe('accountFor', () => {
  const shared = account({ id: 1, iapAccountId: 1 });
  const second = account({ id: 2, iapAccountId: 2, companyIds: [2] });
  const third = account({ id: 3, iapAccountId: 3, companyIds: [2, 3] });
  const book = [shared, second, third];

  test.each([
    ['the company’s own account although Odoo used another’s token', { companyId: 2, iapAccountId: 1 }, 2],
    ['the one Odoo used among several of the company', { companyId: 2, iapAccountId: 3 }, 3],
    ['a shared account for a company without its own', { companyId: 9, iapAccountId: 2 }, 1],
    ['the one Odoo used when no company is known', { companyId: null, iapAccountId: 3 }, 3],
    ['none for a token nobody knows', { companyId: null, iapAccountId: 7 }, undefined],
  ])('chooses %s', (_what, sms, expected) => {
    expect(accountFor(book, sms)?.id).toBe(expected);
  });

  test('chooses none rather than another company’s account', () => {
    expect(accountFor([second], { companyId: 5, iapAccountId: 2 })).toBeNull();
  });
});

describe('createAccountBook', () => {
  function bookWith(answers: SmsAccount[][]) {
    let nowMs = 0;
    let reads = 0;
    const book = createAccountBook({
      read: async () => answers[Math.min(reads++, answers.length - 1)] ?? [],
      maxAgeMs: 60_000,
      minRefreshMs: 5_000,
      clock: { nowMs: () => nowMs, sleep: async () => {} },
    });
    return { book, reads: () => reads, pass: (ms: number) => (nowMs += ms) };
  }

  test('reads once for many askers', async () => {
    const { book, reads } = bookWith([[account({})]]);
    const found = await Promise.all([book.byIapToken('token-1'), book.byIapToken('token-1'), book.all()]);
    expect(found[0]?.id).toBe(1);
    expect(reads()).toBe(1);
  });

  test('an unknown token is looked for anew, but not at every call', async () => {
    const { book, reads, pass } = bookWith([[], [account({ iapToken: 'new' })]]);
    expect(await book.byIapToken('new')).toBeNull();
    expect(await book.byIapToken('new')).toBeNull();
    expect(reads()).toBe(1);
    pass(5_001);
    expect((await book.byIapToken('new'))?.iapToken).toBe('new');
    expect(reads()).toBe(2);
  });
});
