import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import { addressChecks } from './address-checks.ts';
import { type Database, openDatabase, orNull } from './database.ts';
import { eventsCheck } from './events-checks.ts';
import { type Finding, ok } from './finding.ts';
import {
  deadLetterFinding,
  diskCheck,
  otherDatabaseFindings,
  readJournal,
  runningFindings,
} from './journal-checks.ts';
import { listenerCheck } from './listener-check.ts';
import { loginCheck, reachabilityChecks } from './odoo-checks.ts';
import { recordsCheck } from './records-checks.ts';
import { type Check, runChecks } from './run-checks.ts';
import { serviceChecks } from './service-checks.ts';
import { smsAccountCheck } from './sms-checks.ts';
import { bellCheck, guardCheck } from './traffic-checks.ts';

export type DoctorParts = {
  config: Config;
  environment: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  random: () => number;
};

const TIME_LIMIT_MS = 15_000;

/**
 * Looks at everything between Odoo, Viaduct, the providers and the public address, whether Viaduct runs or not. Changes
 * nothing and sends nothing; never rejects because of what it finds.
 */
export async function examine(parts: DoctorParts): Promise<Finding[]> {
  const { config } = parts;
  const limits = { timeLimitMs: TIME_LIMIT_MS };
  const databases = config.databases.map((settings) => openDatabase(settings, { config, ...limits }));
  try {
    const journal = await readJournal(config);
    const isRunning = 'finding' in journal ? false : journal.isRunning;
    const found = await runChecks(
      [
        diskCheck(config),
        ...addressChecks(config, { isRunning }),
        ...databases.flatMap((database) => databaseChecks(database, parts)),
      ],
      limits,
    );
    const configuration = ok('configuration', 'All settings can be read.');
    if ('finding' in journal) return [configuration, journal.finding, ...found];
    const ids = await servedIds(databases);
    const others = ids === null ? [] : otherDatabaseFindings(journal, ids);
    return [configuration, ...runningFindings(journal), deadLetterFinding(journal), ...others, ...found];
  } finally {
    await Promise.all(databases.map((database) => database.stop()));
  }
}

function databaseChecks(database: Database, parts: DoctorParts): Check[] {
  const checks = [
    ...reachabilityChecks(database, parts.clock),
    loginCheck(database),
    ...serviceChecks(database, parts),
    guardCheck(database, parts.config),
    bellCheck(database, parts),
    listenerCheck(database, TIME_LIMIT_MS),
    smsAccountCheck(database, parts),
    eventsCheck(database),
    recordsCheck(database, parts),
  ];
  return parts.config.databases.length === 1 ? checks : checks.map((check) => named(check, database));
}

/** With several databases, each line says which one it is about. */
function named(check: Check, { settings }: Database): Check {
  const withName = (name: string) => `${settings.name}: ${name}`;
  return {
    ...check,
    name: withName(check.name),
    run: async (signal) =>
      (await check.run(signal)).map((finding) => ({ ...finding, check: withName(finding.check) })),
  };
}

/** The ids of the databases in the settings, or null when one of them cannot be asked. */
async function servedIds(databases: readonly Database[]): Promise<string[] | null> {
  const told = await Promise.all(databases.map(({ service }) => orNull(service())));
  const ids = told.flatMap((service) => service?.uuid ?? []);
  return ids.length === databases.length ? ids : null;
}
