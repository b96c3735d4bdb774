import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../docker/ports.ts';
import { type OwnedStack, startStack } from '../../../docker/stack.ts';
import { createOdooClient, type OdooConnection } from '../../../src/odoo/index.ts';
import { until } from '../../support/until.ts';
import { type KillProxy, startKillProxy } from '../kill-proxy.ts';
import { progressLines } from '../progress-lines.ts';
import type { ScenarioOptions } from '../scenario.ts';
import { type Supervisor, startSupervisor } from '../supervisor.ts';
import { type Stage, setUpOdoo } from './odoo-setup.ts';
import { type ChaosReceiver, startChaosReceiver } from './receiver.ts';
import { keepTruth } from './truth.ts';

const PROJECT = new URL('../../..', import.meta.url).pathname;
const DATABASE = 'chaos';
const FIRST_READY_MS = 120_000;
const RULES_MS = 60_000;

/** All that takes part: real servers in containers, a receiver that fails, Viaduct as a process, a proxy on each way. */
export type World = {
  database: string;
  stack: OwnedStack;
  admin: OdooConnection;
  stage: Stage;
  receiver: ChaosReceiver;
  toReceiver: KillProxy;
  toOdoo: KillProxy;
  viaduct: Supervisor;
  viaductUrl: string;
  /** Ends everything, newest first; leaves Viaduct's log where `logFile` says unless told that nobody needs it. */
  stop: (options: { keepLog: boolean }) => Promise<void>;
  logFile: string;
};

type Parts = ScenarioOptions & { random: () => number };
type Stops = (() => Promise<unknown>)[];

/** Starts the world of the events scenario: Odoo provisioned, Viaduct ready, Odoo's rules made. */
export async function startWorld(options: Parts): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-chaos-'));
  const stops: Stops = [];
  const stop = async ({ keepLog }: { keepLog: boolean }) => {
    for (const end of stops.splice(0).reverse()) await end();
    if (!keepLog) await rm(folder, { recursive: true });
  };
  try {
    return { ...(await startParts(options, folder, stops)), stop };
  } catch (error) {
    await stop({ keepLog: true });
    throw error;
  }
}

async function startParts({ random, say, signal }: Parts, folder: string, stops: Stops) {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const service = { login: 'viaduct-chaos', password: randomBytes(24).toString('hex') };

  const stack = await startStack({ onProgress: progressLines(say), signal });
  stops.push(stack.stop);
  await stack.createDatabase(DATABASE);
  const receiver = await startChaosReceiver(secret, random);
  stops.push(receiver.stop);
  const toReceiver = await startKillProxy({ target: receiver.url });
  stops.push(toReceiver.stop);
  const toOdoo = await startKillProxy({ target: stack.url });
  stops.push(toOdoo.stop);
  const admin = createOdooClient({
    url: stack.url,
    database: DATABASE,
    login: 'admin',
    password: 'admin',
    // Never a second try: it could be a second change. And never a rest: the load is to meet every failure.
    limits: { attempts: 1, connections: 12, failuresToOpen: 1_000_000 },
  });
  stops.push(admin.stop);
  say('provisioning Odoo');
  const stage = await setUpOdoo({ admin, service, receiverUrl: toReceiver.url, secret });
  await keepTruth({ stack, database: DATABASE });

  const port = await freePort();
  const viaductUrl = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'viaduct.log');
  const viaduct = startSupervisor({
    command: process.execPath,
    args: ['src/main.ts', 'serve'],
    cwd: PROJECT,
    readyUrl: `${viaductUrl}/readyz`,
    logFile,
    env: {
      ODOO_URL: toOdoo.url,
      ODOO_DATABASE: DATABASE,
      ODOO_LOGIN: service.login,
      ODOO_PASSWORD: service.password,
      ODOO_POSTGRES_URL: await stack.listenerUrl(),
      VIADUCT_PORT: String(port),
      VIADUCT_JOURNAL_PATH: join(folder, 'journal.db'),
      VIADUCT_EVENTS_ALLOWED_NETWORKS: '127.0.0.0/8',
      ...PACE,
    },
  });
  stops.push(() => viaduct.stop());
  say('starting Viaduct, which makes the rules');
  await viaduct.ready(FIRST_READY_MS);
  const made = 'select count(x_automation_id) + count(x_unlink_automation_id) from x_viaduct_watch';
  await until(
    () => stack.query(DATABASE, made),
    (count) => count === '2',
    { timeoutMs: RULES_MS },
  );
  return {
    ...{ stack, admin, stage, receiver, toReceiver, toOdoo, viaduct, viaductUrl, logFile },
    database: DATABASE,
  };
}

/** What a killed Viaduct left behind is taken up by the next one, and not the tenth. */
const PACE = {
  VIADUCT_WORK_LEASE_MS: '2000',
  VIADUCT_EVENTS_RULE_QUIET_MS: '0',
  ODOO_BREAKER_PROBE_MS: '1000',
};
