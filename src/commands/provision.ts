import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { type ProvisionOptions, provisionViaduct, unprovisionViaduct } from '../provisioning.ts';
import { chooseDatabases } from './choose-databases.ts';
import { print } from './terminal.ts';

/** `viaduct provision [--remove] [--database NAME]`: brings the data addons and the service user into Odoo, or takes them out. */
export function provisionCommand(): Command {
  return new Command('provision')
    .description('Bring Odoo to what Viaduct needs, as ODOO_ADMIN_LOGIN. A second run changes nothing.')
    .option('--remove', 'leave Odoo as it was before Viaduct')
    .option('--database <name>', 'only this one of several')
    .action(async ({ remove, database }: { remove?: true; database?: string }) => {
      const config = loadConfig();
      for (const settings of chooseDatabases(config, database)) {
        if (config.databases.length > 1) print(`${settings.name}:`);
        await (remove ? takeOut : bringIn)({ config, settings, onStep: (words) => print(`- ${words}`) });
      }
    });
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
