import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../docker/ports.ts';
import { type OwnedStack, startStack } from '../../../docker/stack.ts';
import { createOdooClient, type OdooConnection } from '../../../src/odoo/index.ts';
import { type KillProxy, startKillProxy } from '../kill-proxy.ts';
import { progressLines } from '../progress-lines.ts';
import type { ScenarioOptions } from '../scenario.ts';
import { type Supervisor, startSupervisor } from '../supervisor.ts';
import { keepHistory } from './history.ts';
import { type Stage, setUpOdoo } from './odoo-setup.ts';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts';

const PROJECT = new URL('../../..', import.meta.url).pathname;
const DATABASE = 'chaos';
const FIRST_READY_MS = 120_000;

/** All that takes part: real servers in containers, the provider and Viaduct as processes, and a proxy on each way. */
export type World = {
  database: string;
  stack: OwnedStack;
  admin: OdooConnection;
  stage: Stage;
  simulator: SimulatorProcess;
  toViaduct: KillProxy;
  toOdoo: KillProxy;
  viaduct: Supervisor;
  viaductUrl: string;
  /** Ends everything, newest first; leaves Viaduct's log where `logFile` says unless told that nobody needs it. */
  stop: (options: { keepLog: boolean }) => Promise<void>;
  logFile: string;
};

type Stops = (() => Promise<unknown>)[];

/** Starts the world of the SMS scenario, with Odoo provisioned and Viaduct ready. */
export async function startWorld(options: ScenarioOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-chaos-'));
  const stops: Stops = [];
  const stop = async ({ keepLog }: { keepLog: boolean }) => {
    for (const end of stops.splice(0).reverse()) await end();
    if (!keepLog) await rm(folder, { recursive: true });
  };
  try {
    return { ...(await startParts(options, folder, stops)), stop };
  } catch (error) {
    await stop({ keepLog: false });
    throw error;
  }
}

async function startParts({ seed, say, signal }: ScenarioOptions, folder: string, stops: Stops) {
  const secret = () => randomBytes(24).toString('hex');
  const gatewayApi = { token: secret(), webhookSecret: secret() };
  const service = { login: 'viaduct-chaos', password: secret() };

  const stack = await startStack({ onProgress: progressLines(say), signal });
  stops.push(stack.stop);
  await stack.createDatabase(DATABASE);
  const simulator = await startSimulatorProcess({ ...gatewayApi, seed });
  stops.push(simulator.stop);
  const port = await freePort();
  const viaductUrl = `http://127.0.0.1:${port}`;
  const toViaduct = await startKillProxy({ target: viaductUrl });
  stops.push(toViaduct.stop);
  const toOdoo = await startKillProxy({ target: stack.url });
  stops.push(toOdoo.stop);
  const admin = createOdooClient({
    url: stack.url,
    database: DATABASE,
    login: 'admin',
    password: 'admin',
    // Never a second try: it could be a second SMS. And never a rest: the load is to meet every failure.
    limits: { attempts: 1, connections: 12, failuresToOpen: 1_000_000 },
  });
  stops.push(admin.stop);
  say('provisioning Odoo');
  const account = { ...gatewayApi, url: simulator.url };
  const stage = await setUpOdoo({ admin, service, endpoint: toViaduct.url, gatewayApi: account });
  await keepHistory({ stack, database: DATABASE });

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
      VIADUCT_PORT: String(port),
      VIADUCT_JOURNAL_PATH: join(folder, 'journal.db'),
      VIADUCT_GATEWAYAPI_HOSTS: new URL(simulator.url).host,
      ...PACE,
    },
  });
  stops.push(() => viaduct.stop());
  say('starting Viaduct');
  await viaduct.ready(FIRST_READY_MS);
  return {
    ...{ stack, admin, stage, simulator, toViaduct, toOdoo, viaduct, viaductUrl, logFile },
    database: DATABASE,
  };
}

/** A life of days within minutes: what a killed Viaduct left behind is taken up by the next one, and not the tenth. */
const PACE = {
  VIADUCT_WORK_LEASE_MS: '2000',
  VIADUCT_SMS_WRITE_INTERVAL_MS: '300',
  VIADUCT_GATEWAYAPI_TIMEOUT_MS: '5000',
  ODOO_BREAKER_PROBE_MS: '1000',
};
