import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ODOO_VERSIONS, packAddons } from '../odoo/provisioning/index.ts';
import { MANIFESTS } from '../provisioning.ts';
import { print } from './terminal.ts';

/** `viaduct pack --odoo 17|18|19 [--out folder]`: the data addons as zips, for an Odoo that is not provisioned over RPC. */
export function packCommand(): Command {
  return new Command('pack')
    .description('Write the data addons as zips for the Import Module dialog or, unzipped, the addons path.')
    .requiredOption(`--odoo <${ODOO_VERSIONS.join('|')}>`, 'the version of Odoo they are for', knownVersion)
    .option('--out <folder>', 'where to write them', '.')
    .action(async ({ odoo, out }: { odoo: number; out: string }) => {
      await mkdir(out, { recursive: true });
      for (const { fileName, zip } of await packAddons(MANIFESTS, odoo)) {
        await writeFile(join(out, fileName), zip);
        print(join(out, fileName));
      }
      print('Import them in this order. Then `viaduct provision` makes the service user and sets the rest.');
    });
}

function knownVersion(text: string): number {
  const version = ODOO_VERSIONS.find((known) => String(known) === text);
  if (version === undefined) throw new InvalidArgumentError(`Give one of ${ODOO_VERSIONS.join(', ')}.`);
  return version;
}
