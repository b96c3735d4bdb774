import { systemClock } from './clock.ts';
import type { Config } from './config/index.ts';
import { createHttpServer, HttpError, type PartState } from './http/index.ts';
import { createSqliteJournal } from './journal/index.ts';
import { type WatchedJournal, watchJournal } from './journal-watch.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { journalInstance } from './odoo/guard/index.ts';
import { createOdooClient, type OdooConnection } from './odoo/index.ts';
import { provisionViaduct } from './provisioning.ts';
import { createRoutes } from './routes.ts';
import { createServedDatabase, type ServedDatabase } from './served-database.ts';
import type { SmsDatabase } from './sms/index.ts';
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
  const watched = watchJournal(await createSqliteJournal({ ...config.journal, clock }), metrics);
  const { journal } = watched;
  const odoo = connectOdoo(config, metrics);
  const instance = await journalInstance(journal);
  const served = createServedDatabase({
    ...{ config, journal, odoo, instance, environment, log, metrics, clock, random },
  });
  const server = createHttpServer({
    config: config.http,
    log,
    metrics,
    readiness: () => readiness({ served, odoo, watched }),
    routes: createRoutes({
      ...{ config, journal, metrics },
      nowMs: clock.nowMs,
      databaseOf: (uuid) => databaseOf(uuid, served),
      databases: () => [known(served)],
    }),
  });
  const { port } = await server.start();
  const upkeep = startUpkeep({ config, journal, log, metrics, clock });
  log.info({ port, database: config.odoo.database }, 'viaduct listens');
  if (config.odoo.provisionAtStart) {
    await provisionViaduct({ config, onStep: (change) => log.info({ change }, 'odoo provisioned') });
  }
  await served.start();

  return {
    port,
    async stop() {
      await server.stop();
      upkeep.stop();
      await served.stop(AbortSignal.timeout(config.http.stopGraceMs));
      await odoo.stop();
      await journal.close();
      log.info({}, 'viaduct stopped');
    },
  };
}

function connectOdoo({ odoo }: Config, metrics: Metrics): OdooConnection {
  return createOdooClient({
    ...{ url: odoo.url, database: odoo.database, login: odoo.login, password: odoo.password.reveal() },
    limits: {
      connections: odoo.connections,
      waitingCalls: odoo.waitingCalls,
      timeoutMs: odoo.callTimeoutMs,
      responseBytes: odoo.answerBytes,
      failuresToOpen: odoo.breakerFailures,
      longestProbeMs: odoo.breakerProbeMs,
    },
    onCall: ({ outcome, durationMs }) => {
      metrics.odooCalls.inc({ outcome });
      metrics.odooCallSeconds.observe(durationMs / 1000);
    },
  });
}

/** The only database while it is known; senders come again when it is not. */
function known(served: ServedDatabase): SmsDatabase {
  const database = served.sms();
  if (database !== null) return database;
  throw new HttpError({
    status: 503,
    code: 'database-not-served',
    detail: served.verdict().open
      ? 'Odoo is being reached. Send again soon.'
      : 'The database is not served now.',
    headers: { 'retry-after': '5' },
  });
}

/** Odoo waits 15 s for an answer, and shows the user a failure when it is 503. */
const PATIENCE_MS = 5_000;

/** A copy of the database has the same or another id: while traffic is held, whoever asks is told why. */
async function databaseOf(uuid: string, served: ServedDatabase): Promise<SmsDatabase | null> {
  await served.firstServed(PATIENCE_MS);
  const database = known(served);
  if (database.id === uuid || !served.verdict().open) return database;
  served.doubt();
  return null;
}

type Parts = { served: ServedDatabase; odoo: OdooConnection; watched: WatchedJournal };

function readiness({ served, odoo, watched }: Parts): PartState[] {
  const verdict = served.verdict();
  return [
    watched.state(),
    {
      name: 'odoo',
      up: odoo.isAvailable(),
      matters: true,
      detail: odoo.isAvailable() ? 'answers' : 'does not answer; it is probed until it does',
    },
    {
      name: 'database',
      up: verdict.open && served.sms() !== null,
      matters: true,
      detail: verdict.open ? (served.sms() === null ? 'is being read' : 'open') : verdict.words,
    },
    {
      name: 'bell',
      up: served.bellConnected(),
      matters: false,
      detail: served.bellConnected() ? 'connected' : 'not connected; changes in Odoo are seen a minute late',
    },
  ];
}
