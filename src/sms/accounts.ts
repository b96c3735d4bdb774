import { type Clock, systemClock } from '../clock.ts';

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
  /** ISO 3166 alpha-2: in which numbers without + are read. */
  country: string | null;
  webhookSecret: string | null;
  requireSignature: boolean;
  /** Why it cannot send, in words for an administrator, or null. */
  problem: string | null;
};

export type AccountBook = {
  /** The accounts as last read, at once; a promise when they were never read, which rejects when they cannot be now. */
  all(): readonly SmsAccount[] | Promise<readonly SmsAccount[]>;
  /** The account whose IAP account has this token; an unknown token makes the book be read anew, but not at every call. */
  byIapToken(iapToken: string): Promise<SmsAccount | null>;
  refresh(): Promise<void>;
};

/** Keeps the accounts in memory; they are read anew when older than `maxAgeMs`, at a ring of the bell, or for an unknown token. */
export function createAccountBook(options: {
  read: () => Promise<SmsAccount[]>;
  maxAgeMs: number;
  /** An unknown token does not make the book be read more often than this. */
  minRefreshMs: number;
  clock?: Clock;
}): AccountBook {
  const { read, maxAgeMs, minRefreshMs, clock = systemClock } = options;
  let accounts: readonly SmsAccount[] | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  /** A clock that was set back makes them old, not young. */
  const ageMs = () => Math.abs(clock.nowMs() - readAtMs);

  function refresh(): Promise<void> {
    reading ??= read()
      .then((fresh) => {
        accounts = fresh;
        readAtMs = clock.nowMs();
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  function all(): readonly SmsAccount[] | Promise<readonly SmsAccount[]> {
    if (accounts === null) return refresh().then(() => accounts ?? []);
    // What is known is good enough while newer is on its way, or Odoo is down.
    if (ageMs() > maxAgeMs) refresh().catch(() => {});
    return accounts;
  }

  async function byIapToken(iapToken: string): Promise<SmsAccount | null> {
    const known = (await all()).find((account) => account.iapToken === iapToken);
    if (known !== undefined || ageMs() < minRefreshMs) return known ?? null;
    await refresh();
    return accounts?.find((account) => account.iapToken === iapToken) ?? null;
  }

  return { all, byIapToken, refresh };
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
  if (companyId === null) return used;
  const own = accounts.filter((account) => account.companyIds.includes(companyId));
  const shared = accounts.filter((account) => account.companyIds.length === 0);
  const candidates = own.length > 0 ? own : shared;
  return candidates.find((account) => account === used) ?? candidates[0] ?? null;
}
