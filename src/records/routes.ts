import { randomUUID } from 'node:crypto';
import type { Config } from '../config/index.ts';
import type { RateLimit, Route } from '../http/index.ts';
import type { RecordsDatabase } from './database.ts';
import { createDropInRoutes } from './drop-in/routes.ts';
import { createDoorkeeper, type Doorkeeper } from './endpoints/door.ts';
import { createScopedOdooRoutes } from './scoped-odoo/routes.ts';
import { createV1Routes } from './v1/routes.ts';

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
  /** May end by throwing when one is not known yet. */
  databases: () => Iterable<RecordsDatabase>;
};

/** One line for each door. */
const DOORS: readonly ((parts: RecordRouteParts) => Route[])[] = [
  createScopedOdooRoutes,
  createDropInRoutes,
  createV1Routes,
];

/** All doors by which other systems reach records. */
export function createRecordRoutes({ config, nowMs, databases }: RecordRoutesOptions): Route[] {
  const doorkeeper = createDoorkeeper({ databases, nowMs, newUuid: randomUUID });
  const rateLimit = { count: 'refusals', points: config.http.refusalsPerMinute, windowSeconds: 60 } as const;
  const parts = { config, doorkeeper, rateLimit, nowMs, databases };
  return DOORS.flatMap((open) => open(parts));
}
