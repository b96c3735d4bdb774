import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../docker/ports.ts';
import { type OwnedStack, startStack } from '../../docker/stack.ts';
import { type Receiver, startReceiver } from '../../fixtures/receiver/index.ts';
import { createOdooClient, type OdooConnection } from '../../src/odoo/index.ts';
import { provision } from '../../src/odoo/provisioning/index.ts';
import { startSupervisor } from '../chaos/supervisor.ts';
import { startCommand } from '../support/start-command.ts';

const PROJECT = new URL('../..', import.meta.url).pathname;
const MANIFESTS = join(PROJECT, 'addon-manifests');
const READY_MS = 60_000;

/** One of the databases that are compared, signed in as its administrator. */
export type Base = { name: string; admin: OdooConnection };

/** A real Odoo, a receiver, and Viaduct as a process of its own when it is wanted. */
export type Place = {
  stack: OwnedStack;
  receiver: Receiver;
  /** A fresh database, provisioned for Viaduct or left as it is. */
  database: (name: string, options: { provisioned: boolean }) => Promise<Base>;
  /** Viaduct for one database; `odooUrl` where it is to reach Odoo by another way, `listens` where PostgreSQL itself tells of events. */
  viaduct: (
    base: Base,
    options?: { odooUrl?: string; listens?: boolean },
  ) => Promise<{ port: number; stop: () => Promise<void> }>;
  stop: () => Promise<void>;
};

export async function startPlace(say: (words: string) => void): Promise<Place> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'viaduct-bench-'));
    ends.push(() => rm(folder, { recursive: true }));
    const stack = await startStack({
      onProgress: ({ step, fraction, text }) => say(`${step} ${Math.round(fraction * 100)} % ${text}`),
    });
    ends.push(stack.stop);
    const receiver = await startReceiver();
    ends.push(receiver.stop);
    const service = { login: 'viaduct-bench', password: randomBytes(24).toString('hex') };

    async function database(name: string, { provisioned }: { provisioned: boolean }): Promise<Base> {
      say(`database ${name}`);
      await stack.createDatabase(name);
      const admin = createOdooClient({
        ...{ url: stack.url, database: name, login: 'admin', password: 'admin' },
        limits: { timeoutMs: 300_000 },
      });
      ends.push(admin.stop);
      const canSignIn = async () => true;
      if (provisioned)
        await provision({ admin, manifestsDirectory: MANIFESTS, service: { ...service, canSignIn } });
      return { name, admin };
    }

    async function viaduct({ name }: Base, { odooUrl = stack.url, listens = false } = {}) {
      const port = await freePort();
      const { flags, environment } = startCommand();
      const process_ = startSupervisor({
        ...{ command: process.execPath, args: [...flags, 'src/viaduct.mjs', 'serve'], cwd: PROJECT },
        ...{ readyUrl: `http://127.0.0.1:${port}/readyz`, logFile: join(folder, 'viaduct.log') },
        env: {
          ...environment,
          ...{ ODOO_URL: odooUrl, ODOO_DATABASE: name },
          ...(listens ? { ODOO_POSTGRES_URL: await stack.listenerUrl() } : {}),
          ...{ ODOO_LOGIN: service.login, ODOO_PASSWORD: service.password },
          VIADUCT_PORT: String(port),
          VIADUCT_JOURNAL_PATH: join(folder, `${name}.db`),
          VIADUCT_EVENTS_ALLOWED_NETWORKS: '127.0.0.0/8',
          VIADUCT_EVENTS_RULE_QUIET_MS: '0',
        },
      });
      ends.push(() => process_.stop());
      await process_.ready(READY_MS);
      return { port, stop: () => process_.stop() };
    }
    return { stack, receiver, database, viaduct, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
