import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { loadConfig } from '../config/index.ts';
import { type Finding, reportLines } from '../doctor/index.ts';
import { chooseDatabases } from './choose-databases.ts';
import { print } from './terminal.ts';

type Options = { database?: string; url?: string; json?: true };

/** `viaduct test-report`: a delivery report of no SMS, signed, all the way into Odoo. Exit code 1 when a step fails. */
export function testReportCommand(): Command {
  return new Command('test-report')
    .description(
      'Post a signed delivery report to the public address, and follow it into Odoo. Nothing is sent.',
    )
    .option('--database <name>', 'only this one of several')
    .option('--url <address>', 'another address than VIADUCT_PUBLIC_URL, such as http://127.0.0.1:8068')
    .option('--json', 'as one JSON object')
    .action(async ({ database, url, json }: Options) => {
      const config = loadConfig();
      const { testReports } = await import('../doctor/index.ts');
      const findings: Finding[] = [];
      for (const settings of chooseDatabases(config, database)) {
        const options = {
          environment: process.env,
          clock: systemClock,
          ...(url === undefined ? {} : { url }),
        };
        findings.push(...(await testReports(config, settings, options)));
      }
      const isSound = findings.every(({ state }) => state !== 'fault');
      if (json) print(JSON.stringify({ sound: isSound, findings }));
      else for (const line of reportLines(findings)) print(line);
      if (!isSound) process.exitCode = 1;
    });
}
