import type { Config } from '../config/index.ts';
import type { Route } from '../http/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Metrics } from '../metrics.ts';
import type { SmsDatabase } from './database.ts';
import { createReportRoutes } from './reports/report-route.ts';
import { createWebhookKeys } from './reports/webhook-keys.ts';
import { createSendRoute } from './sending/send-route.ts';

export type SmsRoutesOptions = {
  config: Config;
  journal: Pick<Journal, 'append'>;
  metrics: Metrics;
  nowMs: () => number;
  /** The database with this `database.uuid`, or null; rejects while none is known yet. */
  databaseOf: (uuid: string) => Promise<SmsDatabase | null>;
  /** Where a report may belong, by the name of the database in its address; may end by throwing when one is not known yet. */
  databases: (name: string | undefined) => Iterable<SmsDatabase>;
};

/** The doors of the channel: Odoo hands over SMS, GatewayAPI reports what became of them and brings others. */
export function createSmsRoutes(options: SmsRoutesOptions): Route[] {
  const { config, journal, metrics } = options;
  return [
    createSendRoute({
      journal,
      databaseOf: options.databaseOf,
      limits: config.sms,
      rateLimit: { count: 'requests', points: config.sms.postsPerMinute, windowSeconds: 60 },
      nowMs: options.nowMs,
      onTaken: (count, { name }) => metrics.smsMessages.inc({ database: name, outcome: 'taken' }, count),
    }),
    ...createReportRoutes({
      journal,
      databases: options.databases,
      keys: createWebhookKeys(),
      bodyBytes: config.sms.reportBytes,
      rateLimit: { count: 'refusals', points: config.http.refusalsPerMinute, windowSeconds: 60 },
      onReport: (status) => metrics.smsReports.inc({ status }),
    }),
  ];
}
