import { flushCompileCache } from 'node:module';
import { sampleAccount } from '../../../fixtures/sms-samples.ts';
import { systemClock } from '../../../src/clock.ts';
import { loadConfig } from '../../../src/config/index.ts';
import { createHttpServer } from '../../../src/http/index.ts';
import { createSqliteJournal } from '../../../src/journal/index.ts';
import { watchJournal } from '../../../src/journal-watch.ts';
import { createLog } from '../../../src/log.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { createSmsRoutes, type SmsDatabase } from '../../../src/sms/index.ts';
import { BENCH_DATABASE, BENCH_SECRET } from './reports.ts';

/**
 * Viaduct's own server, routes and journal, with everything on that a delivery report passes through. Only Odoo is left out:
 * what is measured is the acknowledgement, and that does not wait for Odoo.
 */
const config = loadConfig({
  environment: {
    ODOO_URL: 'http://127.0.0.1:9',
    ODOO_DATABASE: 'bench',
    ODOO_LOGIN: 'bench',
    ODOO_PASSWORD: 'bench',
    VIADUCT_PORT: '0',
    VIADUCT_JOURNAL_PATH: process.env['VIADUCT_BENCH_JOURNAL'],
  },
});
const metrics = createMetrics({ processFacts: true });
const sqlite = await createSqliteJournal({ ...config.journal, clock: systemClock });
const { journal } = watchJournal(sqlite, metrics);
const account = sampleAccount({ webhookSecret: BENCH_SECRET });
const accounts = [account];
const database: SmsDatabase = {
  id: BENCH_DATABASE,
  name: 'bench',
  accounts: { all: async () => accounts, byIapToken: async () => account, refresh: async () => {} },
  heldWords: () => null,
};
const server = createHttpServer({
  config: config.http,
  log: createLog({ level: 'info' }),
  metrics,
  readiness: () => [],
  routes: createSmsRoutes({
    ...{ config, journal, metrics },
    nowMs: systemClock.nowMs,
    databaseOf: async () => database,
    databases: () => [database],
  }),
});
const { port } = await server.start();
// Before anybody hears of it: a process that is killed writes nothing.
flushCompileCache();
process.send?.({ port });

let rssBytes = 0;
setInterval(() => {
  rssBytes = Math.max(rssBytes, process.memoryUsage.rss());
}, 100).unref();
process.on('message', () => {
  process.send?.({ commits: sqlite.commitCount(), rssBytes: Math.max(rssBytes, process.memoryUsage.rss()) });
});
