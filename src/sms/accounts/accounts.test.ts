import { describe, expect, test } from 'vitest';
import { accountFor, countryOfNumbers, createAccountBook, type SmsAccount } from './accounts.ts';
import { DEFAULT_SENDING } from './sending-options.ts';

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
    countries: [],
    keywords: [],
    webhookSecret: null,
    requireSignature: true,
    sending: DEFAULT_SENDING,
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
    ['a shared one when neither is known', { companyId: null, iapAccountId: 7 }, 1],
  ])('chooses %s', (_what, sms, expected) => {
    expect(accountFor(book, sms)?.id).toBe(expected);
  });

  test('chooses none when there is only that of a company, and none is known', () => {
    expect(accountFor([second], { companyId: null, iapAccountId: 7 })).toBeNull();
  });

  test.each([
    ['the account’s own country', account({ country: 'SE', countries: ['DK'] }), 'FR', 'SE'],
    ['the country of the company', account({ country: null, countries: ['DK'] }), 'FR', 'FR'],
    ['the main company’s at last', account({ country: null, countries: ['DK'] }), null, 'DK'],
  ])('reads national numbers in %s', (_what, chosen, companyCountry, expected) => {
    expect(countryOfNumbers(chosen, companyCountry)).toBe(expected);
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
      read: async () => ({
        accounts: answers[Math.min(reads++, answers.length - 1)] ?? [],
        others: [{ iapAccountId: 99, iapToken: 'unserved' }],
      }),
      maxAgeMs: 60_000,
      minRefreshMs: 5_000,
      clock: { nowMs: () => nowMs, sleep: async () => {} },
    });
    return { book, reads: () => reads, pass: (ms: number) => (nowMs += ms) };
  }

  test('knows accounts of Odoo that none of ours serves', async () => {
    const { book } = bookWith([[account({})]]);
    expect(await book.byIapToken('unserved')).toEqual({ iapAccountId: 99, iapToken: 'unserved' });
  });

  test('reads once for many askers', async () => {
    const { book, reads } = bookWith([[account({})]]);
    const found = await Promise.all([book.byIapToken('token-1'), book.byIapToken('token-1'), book.all()]);
    expect(found[0]?.iapAccountId).toBe(1);
    expect(reads()).toBe(1);
  });

  test('an unknown token is looked for anew at once: its account may be a moment old', async () => {
    const { book, reads } = bookWith([[], [account({ iapToken: 'new' })]]);
    await book.all();
    expect((await book.byIapToken('new'))?.iapToken).toBe('new');
    expect(reads()).toBe(2);
  });

  test('invented tokens have it read three times in a row, and then once in five seconds', async () => {
    const { book, reads, pass } = bookWith([[]]);
    await book.all();
    for (let call = 0; call < 50; call++) expect(await book.byIapToken(`invented-${call}`)).toBeNull();
    expect(reads()).toBe(1 + 3);
    pass(5_001);
    for (let call = 0; call < 50; call++) await book.byIapToken(`invented-${call}`);
    expect(reads()).toBe(1 + 3 + 1);
  });

  test('an account that the bell rang for is found while it is being read, at no cost of its own', async () => {
    const { book, reads } = bookWith([[], [account({ iapToken: 'new' })]]);
    await book.all();
    const rung = book.refresh();
    expect((await book.byIapToken('new'))?.iapToken).toBe('new');
    await rung;
    expect(reads()).toBe(2);
  });

  test('a ring while it is being read has it read once more: the reading may have begun before the change', async () => {
    const { book, reads } = bookWith([[], [account({ iapToken: 'changed' })]]);
    await Promise.all([book.refresh(), book.refresh(), book.refresh()]);
    expect(reads()).toBe(2);
    expect(await book.all()).toMatchObject([{ iapToken: 'changed' }]);
  });
});
