import { createEventRoutes, type EventsDatabase } from './events/index.ts';
import type { Route } from './http/index.ts';
import type { createIapPassThrough } from './iap/index.ts';
import type { Log } from './log.ts';
import { createRecordRoutes, type RecordsDatabase } from './records/index.ts';
import { createSmsRoutes } from './sms/index.ts';

export type RoutesOptions = Parameters<typeof createSmsRoutes>[0] & {
  environment: Readonly<Record<string, string | undefined>>;
  eventDatabases: () => Iterable<EventsDatabase>;
  recordDatabases: () => Iterable<RecordsDatabase>;
  log: Log;
  iap: Pick<ReturnType<typeof createIapPassThrough>, 'routes'>;
};

/** The routes of all channels: what the application serves, and what the fuzz run must have generators for. */
export function createRoutes({ iap, eventDatabases, recordDatabases, ...options }: RoutesOptions): Route[] {
  const events = createEventRoutes({ ...options, databases: eventDatabases });
  const records = createRecordRoutes({ ...options, databases: recordDatabases });
  return [...createSmsRoutes(options), ...events, ...records, ...iap.routes];
}
