import type { AccountBook } from './accounts/accounts.ts';

/** What the routes know of one Odoo database. */
export type SmsDatabase = {
  /** Odoo's `database.uuid`. */
  id: string;
  /** As the settings name it: a label of metrics, and part of the address for its reports where there are several. */
  name: string;
  accounts: AccountBook;
  /** Why its traffic is stopped, in words, or null when it is open. */
  heldWords: () => string | null;
};
