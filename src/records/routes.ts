import { randomUUID } from 'node:crypto';
import type { Config } from '../config/index.ts';
import type { RateLimit, Route } from '../http/index.ts';
import type { RecordsDatabase } from './database.ts';
import { createDoorkeeper, type Doorkeeper } from './endpoints/door.ts';

export type RecordRoutesOptions = {
  config: Config;
  nowMs: () => number;
  /** May end by throwing when one is not known yet. */
  databases: () => Iterable<RecordsDatabase>;
};

/** What every door of the record API is given. */
export type RecordRouteParts = {
  config: Config;
  doorkeeper: Doorkeeper;
  /** Wrong keys of one address are slowed down; an endpoint's own limit is the doorkeeper's business. */
  rateLimit: RateLimit;
  nowMs: () => number;
};

/** One line for each door. */
const DOORS: readonly ((parts: RecordRouteParts) => Route[])[] = [];

/** All doors by which other systems reach records. */
export function createRecordRoutes({ config, nowMs, databases }: RecordRoutesOptions): Route[] {
  const doorkeeper = createDoorkeeper({ databases, nowMs, newUuid: randomUUID });
  const rateLimit = { count: 'refusals', points: config.http.refusalsPerMinute, windowSeconds: 60 } as const;
  return DOORS.flatMap((open) => open({ config, doorkeeper, rateLimit, nowMs }));
}
