import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { ViaductError } from '../errors.ts';
import { type ProvisionOptions, provisionViaduct, unprovisionViaduct } from '../provisioning.ts';
import { chooseDatabases } from './choose-databases.ts';
import { print } from './terminal.ts';

type Options = { remove?: true; keep?: string; restore?: string; database?: string };

/** `viaduct provision [--remove [--keep FILE] | --restore FILE]`: brings the data addons and the service user into Odoo, or takes them out. */
export function provisionCommand(): Command {
  return new Command('provision')
    .description('Bring Odoo to what Viaduct needs, as ODOO_ADMIN_LOGIN. A second run changes nothing.')
    .option('--remove', 'leave Odoo as it was before Viaduct')
    .option('--keep <file>', 'with --remove: first write accounts, secrets and states into a new file')
    .option('--restore <file>', 'bring back what such a file holds, after an upgrade of Odoo')
    .option('--database <name>', 'only this one of several')
    .action(async (options: Options) => {
      checkOptions(options);
      const config = loadConfig();
      const file = options.keep ?? options.restore;
      const chosen = chooseDatabases(config, options.database);
      if (file !== undefined && chosen.length > 1) throw oneDatabase();
      for (const settings of chosen) {
        if (config.databases.length > 1) print(`${settings.name}:`);
        const work = options.remove ? takeOut : bringIn;
        await work({ config, settings, file, onStep: (words) => print(`- ${words}`) });
      }
    });
}

function checkOptions({ remove, keep, restore }: Options): void {
  if (keep !== undefined && !remove) throw misused('--keep goes with --remove.');
  if (restore !== undefined && remove) throw misused('--restore does not go with --remove.');
}

function oneDatabase(): ViaductError {
  return misused('A file is for one database: name it with --database.');
}

function misused(message: string): ViaductError {
  return new ViaductError({ code: 'wrong-options', message, retry: 'never' });
}

async function bringIn(options: ProvisionOptions): Promise<void> {
  const { changes, leftOut } = await provisionViaduct(options);
  for (const { addon, missing } of leftOut) {
    print(`- left out ${addon}: it needs the app${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`);
  }
  print(changes.length === 0 ? 'Nothing to do.' : 'Odoo is ready for Viaduct.');
}

async function takeOut(options: ProvisionOptions): Promise<void> {
  const changes = await unprovisionViaduct(options);
  print(changes.length === 0 ? 'Nothing of Viaduct was there.' : 'Odoo is as it was.');
}
