import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { provisionViaduct, unprovisionViaduct } from '../provisioning.ts';
import { print } from './terminal.ts';

/** `viaduct provision [--remove]`: brings the data addons and the service user into Odoo, or takes them out again. */
export function provisionCommand(): Command {
  return new Command('provision')
    .description('Bring Odoo to what Viaduct needs, as ODOO_ADMIN_LOGIN. A second run changes nothing.')
    .option('--remove', 'leave Odoo as it was before Viaduct')
    .action(async ({ remove }: { remove?: true }) => {
      const config = loadConfig();
      const onStep = (words: string) => print(`- ${words}`);
      if (remove) {
        const changes = await unprovisionViaduct({ config, onStep });
        return print(changes.length === 0 ? 'Nothing of Viaduct was there.' : 'Odoo is as it was.');
      }
      const { changes, leftOut } = await provisionViaduct({ config, onStep });
      for (const { addon, missing } of leftOut) {
        print(`- left out ${addon}: it needs the app${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`);
      }
      print(changes.length === 0 ? 'Nothing to do.' : 'Odoo is ready for Viaduct.');
    });
}
