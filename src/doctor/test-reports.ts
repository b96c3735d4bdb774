import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import { readSmsAccounts } from '../sms/index.ts';
import { type DatabaseSettings, openDatabase } from './database.ts';
import { type Finding, fault } from './finding.ts';
import { OPEN_ACCOUNT } from './sms-checks.ts';
import { testReport } from './test-report.ts';

export type TestReportsOptions = {
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Another address than the public one. */
  url?: string;
};

const TIME_LIMIT_MS = 15_000;

/** A test report for every account of a database; rejects when Odoo cannot be asked for them. */
export async function testReports(
  config: Config,
  settings: DatabaseSettings,
  { environment, clock, url = config.http.publicUrl }: TestReportsOptions,
): Promise<Finding[]> {
  const { odoo, stop } = openDatabase(settings, { config, timeLimitMs: TIME_LIMIT_MS });
  try {
    const accounts = await readSmsAccounts({ odoo, config, environment });
    if (accounts.length === 0) {
      return [fault('gatewayapi', 'There is no GatewayAPI account to test.', OPEN_ACCOUNT)];
    }
    const findings: Finding[] = [];
    const query = config.databases.length === 1 ? '' : `?database=${settings.name}`;
    // One after the other: Odoo notes only the last one that arrived.
    for (const account of accounts) {
      findings.push(...(await testReport(account, odoo, { url: url.replace(/\/+$/, ''), query, clock })));
    }
    return findings;
  } finally {
    await stop();
  }
}
