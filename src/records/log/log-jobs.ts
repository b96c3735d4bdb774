import type { Clock } from '../../clock.ts';
import { type Handle, type Journal, putOff } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { CALL_QUEUE } from '../queues.ts';
import type { RecordsProcedures } from '../records.ts';
import { CallLine } from './call-line.ts';

export type CallKeeperOptions = {
  journal: Pick<Journal, 'append'>;
  /** Odoo's `database.uuid`. */
  database: string;
  log: Record<'warn', (fields: object, message: string) => void>;
};

/** Of what waits to be on disk; beyond it lines are lost rather than memory. */
const MOST_WAITING = 10_000;
const HELD_WAIT_MS = 5_000;

/** Keeps lines for Odoo's log in the journal, without holding up the call that they tell of. */
export function createCallKeeper({ journal, database, log }: CallKeeperOptions) {
  const waiting = new Set<Promise<void>>();
  async function append(line: CallLine): Promise<void> {
    try {
      const payload = JSON.stringify(line);
      await journal.append([{ database, queue: CALL_QUEUE, key: line.key, payload }]);
    } catch (error) {
      log.warn({ error }, 'a call could not be kept for the log');
    }
  }
  return {
    keep(line: CallLine): void {
      if (waiting.size >= MOST_WAITING) {
        log.warn({}, 'a call could not be kept for the log');
        return;
      }
      const appending = append(line).finally(() => waiting.delete(appending));
      waiting.add(appending);
    },
    /** Resolves when everything so far is on disk. */
    settled: async (): Promise<void> => void (await Promise.all(waiting)),
  };
}

export type LogHandlerOptions = {
  records: Pick<RecordsProcedures, 'log'>;
  admits: (identity: DatabaseIdentity) => boolean;
  clock: Clock;
};

/** Writes lines into Odoo's log: a whole batch in one call. */
export function createLogHandler({ records, admits, clock }: LogHandlerOptions): Handle {
  return async (entries) => {
    const lines = entries.map(({ payload }) => CallLine.parse(JSON.parse(payload)));
    const { identity, held } = await records.log(lines);
    if (admits(identity) && !held) return entries.map(({ id }) => ({ id, step: 'complete' }));
    const runAtMs = clock.nowMs() + HELD_WAIT_MS;
    return entries.map((entry) => putOff(entry, runAtMs, 'The database is held.'));
  };
}
