import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import * as z from 'zod';
import { print } from './terminal.ts';

const PackageFile = z.object({ version: z.string() });

/** Viaduct's version, as package.json has it. */
export function viaductVersion(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return PackageFile.parse(JSON.parse(file)).version;
}

/** Viaduct's version and Node's, as `viaduct version` and `viaduct --version` show them. */
export function versionWords(): string {
  return `Viaduct ${viaductVersion()}, Node ${process.versions.node}`;
}

/** `viaduct version`: Viaduct's own and Node's. */
export function versionCommand(): Command {
  return new Command('version')
    .description('Show the version of Viaduct and of Node.')
    .action(() => print(versionWords()));
}
