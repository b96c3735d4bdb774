import { Command } from 'commander';
import { listSettings, loadConfig } from '../config/index.ts';
import { print, SETTINGS_HELP } from './terminal.ts';

/** `viaduct config check`: reads the configuration as `serve` would, and lists all faults or nothing but a word. */
export function configCommand(): Command {
  const check = new Command('check')
    .description('Read the configuration and list everything that is wrong with it (exit code 78).')
    .action(() => {
      const { file, databases, http } = loadConfig();
      const source =
        file === null ? 'the environment; VIADUCT_CONFIG names no file' : `${file} and the environment`;
      print(`No fault in ${listSettings().length} settings, read from ${source}.`);
      for (const { name, url, database, login, adminLogin } of databases) {
        const label = databases.length === 1 ? 'Odoo' : name;
        const admin = adminLogin === undefined ? '' : `, provisioned as ${adminLogin}`;
        print(`${label}: ${url}, database ${database}, login ${login}${admin}.`);
      }
      print(`Viaduct would listen on ${http.internalUrl}.`);
    });
  return new Command('config')
    .description('Look at the configuration.')
    .addCommand(check.addHelpText('after', SETTINGS_HELP))
    .addHelpText('after', SETTINGS_HELP);
}
