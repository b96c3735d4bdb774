import type { Acting } from './endpoints/acting.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import type { EndpointFinder } from './endpoints/find-endpoint.ts';
import type { CallLine } from './log/call-line.ts';
import type { FieldBook } from './scope/field-meta.ts';
import type { Transacted, Transaction } from './transaction.ts';

/** What the routes know of one Odoo database. */
export type RecordsDatabase = {
  /** Odoo's `database.uuid`. */
  id: string;
  /** As the settings name it. */
  name: string;
  /** Odoo's series, as 19. */
  series: number;
  /** Why its traffic is stopped, in words, or null when it is open. */
  heldWords: () => string | null;
  /** Its endpoints, as last read; a promise when they were never read. */
  finder: () => EndpointFinder | Promise<EndpointFinder>;
  /** What Odoo says of the fields of models. */
  fields: FieldBook['of'];
  /** The id of a server action by its external id; null where there is none. */
  findAction: (externalId: string) => Promise<number | null>;
  /** Odoo as the endpoint's user. */
  acting: (endpoint: Endpoint) => Acting;
  transact: (endpoint: Endpoint, transaction: Transaction) => Promise<Transacted>;
  /** Counts a call of the endpoint; returns the milliseconds to wait when there were too many, or null. */
  spend: (endpoint: Endpoint) => number | null;
  /** Keeps a line for Odoo's log, without holding up the call. */
  keep: (line: CallLine) => void;
};
