import type { AccountBook } from './accounts.ts';

/** What the routes know of one Odoo database. */
export type SmsDatabase = {
  /** Odoo's `database.uuid`. */
  id: string;
  accounts: AccountBook;
  /** Why its traffic is stopped, in words, or null when it is open. */
  heldWords: () => string | null;
};
