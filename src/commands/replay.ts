import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { loadConfig } from '../config/index.ts';
import { ViaductError } from '../errors.ts';
import { Choice, type Counted, openOperator } from '../operator/index.ts';
import { parseSince } from './since.ts';
import { print } from './terminal.ts';

type Options = { all?: true; queue?: string; since?: string; dryRun?: true };

/** `viaduct replay`: puts dead letters back to be worked on; what may have been sent is not sent again. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('Put dead letters back to be worked on, whether Viaduct runs or not.')
    .argument('[ids...]', 'the ids that "viaduct dead" shows')
    .option('--all', 'all of them, or all that the other options leave')
    .option('--queue <queue>', 'with --all: only those of one queue')
    .option(
      '--since <time>',
      'with --all: only those buried since then, as 2026-03-01T12:00Z, or since 90m, 12h, 3d',
    )
    .option('--dry-run', 'say how many it would be, and change nothing')
    .action(async (ids: string[], options: Options) => {
      const choice = choiceOf(ids, options);
      await using operator = await openOperator(loadConfig().journal);
      const counted = await operator.count(choice);
      print(wordsOf(counted));
      if (options.dryRun || counted.length === 0) return;
      const replayed = await operator.replay(choice);
      const when = operator.isRunning
        ? 'Viaduct works on them now.'
        : 'They are worked on once Viaduct runs.';
      print(`${replayed} put back. ${when}`);
    });
}

function choiceOf(ids: readonly string[], { all, queue, since }: Options): Choice {
  if (all && ids.length === 0) {
    const sinceMs = since === undefined ? undefined : parseSince(since, systemClock.nowMs());
    return { queue, sinceMs };
  }
  if (all || ids.length === 0) throw usage('Name ids, or say --all; not both.');
  if (queue !== undefined || since !== undefined) throw usage('--queue and --since go with --all.');
  const parsed = Choice.safeParse({ ids: ids.map(Number) });
  if (!parsed.success) throw usage('An id is a whole number, as "viaduct dead" shows it.');
  return parsed.data;
}

function wordsOf(counted: Counted): string {
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return 'No dead letters are chosen.';
  const lines = counted.map(({ database, queue, count }) => `  ${count} of ${queue}, database ${database}`);
  return [`${total} ${total === 1 ? 'dead letter' : 'dead letters'}:`, ...lines].join('\n');
}

function usage(message: string): ViaductError {
  return new ViaductError({ code: 'usage', message, retry: 'never' });
}
