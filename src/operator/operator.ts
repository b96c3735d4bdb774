import { existsSync } from 'node:fs';
import { z } from 'zod';
import { ViaductError } from '../errors.ts';
import { createSqliteJournal, type Journal } from '../journal/index.ts';
import { operate } from './operations.ts';
import { type Choice, Counted, DeadLetter, type OperatorRequest, Parts, Stats } from './schema.ts';
import { askRunning } from './socket-client.ts';
import { operatorSocketPath } from './socket-path.ts';

export type Operator = AsyncDisposable & {
  /** Whether a Viaduct runs on this journal, and answers in its place. */
  isRunning: boolean;
  /** The first `limit` dead letters, oldest first, without what they say. */
  dead(request: { queue?: string | undefined; limit: number }): Promise<DeadLetter[]>;
  /** How many a choice has; rejects with `dead-letter-unknown`. */
  count(choice: Choice): Promise<Counted>;
  /** Puts them back to be worked on, and says how many; rejects with `dead-letter-unknown`. */
  replay(choice: Choice): Promise<number>;
  /** Makes dead letters of all that waits under a database's id. */
  bury(database: string): Promise<number>;
  stats(): Promise<Stats>;
  note(database: string, name: string): Promise<string | null>;
  /** What the running Viaduct says of its parts; null when none runs. */
  parts(): Promise<Parts | null>;
};

/**
 * The journal for a command: asked of the running Viaduct, which holds the file for itself, or opened when none runs.
 * Rejects with `journal-missing`, `operator-socket` or a JournalError.
 */
export async function openOperator(settings: { path: string; maxBytes: number }): Promise<Operator> {
  const path = operatorSocketPath(settings.path);
  const running = path === null ? undefined : await askRunning(path, { ask: 'parts' });
  const journal = running === undefined ? await openJournal(settings) : null;
  const answered = async (request: OperatorRequest): Promise<unknown> => {
    if (journal !== null) return await operate({ journal }, request);
    const reply = path === null ? undefined : await askRunning(path, request);
    if (reply === undefined) throw gone();
    return reply.answer;
  };
  return {
    isRunning: journal === null,
    dead: async (request) => z.array(DeadLetter).parse(await answered({ ask: 'dead', ...request })),
    count: async (choice) => Counted.parse(await answered({ ask: 'count', choice })),
    replay: async (choice) => z.number().parse(await answered({ ask: 'replay', choice })),
    bury: async (database) => z.number().parse(await answered({ ask: 'bury', database })),
    stats: async () => Stats.parse(await answered({ ask: 'stats' })),
    note: async (database, name) =>
      z
        .string()
        .nullable()
        .parse(await answered({ ask: 'note', database, name })),
    parts: async () => Parts.nullable().parse(await answered({ ask: 'parts' })),
    [Symbol.asyncDispose]: async () => {
      await journal?.close();
    },
  };
}

async function openJournal(settings: { path: string; maxBytes: number }): Promise<Journal> {
  if (existsSync(settings.path)) return await createSqliteJournal(settings);
  throw new ViaductError({
    code: 'journal-missing',
    message: `There is no journal at ${settings.path}. Set VIADUCT_JOURNAL_PATH to that of the Viaduct that is meant, or start it once.`,
    retry: 'after-config',
  });
}

function gone(): ViaductError {
  return new ViaductError({
    code: 'operator-socket',
    message: 'Viaduct has stopped meanwhile. Run the command again.',
    retry: 'later',
  });
}
