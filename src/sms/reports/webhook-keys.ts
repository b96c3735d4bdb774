import type { SmsAccount } from '../accounts/accounts.ts';
import type { SmsDatabase } from '../database.ts';
import { importWebhookKey, type WebhookKey } from './report-signature.ts';

export type DatabaseKeys = { verifying: readonly WebhookKey[]; requireSignature: boolean };
export type WebhookKeys = {
  /** The keys that may have signed a report for this database; at once when they are known. */
  of(database: SmsDatabase): DatabaseKeys | Promise<DatabaseKeys>;
};

/** Imports each webhook secret once, and again only when the accounts were read anew. */
export function createWebhookKeys(): WebhookKeys {
  const known = new WeakMap<readonly SmsAccount[], DatabaseKeys | Promise<DatabaseKeys>>();

  function keysOf(accounts: readonly SmsAccount[]): DatabaseKeys | Promise<DatabaseKeys> {
    const keys = known.get(accounts);
    if (keys !== undefined) return keys;
    const importing = importAll(accounts).then((imported) => {
      known.set(accounts, imported);
      return imported;
    });
    known.set(accounts, importing);
    return importing;
  }

  return {
    of({ accounts }) {
      const all = accounts.all();
      return all instanceof Promise ? all.then(keysOf) : keysOf(all);
    },
  };
}

async function importAll(accounts: readonly SmsAccount[]): Promise<DatabaseKeys> {
  const secrets = new Set(
    accounts.map(({ webhookSecret }) => webhookSecret).filter((secret) => secret !== null),
  );
  return {
    verifying: await Promise.all([...secrets].map(importWebhookKey)),
    // A report without a signature names no account, so it is believed only where no account wants one.
    requireSignature: accounts.length === 0 || accounts.some(({ requireSignature }) => requireSignature),
  };
}
