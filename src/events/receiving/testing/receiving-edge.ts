import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../config/index.ts';
import { createHttpServer } from '../../../http/index.ts';
import { createSqliteJournal, type Journal } from '../../../journal/index.ts';
import { createLog } from '../../../log.ts';
import { createMetrics } from '../../../metrics.ts';
import type { Source } from '../../records.ts';
import { createReceivingRoutes, type ReceivingDatabase } from '../receiving-routes.ts';

export const DATABASE = '5b0c9f6e-0b4a-4a8e-9a6c-0f1e2d3c4b5a';
export const NOW_MS = Date.UTC(2025, 0, 22, 10, 31);
export const KEY = 'key-of-the-other-odoo';
export const TOKEN = 'token-of-the-native-address';

/** Somebody who may push. */
export function sampleSource(parts: Partial<Source> = {}): Source {
  return {
    ...{ id: 3, name: 'Shop', active: true, key: KEY, hmacSecret: '', kinds: 'any', nativeToken: TOKEN },
    ...parts,
  };
}

/** A database with these sources. */
export function receivingDatabase(sources: readonly Source[], id = DATABASE): ReceivingDatabase {
  return { id, sources: () => sources };
}

export type ReceivingEdge = {
  url: string;
  journal: Journal;
  /** Everything logged so far, on every level. */
  logged: () => string;
  outcomes: string[];
  faults: string[];
  stop: () => Promise<void>;
};

/** The routes for pushed events behind Viaduct's own server, over a journal on disk. */
export async function startReceivingEdge(
  databases: () => Iterable<ReceivingDatabase>,
  { refusals = 1_000, environment = {} }: { refusals?: number; environment?: Record<string, string> } = {},
): Promise<ReceivingEdge> {
  const required = { ODOO_URL: 'http://odoo.test', ODOO_DATABASE: 'a', ODOO_LOGIN: 'a', ODOO_PASSWORD: 'a' };
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-receiving-'));
  const journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 64 * 1024 * 1024 });
  const lines: string[] = [];
  const [outcomes, faults]: [string[], string[]] = [[], []];
  let count = 0;
  const server = createHttpServer({
    config: loadConfig({ environment: { ...required, VIADUCT_PORT: '0' } }).http,
    log: createLog({ level: 'trace', destination: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics(),
    readiness: () => [],
    routes: createReceivingRoutes({
      journal,
      databases,
      places: { secretsFolder: undefined, environment },
      rateLimit: { count: 'refusals', points: refusals, windowSeconds: 60 },
      nowMs: () => NOW_MS,
      newUuid: () => `uuid-${++count}`,
      onPush: (outcome) => void outcomes.push(outcome),
      onFault: (_, words) => void faults.push(words),
    }),
  });
  const { port } = await server.start();
  return {
    url: `http://127.0.0.1:${port}`,
    journal,
    logged: () => lines.join(''),
    outcomes,
    faults,
    async stop() {
      await server.stop();
      await journal.close();
      await rm(folder, { recursive: true });
    },
  };
}
