import type { Log } from '../../log.ts';
import type { SmsAccount } from '../accounts/accounts.ts';
import { askCredit } from './ask-credit.ts';
import { alertOf, type CreditAlert, type CreditRow, isDue } from './decisions.ts';

/** An account as the channel uses it, and what Odoo knows of its credit. */
export type WatchedAccount = {
  account: Pick<SmsAccount, 'id' | 'baseUrl' | 'token' | 'problem'>;
  credit: CreditRow;
};

/** What came of one check, as it goes back to Odoo. `seen` is what the verdict rests on: Odoo drops it where that changed. */
export type CreditCheck = {
  id: number;
  /** "OK", or why there is no balance, for an administrator. */
  words: string;
  /** Null when the check failed. */
  balance: { credit: number; currency: string } | null;
  alert: CreditAlert | null;
  seen: Pick<CreditRow, 'minimum' | 'watchAskedAt' | 'testAskedAt'>;
};

export type CreditWatchOptions = {
  /** Writes all that was found in one call. */
  report: (checks: readonly CreditCheck[]) => Promise<void>;
  isOpen: () => boolean;
  /** Somebody asked while the account was being checked: read the accounts anew. */
  readAgain: () => void;
  log: Pick<Log, 'warn'>;
  ask?: typeof askCredit;
  /** Time limit of one question, in milliseconds. */
  timeLimitMs?: number;
};

export type CreditWatch = {
  /** Looks which of all accounts are to be checked, and checks them meanwhile. Never throws. */
  look(accounts: readonly WatchedAccount[]): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
};

/** Test Connection is to be answered within two seconds, with the ways to Odoo and back. */
const TIME_LIMIT_MS = 1_500;
/** GatewayAPI counts the connections of one address. */
const QUESTIONS_AT_ONCE = 5;

/**
 * Asks GatewayAPI for the credit of the accounts that Odoo wants checked: by Test Connection, or because they are due.
 * When, and what was told already, is kept in Odoo alone; so a restart repeats and forgets nothing.
 */
export function createCreditWatch(options: CreditWatchOptions): CreditWatch {
  const { report, isOpen, readAgain, log, ask = askCredit, timeLimitMs = TIME_LIMIT_MS } = options;
  const busy = new Set<number>();
  const rounds = new Set<Promise<void>>();
  let askedMeanwhile = false;

  function look(accounts: readonly WatchedAccount[]): void {
    if (!isOpen()) return;
    const wanted = accounts.filter(({ credit }) => credit.testAskedAt !== null || isDue(credit));
    const free = wanted.filter(({ account }) => !busy.has(account.id));
    if (free.length < wanted.length) askedMeanwhile = true;
    // Whoever waits for a test does not wait for the others.
    start(free.filter(({ credit }) => credit.testAskedAt !== null));
    start(free.filter(({ credit }) => credit.testAskedAt === null));
  }

  function start(accounts: readonly WatchedAccount[]): void {
    if (accounts.length === 0) return;
    const round = checkAll(accounts).finally(() => rounds.delete(round));
    rounds.add(round);
  }

  async function checkAll(accounts: readonly WatchedAccount[]): Promise<void> {
    for (const { account } of accounts) busy.add(account.id);
    try {
      await report(await manyAtOnce(accounts, check));
    } catch (error) {
      // Still asked for in Odoo: the next reading of the accounts brings them again.
      log.warn({ error }, 'the credit of accounts could not be written');
    }
    for (const { account } of accounts) busy.delete(account.id);
    if (!askedMeanwhile) return;
    askedMeanwhile = false;
    readAgain();
  }

  async function check({ account, credit: row }: WatchedAccount): Promise<CreditCheck> {
    const { minimum, watchAskedAt, testAskedAt } = row;
    const common = { id: account.id, seen: { minimum, watchAskedAt, testAskedAt } };
    if (account.problem !== null) return { ...common, words: account.problem, balance: null, alert: null };
    const found = await ask(account, AbortSignal.timeout(timeLimitMs));
    if (found.kind !== 'known') return { ...common, words: found.words, balance: null, alert: null };
    const { credit, currency } = found;
    return { ...common, words: 'OK', balance: { credit, currency }, alert: alertOf(row, credit) };
  }

  return {
    look,
    async settled() {
      while (rounds.size > 0) await Promise.all(rounds);
    },
  };
}

/** Results in the order of `items`, with so many under way at a time. */
async function manyAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, worker));
  return results;
}
