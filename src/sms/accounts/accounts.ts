import { type Clock, systemClock } from '../../clock.ts';
import { createKeptCopy } from '../../odoo/index.ts';
import type { SendingOptions } from './sending-options.ts';

/** A GatewayAPI account as an administrator keeps it in Odoo, secrets resolved. */
export type SmsAccount = {
  id: number;
  /** The IAP account of Odoo that it serves, and that account's own token. */
  iapAccountId: number;
  iapToken: string;
  /** Companies of the IAP account; none means all. */
  companyIds: readonly number[];
  baseUrl: string;
  token: string;
  sender: string;
  /** ISO 3166 alpha-2: in which numbers without + are read. Null leaves that to the company of the SMS. */
  country: string | null;
  /** The countries of the companies it serves, the main one first; that one where the SMS names no company. */
  countries: readonly string[];
  /** Leased at GatewayAPI: the text of an SMS that comes in begins with one. */
  keywords: readonly string[];
  webhookSecret: string | null;
  requireSignature: boolean;
  sending: SendingOptions;
  /** Why it cannot send, in words for an administrator, or null. */
  problem: string | null;
};

/** An account of Odoo (`iap.account`) by its token, whether or not a GatewayAPI account serves it. */
export type IapAccount = Pick<SmsAccount, 'iapAccountId' | 'iapToken'>;

/** What was read at one time: the accounts that send, and Odoo's others for SMS. */
export type ReadAccounts = { accounts: readonly SmsAccount[]; others: readonly IapAccount[] };

export type AccountBook = {
  /** The accounts as last read, at once; a promise when they were never read, which rejects when they cannot be now. */
  all(): readonly SmsAccount[] | Promise<readonly SmsAccount[]>;
  /** Odoo's account with this token; an unknown token makes the book be read anew, but not at every call. */
  byIapToken(iapToken: string): Promise<IapAccount | null>;
  /** Resolves when the accounts are as they were at the call, or newer. */
  refresh(): Promise<void>;
};

/** Unknown tokens may have the book read so often in a row: an account was made, and sends at once. */
const MOST_READS_IN_A_ROW = 3;

/** Keeps the accounts in memory; they are read anew when older than `maxAgeMs`, at a ring of the bell, or for an unknown token. */
export function createAccountBook(options: {
  read: () => Promise<ReadAccounts>;
  maxAgeMs: number;
  /** For each such time, unknown tokens may have the book read once more. */
  minRefreshMs: number;
  clock?: Clock;
}): AccountBook {
  const { minRefreshMs, clock = systemClock } = options;
  const copy = createKeptCopy({ ...options, clock });
  let readsLeft = MOST_READS_IN_A_ROW;
  let countedAtMs = clock.nowMs();

  function all(): readonly SmsAccount[] | Promise<readonly SmsAccount[]> {
    const book = copy.current();
    return book instanceof Promise ? book.then(({ accounts }) => accounts) : book.accounts;
  }

  /** Whoever invents tokens must not keep Odoo busy. */
  function mayReadForUnknown(): boolean {
    const passedMs = Math.abs(clock.nowMs() - countedAtMs);
    const regained = Math.floor(passedMs / minRefreshMs);
    readsLeft = Math.min(MOST_READS_IN_A_ROW, readsLeft + regained);
    if (regained > 0) countedAtMs = clock.nowMs();
    if (readsLeft === 0) return false;
    readsLeft -= 1;
    return true;
  }

  async function byIapToken(iapToken: string): Promise<IapAccount | null> {
    const find = async () => {
      const { accounts, others } = await copy.current();
      return [...accounts, ...others].find((account) => account.iapToken === iapToken) ?? null;
    };
    const known = await find();
    if (known !== null) return known;
    // The bell may have rung for it.
    await copy.underway()?.catch(() => {});
    const arrived = await find();
    if (arrived !== null || !mayReadForUnknown()) return arrived;
    await copy.refresh();
    return find();
  }

  return { all, byIapToken, refresh: copy.refresh };
}

/** The country in which a number without + is read: the account's, the company's, or at last its first company's. */
export function countryOfNumbers(account: SmsAccount, companyCountry: string | null): string | undefined {
  return account.country ?? companyCountry ?? account.countries[0];
}

/**
 * The account that sends for a company: one that names the company before one for all companies, and among equals the one
 * Odoo used. Odoo's queue sends one company's SMS with another company's token, so the token alone decides nothing.
 */
export function accountFor(
  accounts: readonly SmsAccount[],
  sms: { companyId: number | null; iapAccountId: number },
): SmsAccount | null {
  const used = accounts.find((account) => account.iapAccountId === sms.iapAccountId) ?? null;
  const { companyId } = sms;
  const shared = accounts.filter((account) => account.companyIds.length === 0);
  if (companyId === null) return used ?? shared[0] ?? null;
  const own = accounts.filter((account) => account.companyIds.includes(companyId));
  const candidates = own.length > 0 ? own : shared;
  return candidates.find((account) => account === used) ?? candidates[0] ?? null;
}
