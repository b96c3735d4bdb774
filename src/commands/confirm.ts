import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { confirmDatabase } from '../provisioning.ts';
import { chooseDatabases } from './choose-databases.ts';
import { print } from './terminal.ts';

/** `viaduct confirm`: opens the traffic of a database that is held because it looks like a copy. */
export function confirmCommand(): Command {
  return new Command('confirm')
    .description('Confirm, as ODOO_ADMIN_LOGIN, that Viaduct carries real messages for this database.')
    .option('--database <name>', 'only this one of several')
    .action(async ({ database }: { database?: string }) => {
      for (const settings of chooseDatabases(loadConfig(), database)) {
        await confirmDatabase(settings);
        print(`${settings.name} is confirmed. A running Viaduct goes on within a minute.`);
      }
    });
}
