import type { Source } from './records.ts';

/** What the routes know of one Odoo database. */
export type EventsDatabase = {
  /** Odoo's `database.uuid`. */
  id: string;
  /** As the settings name it. */
  name: string;
  /** Who may push to us, as last read; a promise when that was never read. */
  sources: () => readonly Source[] | Promise<readonly Source[]>;
  /** Why its traffic is stopped, in words, or null when it is open. */
  heldWords: () => string | null;
};
