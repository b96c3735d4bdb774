import { createBacklog } from './backlog.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config/index.ts';
import { placeOf } from './connect-odoo.ts';
import { createHttpServer } from './http/index.ts';
import { createIapPassThrough } from './iap/index.ts';
import { createSqliteJournal } from './journal/index.ts';
import { watchJournal } from './journal-watch.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createUuidClaims, journalInstance } from './odoo/guard/index.ts';
import { startOperatorSocket } from './operator/index.ts';
import { createRoutes } from './routes.ts';
import { createServedDatabase } from './served-database.ts';
import { createServedDatabases } from './served-databases.ts';
import { startUpkeep } from './upkeep.ts';

export type AppOptions = {
  config: Config;
  log: Log;
  environment: Readonly<Record<string, string | undefined>>;
};

export type App = {
  port: number;
  /** Takes nothing more, finishes what is running within the configured grace, and closes everything. */
  stop(): Promise<void>;
};

/**
 * Composes Viaduct and starts it. The server listens before Odoo is reached: what arrives meanwhile is answered with 503
 * and comes again. Rejects when the journal cannot be opened or the port is taken.
 */
export async function startApp({ config, log, environment }: AppOptions): Promise<App> {
  const clock = systemClock;
  const random = Math.random;
  const metrics = createMetrics({ processFacts: true });
  const backlog = createBacklog(config.databases.length === 1 ? Infinity : config.journal.databaseEntries);
  const watched = watchJournal(await createSqliteJournal({ ...config.journal, clock }), metrics, backlog);
  const { journal } = watched;
  const instance = await journalInstance(journal);
  const claims = createUuidClaims({ journal, places: config.databases.map(placeOf) });
  const served = config.databases.map((settings) =>
    createServedDatabase({
      ...{ config, settings, journal, instance, claims, backlog, environment, metrics, clock, random },
      log: config.databases.length === 1 ? log : log.child({ servedDatabase: settings.name }),
    }),
  );
  const databases = createServedDatabases(served);
  const upkeep = startUpkeep({
    ...{ config, journal, backlog, nameOf: databases.nameOf, servedIds: databases.ids, log, metrics, clock },
  });
  const readiness = () => [watched.state(), ...databases.parts(), upkeep.state()];
  const iap = createIapPassThrough(config);
  const server = createHttpServer({
    config: config.http,
    log,
    metrics,
    readiness,
    routes: createRoutes({
      ...{ config, journal, metrics, iap, environment, log },
      nowMs: clock.nowMs,
      databaseOf: databases.byUuid,
      databases: databases.forReport,
      eventDatabases: databases.forEvents,
      recordDatabases: databases.forRecords,
    }),
  });
  const { port } = await server.start();
  const operator = await startOperatorSocket({ journal, journalPath: config.journal.path, readiness, log });
  log.info({ port, databases: config.databases.map(({ database }) => database) }, 'viaduct listens');
  await Promise.all(served.map((database) => database.start()));

  return {
    port,
    async stop() {
      await server.stop();
      await iap.stop();
      await operator.stop();
      upkeep.stop();
      const grace = AbortSignal.timeout(config.http.stopGraceMs);
      await Promise.all(served.map((database) => database.stop(grace)));
      await journal.close();
      log.info({}, 'viaduct stopped');
    },
  };
}
