import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { ViaductError } from '../errors.ts';
import { openOperator } from '../operator/index.ts';
import { print } from './terminal.ts';

/** `viaduct bury`: ends the wait of what was taken for a database that is not served any more. */
export function buryCommand(): Command {
  return new Command('bury')
    .description(
      'Make dead letters of everything that waits under a database id which is not served any more.',
    )
    .argument('<database-id>', 'the id that "viaduct doctor" and /readyz name')
    .action(async (database: string) => {
      const config = loadConfig();
      await using operator = await openOperator(config.journal);
      const stats = (await operator.stats()).filter((queue) => queue.database === database);
      const waiting = stats.reduce((sum, { ready, leased }) => sum + ready + leased, 0);
      if (waiting === 0) {
        const message = `Nothing waits under the database id ${database}.`;
        throw new ViaductError({ code: 'database-unknown', message, retry: 'never' });
      }
      print(`${waiting} ${waiting === 1 ? 'entry waits' : 'entries wait'} under ${database}.`);
      const buried = await operator.bury(database);
      const { keepDeadDays } = config.journal;
      print(
        `${buried} buried. "viaduct replay" brings them back; after ${keepDeadDays} days they are deleted.`,
      );
    });
}
