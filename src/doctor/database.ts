import { z } from 'zod';
import type { Config } from '../config/index.ts';
import {
  createOdooClient,
  type Hello,
  type OdooConnection,
  openServicePassword,
  readHello,
  readKeyEnd,
} from '../odoo/index.ts';

export type DatabaseSettings = Config['databases'][number];

/** What `viaduct_base.procedure_doctor` answers. */
const Service = z.object({
  /** Odoo's `database.uuid`. */
  uuid: z.string(),
  administrator: z.boolean(),
  internal: z.boolean(),
  /** Odoo's parameter `sms.endpoint`. */
  smsEndpoint: z.string().nullable(),
  /** What provisioning noted, as text. */
  provisioning: z.string().nullable(),
});
export type Service = z.infer<typeof Service>;

/** One database as the service sees it; each question is asked once, however many checks want the answer. */
export type Database = {
  settings: DatabaseSettings;
  odoo: OdooConnection;
  version: () => Promise<{ major: number; text: string }>;
  hello: () => Promise<Hello>;
  service: () => Promise<Service>;
  /** When the API key that is used ends; null for a password, and for a key for ever. */
  keyEnd: () => Promise<Date | null>;
  stop: () => Promise<void>;
};

export function openDatabase(
  settings: DatabaseSettings,
  { config, timeLimitMs }: { config: Pick<Config, 'journal'>; timeLimitMs: number },
): Database {
  const { url, database, login, transport } = settings;
  const password = openServicePassword(settings, config.journal.path).now();
  const odoo = createOdooClient({
    ...{ url, database, login, password, transport, names: settings.settingNames },
    limits: { timeoutMs: timeLimitMs, attempts: 1 },
  });
  return {
    settings,
    odoo,
    version: once(() => odoo.version()),
    hello: once(() => readHello(odoo)),
    service: once(async () =>
      Service.parse(await odoo.procedure('viaduct_base.doctor', {}, { idempotent: true })),
    ),
    keyEnd: once(() => readKeyEnd(odoo, password)),
    stop: () => odoo.stop(),
  };
}

function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** Whether the database has this addon of ours; false too where it cannot be asked. */
export async function hasAddon({ hello }: Pick<Database, 'hello'>, addon: string): Promise<boolean> {
  return (await orNull(hello()))?.addons[addon] !== undefined;
}

/** The answer, or null where it cannot be had: the check of the login says why. */
export function orNull<Value>(asked: Promise<Value>): Promise<Value | null> {
  return asked.catch(() => null);
}
