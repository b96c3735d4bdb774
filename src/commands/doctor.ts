import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { ConfigError, loadConfig } from '../config/index.ts';
import { type Finding, fault, reportLines } from '../doctor/index.ts';
import { print } from './terminal.ts';

/** `viaduct doctor`: one line for everything that can be wrong, with its cure. Exit code 1 when something is. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Look at Odoo, the journal, the providers and the addresses: one line each, with a cure.')
    .option('--json', 'as one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const findings = await findAll();
      const isSound = findings.every(({ state }) => state !== 'fault');
      if (json) print(JSON.stringify({ sound: isSound, findings }));
      else for (const line of reportLines(findings)) print(line);
      if (!isSound) process.exitCode = 1;
    });
}

async function findAll(): Promise<Finding[]> {
  try {
    const config = loadConfig();
    // Only here, so that the small commands need not load everything.
    const { examine } = await import('../doctor/index.ts');
    return await examine({ config, environment: process.env, clock: systemClock, random: Math.random });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ name, problem, allowed }) =>
      fault('configuration', `${name}: ${problem}`, `Set it to ${allowed}; the README lists the settings.`),
    );
  }
}
