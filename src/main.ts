import { Command, CommanderError } from 'commander';
import { buryCommand } from './commands/bury.ts';
import { configCommand } from './commands/config.ts';
import { confirmCommand } from './commands/confirm.ts';
import { deadCommand } from './commands/dead.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { packCommand } from './commands/pack.ts';
import { provisionCommand } from './commands/provision.ts';
import { replayCommand } from './commands/replay.ts';
import { serveCommand } from './commands/serve.ts';
import { reportFailure } from './commands/terminal.ts';
import { testReportCommand } from './commands/test-report.ts';
import { versionCommand, versionWords } from './commands/version.ts';

/** The command line. Each command lives in a file of its own under `commands/`. */
const program = new Command('viaduct')
  .description('Carries everything that moves between Odoo and the outside.')
  .version(versionWords())
  .showHelpAfterError()
  .exitOverride()
  .addCommand(serveCommand())
  .addCommand(provisionCommand())
  .addCommand(packCommand())
  .addCommand(confirmCommand())
  .addCommand(doctorCommand())
  .addCommand(testReportCommand())
  .addCommand(deadCommand())
  .addCommand(replayCommand())
  .addCommand(buryCommand())
  .addCommand(demoCommand())
  .addCommand(configCommand())
  .addCommand(versionCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? error.exitCode : reportFailure(error);
}
