import type { Clock } from './clock.ts';
import type { Config } from './config/index.ts';
import type { Journal } from './journal/index.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { DatabaseIdentity } from './odoo/guard/index.ts';
import type { OdooClient } from './odoo/index.ts';

/** What all that runs in this process shares. */
export type Surroundings = {
  config: Config;
  journal: Journal;
  environment: Readonly<Record<string, string | undefined>>;
  log: Log;
  metrics: Metrics;
  clock: Clock;
  random: () => number;
};

/** What every channel of an Odoo database is made of. */
export type ChannelOptions = Surroundings & {
  /** Odoo's `database.uuid`. */
  database: string;
  /** As the settings name it. */
  name: string;
  odoo: OdooClient;
  /** Whether traffic may flow now: the database is open and Odoo answers. */
  isOpen: () => boolean;
  /** Why nothing is taken now, in words for its users, or null. */
  heldWords: () => string | null;
  /** Whether what answered is the database that may be worked on. */
  admits: (identity: DatabaseIdentity) => boolean;
};
