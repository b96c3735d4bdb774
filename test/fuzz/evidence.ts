import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createSqliteJournal } from '../../src/journal/index.ts';
import { CANARY, NUMBER_PREFIX } from './secrets.ts';

/** What a line of the log must not show: a secret or text of the run, a token, a whole telephone number. */
const SHOWN = new RegExp(
  `${CANARY}|${Buffer.from(CANARY).toString('hex')}|eyJ[\\w-]{8}|${NUMBER_PREFIX}\\d{6}`,
);
const DIED = /unhandledRejection|uncaughtException|UnhandledPromiseRejection|FATAL ERROR/i;

export type LogEvidence = {
  lines: number;
  leaks: number;
  /** Lines that are no log line: something was printed past the log. */
  strayLines: number;
  deaths: number;
  examples: string[];
};

/** Reads the log of the whole run. */
export async function readLog(path: string): Promise<LogEvidence> {
  const found = { lines: 0, leaks: 0, strayLines: 0, deaths: 0 };
  const examples: string[] = [];
  const keep = (name: string, line: string) => {
    if (examples.length < 6) examples.push(`${name}: ${line.slice(0, 400)}`);
  };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    found.lines += 1;
    if (SHOWN.test(line)) {
      found.leaks += 1;
      keep('leak', line);
    }
    if (!/^\{"level":.*\}$/.test(line)) {
      found.strayLines += 1;
      keep('stray line', line);
    }
    if (DIED.test(line)) found.deaths += 1;
  }
  return { ...found, examples };
}

/** `database uuid` of each entry of a journal that nobody has open. */
export async function readJournal(path: string): Promise<Set<string>> {
  const journal = await createSqliteJournal({ path, maxBytes: 4_294_967_296 });
  const kept = new Set<string>();
  let last: Awaited<ReturnType<typeof journal.list>>[number] | undefined;
  do {
    const page = await journal.list({ limit: 5_000, ...(last === undefined ? {} : { after: last.id }) });
    for (const { database, key } of page) kept.add(`${database} ${key}`);
    last = page.at(-1);
  } while (last !== undefined);
  await journal.close();
  return kept;
}
