import type { DatabaseConfig } from './config/index.ts';
import type { Metrics } from './metrics.ts';
import { createOdooClient, type OdooConnection } from './odoo/index.ts';

/** The connections to one database as its service user, within its own limits and with a circuit of their own. */
export function connectOdoo(odoo: DatabaseConfig, metrics: Metrics): OdooConnection {
  const { name: database } = odoo;
  return createOdooClient({
    ...{ url: odoo.url, database: odoo.database, login: odoo.login, password: odoo.password.reveal() },
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
