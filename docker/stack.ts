import { removeContainersOf, removeOrphans, startCleaner } from './cleaner.ts';
import { dockerClient } from './client.ts';
import {
  containerLog,
  startOdoo,
  startPostgres,
  untilOdooReady,
  untilPostgresReady,
  untilStopped,
} from './containers.ts';
import { createDatabase, dropDatabase, listenerUrl, makeTemplate, query } from './databases.ts';
import { type DockerEngine, ensureDockerEngine } from './engine.ts';
import { ensureImages } from './images.ts';
import { labelsFor, OWNER_LABEL } from './labels.ts';
import { freePort } from './ports.ts';
import type { OnProgress } from './progress.ts';
import { ensureSeededImage } from './seeded-image.ts';

export const STACK_STEP = 'PostgreSQL and Odoo';

/** Where a running stack is; plain data, so that it can go to another process, which then attaches. */
export type StackAddress = {
  /** Odoo's address, without a slash at the end. */
  url: string;
  odooId: string;
  odooPort: number;
  postgresId: string;
  postgresPort: number;
};

/** One of the two servers; the data survives whatever is done to it. */
export type StackServer = {
  /** Kills it at once with SIGKILL. */
  kill: () => Promise<void>;
  /** Ends it in its own time, 20 s at most. */
  stop: () => Promise<void>;
  /** Starts it again on its old port and waits until it is ready. */
  start: () => Promise<void>;
  /** The last lines of its log. */
  logs: (lines?: number) => Promise<string>;
};

export type Stack = {
  address: StackAddress;
  url: string;
  odoo: StackServer;
  postgres: StackServer;
  /** A fresh database: a copy of the seeded one, or of that template, with an identity of its own; admin/admin. */
  createDatabase: (name: string, template?: string) => Promise<void>;
  /** Gives a database a new name, under which it can only be copied. */
  makeTemplate: (name: string, template: string) => Promise<void>;
  dropDatabase: (name: string) => Promise<void>;
  /** Where PostgreSQL is reached by a role that may do nothing but connect, for ODOO_POSTGRES_URL. */
  listenerUrl: () => Promise<string>;
  /** Runs SQL in a database as superuser; rows as lines, columns parted by `|`. */
  query: (database: string, sql: string) => Promise<string>;
};

export type StackOptions = {
  onProgress?: OnProgress;
  signal?: AbortSignal;
  /** How many threads run Odoo's scheduled actions; 1 by default, 0 for none. */
  cronThreads?: number;
};

export type OwnedStack = Stack & {
  /** Removes the containers, and ends the Docker daemon if this process started it. */
  stop: () => Promise<void>;
};

/**
 * Brings up PostgreSQL with the seeded database and an Odoo, and whatever of Docker, images and seed is missing.
 * Rejects with what the parts reject with; what was started is then removed again.
 */
export async function startStack(options: StackOptions = {}): Promise<OwnedStack> {
  const { signal, cronThreads = 1, onProgress = () => undefined } = options;
  const say = (fraction: number, text: string): void => onProgress({ step: STACK_STEP, fraction, text });
  const common = { onProgress, ...(signal === undefined ? {} : { signal }) };
  const engine = await ensureDockerEngine(common);
  const stop = (): Promise<void> => leaveNothing(engine);
  try {
    await startCleaner(engine);
    await removeOrphans();
    const images = await ensureImages(common);
    const seeded = await ensureSeededImage({ images, ...common });
    say(0.05, 'starting PostgreSQL');
    const postgresPort = await freePort();
    const postgresId = await startPostgres(seeded, { port: postgresPort, isDurable: true }, signal);
    say(0.3, 'starting Odoo');
    const odooPort = await freePort();
    const odooId = await startOdoo(images.odoo, { port: odooPort, postgresPort, cronThreads }, signal);
    const url = `http://127.0.0.1:${odooPort}`;
    say(1, url);
    return { ...attachStack({ url, odooId, odooPort, postgresId, postgresPort }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function leaveNothing(engine: DockerEngine): Promise<void> {
  const owner = (await labelsFor(''))[OWNER_LABEL];
  if (owner !== undefined) await removeContainersOf(owner);
  await engine.stop();
}

/** A stack that another process started: everything but ending it. */
export function attachStack(address: StackAddress): Stack {
  const { url, odooId, odooPort, postgresId, postgresPort } = address;
  return {
    address,
    url,
    odoo: server(odooId, () => untilOdooReady(odooId, odooPort)),
    postgres: server(postgresId, () => untilPostgresReady(postgresId, postgresPort)),
    createDatabase: (name, template) => createDatabase(address, name, { url, template }),
    makeTemplate: (name, template) => makeTemplate(address, name, template),
    dropDatabase: (name) => dropDatabase(address, name),
    listenerUrl: () => listenerUrl(address),
    query: (database, sql) => query(postgresId, postgresPort, database, sql),
  };
}

function server(id: string, untilReady: () => Promise<void>): StackServer {
  const container = async () => (await dockerClient()).container.dockerode.getContainer(id);
  return {
    kill: async () => {
      await (await container()).kill({ signal: 'SIGKILL' });
      await untilStopped(id);
    },
    stop: async () => {
      await (await container()).stop({ t: 20 });
    },
    start: async () => {
      await (await container()).start();
      await untilReady();
    },
    logs: (lines) => containerLog(id, lines),
  };
}
