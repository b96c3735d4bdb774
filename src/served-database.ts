import type { Backlog } from './backlog.ts';
import { type Bells, startBells } from './bells.ts';
import type { Surroundings } from './channel-options.ts';
import { type Channels, startChannels } from './channels.ts';
import type { DatabaseConfig } from './config/index.ts';
import { connectOdoo, placeOf } from './connect-odoo.ts';
import type { PartState } from './http/index.ts';
import { createDatabaseGuard, createFailureLog, type UuidClaims, type Verdict } from './odoo/guard/index.ts';
import { createKeyWatch, openServicePassword, readHello } from './odoo/index.ts';
import { provisionViaduct } from './provisioning.ts';
import { partsOf } from './served-database-parts.ts';

export type ServedDatabaseParts = Surroundings & {
  /** Where this database is, and what it may be asked. */
  settings: DatabaseConfig;
  claims: UuidClaims;
  backlog: Backlog;
  /** The id of this Viaduct's journal, for which databases are confirmed. */
  instance: string;
};

export type ServedDatabase = {
  /** As the settings name it. */
  name: string;
  /** Resolves after the first look at the database, whatever came of it; rejects only where it cannot be provisioned. */
  start(): Promise<void>;
  stop(signal?: AbortSignal): Promise<void>;
  /** What runs for it: null until Odoo was reached and the database found open for the first time. */
  channels(): Channels | null;
  /** Resolves once the database was served for the first time, or after `limitMs`. */
  firstServed(limitMs: number): Promise<void>;
  verdict(): Verdict;
  /** Somebody posts under another id: has the database asked soon who it is, but not at every such post. */
  doubt(): void;
  /** Odoo, the database and the bell, for `/readyz`. */
  parts(): PartState[];
};

/** What runs for the database that is open now; another confirmed id gets another one. */
type Running = { uuid: string; channels: Channels; bells: Bells };

const SERVE_RETRY_MS = 2_000;
const DOUBT_INTERVAL_MS = 5_000;

/** One Odoo database with all that Viaduct runs for it: the connections, the guard, the bell and the channels. */
export function createServedDatabase(parts: ServedDatabaseParts): ServedDatabase {
  const { config, settings, log, metrics, clock } = parts;
  const { name } = settings;
  const password = openServicePassword(settings, config.journal.path);
  const odoo = connectOdoo(settings, { password, metrics });
  let running: Running | null = null;
  let doubtedAtMs = Number.NEGATIVE_INFINITY;
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  /** Changes are made one after the other, so that an old channel has stopped before its successor starts. */
  let changing: Promise<void> = Promise.resolve();

  const guard = createDatabaseGuard({
    ...parts,
    client: odoo,
    claim: (uuid) => parts.claims.claim(uuid, placeOf(settings)),
    onChange,
  });

  const key = createKeyWatch({
    ...{ odoo, clock, password, mayRenew: () => guard.isOpen() },
    onRenewed: (end) => log.info({ end, file: password.file() }, 'the API key for Odoo was renewed'),
    onNearEnd: (end, error) => log.warn({ end, error }, 'the API key for Odoo ends soon'),
  });

  const unserved = createFailureLog({
    ...{ database: name, clock, log },
    words: { failing: 'the database cannot be served yet', again: 'the database is served' },
  });

  function onChange(verdict: Verdict): void {
    metrics.guardHeld.set({ database: name }, verdict.open ? 0 : 1);
    if (verdict.open) changing = changing.then(() => serveAtLast(verdict.uuid));
  }

  /** Odoo may go away between two calls: the verdict stands, so serving begins as soon as it answers again. */
  async function serveAtLast(uuid: string): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await serve(uuid);
        return unserved.succeeded();
      } catch (error) {
        unserved.failed(error);
        await clock.sleep(SERVE_RETRY_MS, stopping.signal).catch(() => {});
      }
    }
  }

  async function serve(uuid: string): Promise<void> {
    if (running?.uuid === uuid) return running.channels.wake();
    await end();
    const hello = await readHello(odoo);
    const bellConnected = () => running?.bells.isConnected() ?? false;
    const channels = startChannels({ ...parts, database: uuid, hello, odoo, guard, bellConnected });
    const bells = startBells({
      ...{ ...parts, channel: hello.bell, onOutbox: channels.ring },
      onRing: () => {
        channels.wake();
        void guard.check();
      },
    });
    running = { uuid, channels, bells };
    first.resolve();
  }

  async function end(signal?: AbortSignal): Promise<void> {
    const ending = running;
    running = null;
    await ending?.bells.stop();
    await ending?.channels.stop(signal);
  }

  async function provisionAtStart(): Promise<void> {
    if (!settings.provisionAtStart) return;
    const onStep = (change: string) => log.info({ change }, 'odoo provisioned');
    await provisionViaduct({ config, settings, onStep }).catch((error: unknown) => {
      if (config.databases.length === 1) throw error;
      log.error({ error }, 'the database could not be provisioned');
    });
  }

  let unsubscribe = () => {};
  return {
    name,
    async start() {
      await provisionAtStart();
      unsubscribe = odoo.onAvailabilityChange((available) => {
        metrics.odooBreakerOpen.set({ database: name }, available ? 0 : 1);
        if (!available) return;
        void guard.check();
        running?.channels.wake();
      });
      key.start();
      await guard.start();
    },
    async stop(signal) {
      stopping.abort();
      unsubscribe();
      await key.stop();
      await guard.stop();
      await changing;
      await end(signal);
      await odoo.stop();
    },
    channels: () => running?.channels ?? null,
    async firstServed(limitMs) {
      if (running === null) await Promise.race([first.promise, clock.sleep(limitMs, stopping.signal)]);
    },
    verdict: () => guard.verdict(),
    doubt() {
      if (clock.nowMs() - doubtedAtMs < DOUBT_INTERVAL_MS) return;
      doubtedAtMs = clock.nowMs();
      void guard.check();
    },
    parts: () =>
      partsOf({
        odooAnswers: odoo.isAvailable(),
        verdict: guard.verdict(),
        isRead: running !== null,
        isHeard: running?.bells.isConnected() ?? false,
        isListening: running?.bells.isListening() ?? null,
        ...{ keyEnd: key.nearEnd(), keySetting: settings.settingNames.password },
      }),
  };
}
