import type { DatabaseConfig } from './config/index.ts';
import type { Metrics } from './metrics.ts';
import { createOdooClient, type OdooConnection, type ServicePassword } from './odoo/index.ts';

/** What tells two configured databases apart, whatever they are called. */
export function placeOf({ url, database }: Pick<DatabaseConfig, 'url' | 'database'>): string {
  return `${url} ${database}`;
}

/** How an error names the key that took the place of the setting. */
const RENEWED = 'the API key that was renewed and is kept beside the journal';

/** How an error names what a user of the record API signs in with. */
const ACTING_NAMES = { login: 'the user of the endpoint', password: 'the key that Viaduct made for him' };

/** The connections to one database as its service user, within its own limits and with a circuit of their own. */
export function connectOdoo(
  odoo: DatabaseConfig,
  { password, metrics }: { password: ServicePassword; metrics: Metrics },
): OdooConnection {
  const names = password.file() === null ? odoo.settingNames : { ...odoo.settingNames, password: RENEWED };
  return connect(odoo, { login: odoo.login, password: password.now, names }, metrics);
}

/** The same as another user of that database, by a key that was made for it. */
export function connectAs(
  odoo: DatabaseConfig,
  account: { login: string; password: string },
  { metrics }: { metrics: Metrics },
): OdooConnection {
  return connect(odoo, { ...account, names: { ...odoo.settingNames, ...ACTING_NAMES } }, metrics);
}

type Account = Pick<Parameters<typeof createOdooClient>[0], 'login' | 'password' | 'names'>;

function connect(odoo: DatabaseConfig, account: Account, metrics: Metrics): OdooConnection {
  const { name: database } = odoo;
  return createOdooClient({
    ...{ url: odoo.url, database: odoo.database, ...account },
    transport: odoo.transport,
    limits: {
      connections: odoo.connections,
      waitingCalls: odoo.waitingCalls,
      timeoutMs: odoo.callTimeoutMs,
      responseBytes: odoo.answerBytes,
      failuresToOpen: odoo.breakerFailures,
      longestProbeMs: odoo.breakerProbeMs,
    },
    onCall: ({ outcome, durationMs }) => {
      metrics.odooCalls.inc({ database, outcome });
      metrics.odooCallSeconds.observe({ database }, durationMs / 1000);
    },
  });
}
