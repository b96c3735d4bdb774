import { randomUUID } from 'node:crypto';
import type { Config } from '../config/index.ts';
import type { Route } from '../http/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { createCatalogueRoute } from './catalogue/index.ts';
import type { EventsDatabase } from './database.ts';
import { createReceivingRoutes } from './receiving/index.ts';

export type EventRoutesOptions = {
  config: Config;
  environment: Readonly<Record<string, string | undefined>>;
  journal: Pick<Journal, 'append'>;
  metrics: Metrics;
  log: Log;
  nowMs: () => number;
  /** May end by throwing when one is not known yet. */
  databases: () => Iterable<EventsDatabase>;
};

const CATALOGUE_PER_MINUTE = 600;

/** The doors of the channel: the catalogue of its events, and where other Odoo systems push theirs. */
export function createEventRoutes(options: EventRoutesOptions): Route[] {
  const { config, journal, metrics, log } = options;
  const places = { secretsFolder: config.secrets.folder, environment: options.environment };
  return [
    createCatalogueRoute({
      rateLimit: { count: 'requests', points: CATALOGUE_PER_MINUTE, windowSeconds: 60 },
    }),
    ...createReceivingRoutes({
      ...{ journal, places, databases: options.databases, nowMs: options.nowMs, newUuid: randomUUID },
      rateLimit: { count: 'refusals', points: config.http.refusalsPerMinute, windowSeconds: 60 },
      onPush: (outcome) => metrics.events.inc({ database: 'any', outcome }),
      onFault: (source, words) => log.warn({ source, words }, 'a source of events cannot be used'),
    }),
  ];
}
