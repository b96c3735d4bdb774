import type { Backlog } from './backlog.ts';
import type { Surroundings } from './channel-options.ts';
import { viaductVersion } from './commands/version.ts';
import type { Config, DatabaseConfig } from './config/index.ts';
import { connectAs } from './connect-odoo.ts';
import { createEventsChannel, type EventsDatabase } from './events/index.ts';
import type { DatabaseGuard, DatabaseIdentity, Verdict } from './odoo/guard/index.ts';
import type { Hello, OdooConnection } from './odoo/index.ts';
import { createRecordsChannel, type RecordsDatabase } from './records/index.ts';
import { createSmsChannel, type SmsDatabase } from './sms/index.ts';

export type ChannelsOptions = Surroundings & {
  settings: DatabaseConfig;
  /** Odoo's `database.uuid`. */
  database: string;
  hello: Hello;
  odoo: OdooConnection;
  guard: Pick<DatabaseGuard, 'isOpen' | 'verdict' | 'judge' | 'watching'>;
  backlog: Backlog;
  bellConnected: () => boolean;
};

/** What runs for one Odoo database: a channel for each addon of Viaduct that it has. */
export type Channels = {
  /** Odoo's `database.uuid`. */
  database: string;
  /** What the routes know of a channel; null where Odoo has not its addon. */
  sms: SmsDatabase | null;
  events: EventsDatabase | null;
  records: RecordsDatabase | null;
  /** Something was changed in Odoo, or Odoo is back: read the configuration anew, and look for work. */
  wake(): void;
  /** There are events in the outbox. */
  ring(): void;
  stop(signal?: AbortSignal): Promise<void>;
};

/** Starts the channels of a database that is open. */
export function startChannels(options: ChannelsOptions): Channels {
  const { config, settings, database, hello, guard } = options;
  const odoo = { ...options.odoo, procedure: guard.watching(options.odoo.procedure) };
  const common = {
    ...options,
    odoo,
    name: settings.name,
    isOpen: () => guard.isOpen() && odoo.isAvailable(),
    heldWords: () => heldWords(guard.verdict()) ?? options.backlog.fullWords(database),
    admits: (identity: DatabaseIdentity) => guard.judge(identity).open,
  };
  const has = (addon: string) => hello.addons[addon] !== undefined;
  const userAgent = `viaduct/${viaductVersion()}`;
  const callbackUrl = callbackUrlOf(config, settings);
  const sms = has('viaduct_sms') ? createSmsChannel({ ...common, callbackUrl }) : null;
  const events = has('viaduct_events') ? createEventsChannel({ ...common, userAgent }) : null;
  const connect = (account: { login: string; password: string }) => connectAs(settings, account, options);
  const records = has('viaduct_records') ? createRecordsChannel({ ...common, connect }) : null;
  const channels = [sms, events, records].filter((channel) => channel !== null);
  for (const channel of channels) channel.start();
  return {
    database,
    sms: sms?.database ?? null,
    events: events?.database ?? null,
    records: records?.database ?? null,
    wake() {
      for (const channel of channels) channel.wake();
    },
    ring: () => events?.ring(),
    async stop(signal) {
      await Promise.all(channels.map((channel) => channel.stop(signal)));
    },
  };
}

function heldWords(verdict: Verdict): string | null {
  return verdict.open ? null : `Viaduct holds the traffic of this database. ${verdict.words}`;
}

/** Where several share an address, a report says whose it is; its signature must still be of that database. */
function callbackUrlOf({ databases, http }: Config, { name }: DatabaseConfig): string {
  const query = databases.length === 1 ? '' : `?database=${name}`;
  return `${http.publicUrl}/gatewayapi/dlr${query}`;
}
