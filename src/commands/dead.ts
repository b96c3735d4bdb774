import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config/index.ts';
import { openOperator } from '../operator/index.ts';
import { print } from './terminal.ts';

type Options = { json?: true; queue?: string; limit: number };

/** `viaduct dead`: lists what was given up and waits for a person, without what it says. */
export function deadCommand(): Command {
  return new Command('dead')
    .description(
      'List the dead letters, oldest first, whether Viaduct runs or not. Never shows what they say.',
    )
    .option('--queue <queue>', 'only those of one queue, as sms.state')
    .option('--limit <count>', 'how many at most', wholeNumber, 100)
    .option('--json', 'as one JSON array')
    .action(async ({ json, queue, limit }: Options) => {
      await using operator = await openOperator(loadConfig().journal);
      const letters = await operator.dead({ queue, limit });
      if (json) return print(JSON.stringify(letters));
      for (const { id, database, queue, key, attempts, buriedAt, why } of letters) {
        print(`${id}  ${buriedAt}  ${queue}  ${key}  database ${database}  attempts ${attempts}\n    ${why}`);
      }
      print(letters.length === 0 ? 'There are no dead letters.' : advice(letters.length, limit));
    });
}

function advice(shown: number, limit: number): string {
  const more = shown === limit ? ' There may be more: raise --limit.' : '';
  return `${shown} shown.${more} When the cause is mended: viaduct replay ID…, or viaduct replay --all.`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
