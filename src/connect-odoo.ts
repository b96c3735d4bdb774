import type { DatabaseConfig } from './config/index.ts';
import type { Metrics } from './metrics.ts';
import { createOdooClient, type OdooConnection, type ServicePassword } from './odoo/index.ts';

/** What tells two configured databases apart, whatever they are called. */
export function placeOf({ url, database }: Pick<DatabaseConfig, 'url' | 'database'>): string {
  return `${url} ${database}`;
}

/** How an error names the key that took the place of the setting. */
const RENEWED = 'the API key that was renewed and is kept beside the journal';

/** The connections to one database as its service user, within its own limits and with a circuit of their own. */
export function connectOdoo(
  odoo: DatabaseConfig,
  { password, metrics }: { password: ServicePassword; metrics: Metrics },
): OdooConnection {
  const { name: database } = odoo;
  return createOdooClient({
    ...{ url: odoo.url, database: odoo.database, login: odoo.login, password: password.now },
    names: password.file() === null ? odoo.settingNames : { ...odoo.settingNames, password: RENEWED },
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
