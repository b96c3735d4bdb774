import type { SmsDatabase } from './database.ts';
import { importWebhookKey, type WebhookKey } from './report-signature.ts';

export type DatabaseKeys = { verifying: readonly WebhookKey[]; requireSignature: boolean };
export type WebhookKeys = {
  /** The keys that may have signed a report for this database. */
  of(database: SmsDatabase): Promise<DatabaseKeys>;
};

/** Imports each webhook secret once, and again only when the accounts were read anew. */
export function createWebhookKeys(): WebhookKeys {
  const known = new WeakMap<object, Promise<DatabaseKeys>>();

  return {
    async of(database) {
      const accounts = await database.accounts.all();
      let keys = known.get(accounts);
      if (keys === undefined) {
        keys = importAll(accounts);
        known.set(accounts, keys);
      }
      return keys;
    },
  };
}

async function importAll(
  accounts: readonly { webhookSecret: string | null; requireSignature: boolean }[],
): Promise<DatabaseKeys> {
  const secrets = new Set(
    accounts.map(({ webhookSecret }) => webhookSecret).filter((secret) => secret !== null),
  );
  return {
    verifying: await Promise.all([...secrets].map(importWebhookKey)),
    // A report without a signature names no account, so it is believed only where no account wants one.
    requireSignature: accounts.length === 0 || accounts.some(({ requireSignature }) => requireSignature),
  };
}
