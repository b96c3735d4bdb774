import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type OnProgress, startStack } from '../../docker/index.ts';
import { SUFFIX_FATES, startGatewayApiSimulator } from '../../fixtures/gatewayapi/index.ts';
import { startApp } from '../app.ts';
import { type Config, loadConfig } from '../config/index.ts';
import { createLog } from '../log.ts';
import { createOdooClient } from '../odoo/index.ts';
import { provisionViaduct } from '../provisioning.ts';
import { createDemoOdoo, type DemoOdoo } from './demo-odoo.ts';

const DATABASE = 'viaduct_demo';
const TEXT = 'Hello from Odoo 👋 Your order is ready.';
const DELIVERY_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** What the demo knows so far, for titles and the summary. */
export type DemoFacts = {
  odooUrl: string;
  viaductUrl: string;
  simulatorUrl: string;
  database: string;
  contact: string;
  contactId: number;
  number: string;
  /** The key of an endpoint by which contacts are read. */
  apiKey: string;
  /** The settings of this Viaduct, for commands beside it. */
  settingsFile: string;
  postedMs: number;
  /** The states that Odoo’s chatter showed, with the milliseconds since the click. */
  journey: string[];
  messageId: string;
  shownText: string;
  rpcCalls: number;
};

export type DemoWorld = ReturnType<typeof createDemoWorld>;

/** All that the demo starts, step by step; `stop` ends it in the opposite order, however far it came. */
export function createDemoWorld(signal: AbortSignal) {
  const ends: (() => Promise<void>)[] = [];
  const secrets = { token: secret(), webhookSecret: secret(), servicePassword: secret() };
  const facts: DemoFacts = {
    ...{ odooUrl: '', viaductUrl: '', simulatorUrl: '', database: DATABASE },
    ...{ contact: 'Ida Hansen', contactId: 0, number: '+4520123456', postedMs: 0 },
    ...{ apiKey: '', settingsFile: '' },
    ...{ journey: [], messageId: '', shownText: '', rpcCalls: 0 },
  };
  let simulator: Awaited<ReturnType<typeof startGatewayApiSimulator>> | null = null;
  let config: Config | null = null;
  let odoo: DemoOdoo | null = null;
  let clickedAtMs = 0;

  async function startOdoo(onProgress: OnProgress): Promise<void> {
    const stack = await startStack({ onProgress, signal });
    ends.push(() => stack.stop());
    await stack.createDatabase(DATABASE);
    facts.odooUrl = stack.url;
    const port = await freePort();
    facts.viaductUrl = `http://127.0.0.1:${port}`;
    const simulatorPort = await freePort();
    facts.simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
    const folder = await mkdtemp(join(tmpdir(), 'viaduct-demo-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const environment = {
      ODOO_URL: stack.url,
      ODOO_DATABASE: DATABASE,
      ODOO_LOGIN: 'viaduct',
      ODOO_PASSWORD: secrets.servicePassword,
      ODOO_ADMIN_LOGIN: 'admin',
      ODOO_ADMIN_PASSWORD: 'admin',
      ODOO_POSTGRES_URL: await stack.listenerUrl(),
      VIADUCT_PORT: String(port),
      VIADUCT_JOURNAL_PATH: join(folder, 'journal.db'),
      VIADUCT_GATEWAYAPI_HOSTS: `127.0.0.1:${simulatorPort}`,
    };
    config = loadConfig({ environment });
    facts.settingsFile = join(folder, 'viaduct.env');
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(facts.settingsFile, lines.join(''), { mode: 0o600 });
  }

  async function provisionOdoo(onStep: (words: string) => void): Promise<number> {
    const settings = made(config);
    const { changes } = await provisionViaduct({ config: settings, settings: settings.databases[0], onStep });
    const client = (login: string) =>
      createOdooClient({ url: facts.odooUrl, database: DATABASE, login, password: login });
    odoo = createDemoOdoo({ admin: client('admin'), sally: client('sally') });
    ends.push(odoo.stop);
    await odoo.createAccount({ ...secrets, baseUrl: facts.simulatorUrl });
    const { sallyId, contactId } = await odoo.createPeople(facts);
    facts.contactId = contactId;
    facts.apiKey = await odoo.createEndpoint(sallyId);
    return changes.length;
  }

  async function startSimulator({ stepMs }: { stepMs: [number, number] }): Promise<void> {
    simulator = await startGatewayApiSimulator({
      port: Number(new URL(facts.simulatorUrl).port),
      ...{ token: secrets.token, webhookSecret: secrets.webhookSecret, credit: 100_000, currency: 'DKK' },
      reports: { fates: SUFFIX_FATES, stepMs },
    });
    ends.push(() => made(simulator).stop());
  }

  async function startViaduct(): Promise<void> {
    const app = await startApp({
      config: made(config),
      log: createLog({ level: 'error' }),
      environment: process.env,
    });
    ends.push(() => app.stop());
    await poll(async () => (await fetch(`${facts.viaductUrl}/readyz`)).ok, 'Viaduct did not become ready');
  }

  async function sendSms(): Promise<void> {
    clickedAtMs = Date.now();
    await made(odoo).sendSms(facts.contactId, TEXT);
    facts.postedMs = Date.now() - clickedAtMs;
  }

  async function watchDelivery(onState: (words: string) => void): Promise<void> {
    await poll(async () => {
      const state = await made(odoo).stateOfSms(facts.contactId);
      const isNews = facts.journey.at(-1)?.startsWith(state) !== true;
      if (isNews) facts.journey.push(`${state} after ${Date.now() - clickedAtMs} ms`);
      if (isNews) onState(facts.journey.join(' → '));
      return state === 'Delivered';
    }, 'The SMS was not shown as delivered');
    const entry = [...made(simulator).ledger.entries()].at(-1);
    facts.messageId = String(entry?.id ?? '');
    facts.shownText = entry?.text ?? '';
    facts.rpcCalls = await odooCalls();
  }

  /** Calls that Viaduct has made into Odoo so far. */
  async function odooCalls(): Promise<number> {
    const metrics = await (await fetch(`${facts.viaductUrl}/metrics`)).text();
    const counts = metrics.matchAll(/^viaduct_odoo_calls_total\{[^}]*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async function stop(): Promise<void> {
    for (const end of ends.splice(0).reverse()) await end().catch(() => {});
  }

  async function poll(isDone: () => Promise<boolean>, failure: string): Promise<void> {
    const endsAtMs = Date.now() + DELIVERY_TIMEOUT_MS;
    while (!(await isDone())) {
      signal.throwIfAborted();
      if (Date.now() > endsAtMs) throw new Error(`${failure} within ${DELIVERY_TIMEOUT_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  return {
    ...{ startOdoo, provision: provisionOdoo, startSimulator, startViaduct, sendSms, watchDelivery, stop },
    odooCalls,
    /** Messages that the simulator has accepted. */
    takenByProvider: () => [...made(simulator).ledger.entries()].length,
    facts: () => facts,
  };
}

/** A step needs what an earlier one made. */
function made<T>(thing: T | null): T {
  if (thing === null) throw new Error('A step of the demo came before what it needs.');
  return thing;
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}
