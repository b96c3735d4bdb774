import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '../../docker/ports.ts';
import {
  type GatewayApiSimulator,
  SUFFIX_FATES,
  startGatewayApiSimulator,
} from '../../fixtures/gatewayapi/index.ts';
import { type App, startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createLog } from '../../src/log.ts';
import { metricOf } from './metric.ts';
import { freshOdoo, type TestOdoo } from './odoo.ts';
import { newService, provisioned, provisionedTemplate } from './provisioned.ts';
import { until } from './until.ts';

/** What this loop's GatewayAPI account and service are told by; nobody else may see them. */
export type LoopSecrets = { apiToken: string; webhookSecret: string; servicePassword: string };

/** The whole loop on a real Odoo: Odoo, Viaduct, GatewayAPI. */
export type Loop = {
  odoo: TestOdoo;
  simulator: GatewayApiSimulator;
  /** Where Odoo and GatewayAPI reach Viaduct. */
  url: string;
  secrets: LoopSecrets;
  /** The row of the account in Odoo, and Odoo's own account that it serves. */
  accountId: number;
  iapAccountId: number;
  iapToken: string;
  databaseUuid: string;
  /** The settings of this Viaduct. */
  environment: Readonly<Record<string, string>>;
  /** Again, with the settings of before beside these. */
  startViaduct: (changed?: Settings) => Promise<void>;
  stopViaduct: () => Promise<void>;
  /** The sum of a metric over the series whose labels fit. */
  metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>;
  /** Every line that Viaduct has logged. */
  logText: () => string;
  dispose: () => Promise<void>;
};

export type LoopOptions = {
  /** Settings of Viaduct beside those that the loop needs; a function may bring up more for them, and dispose of it. */
  settings?: Settings | ((begun: BegunLoop) => Promise<Settings>);
};
type Settings = Readonly<Record<string, string>>;

/** What stands before Viaduct is started. */
export type BegunLoop = Pick<Loop, 'odoo' | 'simulator' | 'url' | 'secrets'> & {
  ends: (() => Promise<void>)[];
};

/** How an Odoo that is not ours reaches this machine. */
const OUR_HOST = process.env['TEST_VIADUCT_HOST'] ?? '127.0.0.1';
const Ids = z.array(z.number()).min(1);

/** Brings up the loop in a database of its own, or in the Odoo that the environment names, as it then finds it again. */
export async function startLoop({ settings = {} }: LoopOptions = {}): Promise<Loop> {
  const service = newService();
  const secrets = {
    apiToken: `token-${randomBytes(12).toString('hex')}`,
    webhookSecret: `secret-${randomBytes(12).toString('hex')}`,
    servicePassword: service.password,
  };
  const ends: (() => Promise<void>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const odoo = await freshOdoo({ templateOf: provisionedTemplate });
    ends.push(odoo.dispose);
    const port = await freePort();
    const url = `http://${OUR_HOST}:${port}`;
    ends.push(await provisioned(odoo, { service, url }));
    const simulator = await startGatewayApiSimulator({
      ...{ token: secrets.apiToken, webhookSecret: secrets.webhookSecret, credit: 100_000, currency: 'DKK' },
      reports: { fates: SUFFIX_FATES, eventsUrl: `${url}/gatewayapi/events` },
    });
    ends.push(simulator.stop);
    const account = await makeAccount(odoo, { ...secrets, baseUrl: simulator.url });
    ends.push(account.remove);
    const folder = await mkdtemp(join(tmpdir(), 'viaduct-loop-'));
    ends.push(() => rm(folder, { recursive: true }));
    const environment = {
      ODOO_URL: odoo.url,
      ODOO_DATABASE: odoo.database,
      ODOO_LOGIN: service.login,
      ODOO_PASSWORD: service.password,
      VIADUCT_HOST: OUR_HOST,
      VIADUCT_PORT: String(port),
      VIADUCT_JOURNAL_PATH: join(folder, 'journal.db'),
      VIADUCT_GATEWAYAPI_HOSTS: new URL(simulator.url).host,
      // Little load, short waits; a test of the figures sets the default again.
      VIADUCT_SMS_WRITE_INTERVAL_MS: '200',
      ...(typeof settings === 'function'
        ? await settings({ odoo, simulator, url, secrets, ends })
        : settings),
    };
    const viaduct = viaductOf(environment);
    ends.push(viaduct.stop);
    await viaduct.start();
    await until(
      async () => (await fetch(`${url}/readyz`)).status,
      (status) => status === 200,
    );
    return {
      ...{ odoo, simulator, url, secrets, environment, ...account.facts },
      startViaduct: viaduct.start,
      stopViaduct: viaduct.stop,
      metric: async (name, labels = {}) =>
        metricOf(await (await fetch(`${url}/metrics`)).text(), name, labels),
      logText: viaduct.logText,
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** A GatewayAPI account for Odoo's own SMS account. */
export async function makeAccount(
  odoo: TestOdoo,
  given: { apiToken: string; webhookSecret: string; baseUrl: string },
) {
  const create = async (model: string, values: object): Promise<number> =>
    Ids.parse(await odoo.execute(model, 'create', [[values]]))[0] ?? 0;
  const found = z
    .array(z.number())
    .parse(await odoo.execute('iap.account', 'search', [[['service_name', '=', 'sms']]]));
  const iapAccountId =
    found[0] ?? (await create('iap.account', { name: 'SMS', ...(await iapService(odoo)) }));
  const accountId = await create('x_gatewayapi_account', {
    ...{ x_name: 'Loop', x_iap_account_id: iapAccountId, x_base_url: given.baseUrl, x_sender: 'Viaduct' },
    ...{ x_token: given.apiToken, x_webhook_jwt_secret: given.webhookSecret },
  });
  const Token = z.array(z.object({ account_token: z.string() })).length(1);
  const rows = Token.parse(await odoo.execute('iap.account', 'read', [[iapAccountId], ['account_token']]));
  const databaseUuid = z
    .string()
    .parse(await odoo.execute('ir.config_parameter', 'get_param', ['database.uuid']));
  return {
    facts: { accountId, iapAccountId, iapToken: rows[0]?.account_token ?? '', databaseUuid },
    remove: async () => {
      if (found.length === 0) await odoo.execute('iap.account', 'unlink', [[iapAccountId]]);
    },
  };
}

/** How an IAP account names a service; SMS unless said otherwise. */
export async function iapService({ execute, version }: TestOdoo, name = 'sms'): Promise<object> {
  if (!version.hasIapServices) return { service_name: name };
  const domain = [['technical_name', '=', name]];
  return { service_id: Ids.parse(await execute('iap.service', 'search', [domain]))[0] };
}

/** Viaduct in this process, which can be stopped and started again on the same journal and port. */
function viaductOf(environment: Readonly<Record<string, string>>) {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
  let app: App | null = null;
  return {
    start: async (changed: Settings = {}) => {
      const settings = { ...environment, ...changed };
      app ??= await startApp({ config: loadConfig({ environment: settings }), log, environment: settings });
    },
    stop: async () => {
      const running = app;
      app = null;
      await running?.stop();
    },
    logText: () => lines.join(''),
  };
}
