import { Command } from 'commander';
import { listSettings, loadConfig } from '../config/index.ts';
import { print } from './terminal.ts';

/** `viaduct config check`: reads the configuration as `serve` would, and lists all faults or nothing but a word. */
export function configCommand(): Command {
  const check = new Command('check')
    .description('Read the configuration and list everything that is wrong with it (exit code 78).')
    .action(() => {
      const config = loadConfig();
      print(`${listSettings().length} settings read. Viaduct would listen on ${config.http.internalUrl}.`);
    });
  return new Command('config').description('Look at the configuration.').addCommand(check);
}
