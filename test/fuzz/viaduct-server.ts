import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createHttpServer } from '../../src/http/index.ts';
import { createIapPassThrough } from '../../src/iap/index.ts';
import { createSqliteJournal } from '../../src/journal/index.ts';
import { watchJournal } from '../../src/journal-watch.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createRoutes } from '../../src/routes.ts';
import { fuzzEventDatabases } from './events/sources.ts';
import { fuzzRecordDatabases } from './records/database.ts';
import { fuzzDatabases } from './secrets.ts';

/**
 * Viaduct's own server, routes and journal with their own limits; only Odoo is left out. It logs on the finest level, so that
 * a secret that would be logged on any level is found.
 */
const config = loadConfig();
const metrics = createMetrics({ processFacts: true });
const { journal, state } = watchJournal(
  await createSqliteJournal({ ...config.journal, clock: systemClock }),
  metrics,
);
const databases = fuzzDatabases();
const eventDatabases = fuzzEventDatabases();
const recordDatabases = fuzzRecordDatabases();
const log = createLog({ level: 'trace' });
const iap = createIapPassThrough(config);
const server = createHttpServer({
  config: config.http,
  log,
  metrics,
  readiness: () => [state()],
  routes: createRoutes({
    ...{ config, journal, metrics, iap, log, environment: {} },
    nowMs: systemClock.nowMs,
    databaseOf: async (uuid) => databases.find(({ id }) => id === uuid) ?? null,
    databases: () => databases,
    eventDatabases: () => eventDatabases,
    recordDatabases: () => recordDatabases,
  }),
});
const { port } = await server.start();
process.send?.({ port, routes: server.routes.map(({ method, path }) => `${method} ${path}`) });

process.on('message', async (wish) => {
  if (wish === 'settle') await settle();
  if (wish === 'stop') await stop();
});

/** Gives back what can be given back, so that what is left is what was kept. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await globalThis.gc?.({ type: 'major', execution: 'async' });
    await systemClock.sleep(100);
  }
  process.send?.('settled');
}

async function stop(): Promise<void> {
  await server.stop();
  await iap.stop();
  await journal.close();
  process.disconnect();
}
