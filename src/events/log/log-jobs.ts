import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type Handle, type NewEntry, putOff } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import type { Json } from '../../odoo/index.ts';
import { LOG_QUEUE } from '../queues.ts';
import type { EventRecords } from '../records.ts';

export type LogJobsOptions = {
  records: Pick<EventRecords, 'log'>;
  /** Odoo's `database.uuid`. */
  database: string;
  admits: (identity: DatabaseIdentity) => boolean;
  clock: Clock;
};

/** As far as lines are looked into; all else goes to Odoo as it is. */
const Line = z.looseObject({
  key: z.string(),
  rank: z.number().int().default(0),
  attempts: z.array(z.custom<Json>()).default([]),
});
type Line = z.infer<typeof Line>;

const HELD_WAIT_MS = 5_000;

/** The journal's entry for a line of Odoo's delivery log. */
export function logEntry(database: string, line: { key: string }): NewEntry {
  return { database, queue: LOG_QUEUE, key: line.key, payload: JSON.stringify(line) };
}

/** Writes lines of the delivery log: a whole batch in one call, each delivery once, with all its attempts. */
export function createLogHandler({ records, database, admits, clock }: LogJobsOptions): Handle {
  return async (entries) => {
    const deliveries = new Map<string, Line>();
    for (const { payload } of entries) {
      const line = Line.parse(JSON.parse(payload));
      const known = deliveries.get(line.key);
      deliveries.set(line.key, known === undefined ? line : merged(known, line));
    }
    const { identity, held } = await records.log(database, asJson([...deliveries.values()]));
    if (admits(identity) && !held) return entries.map(({ id }) => ({ id, step: 'complete' }));
    const runAtMs = clock.nowMs() + HELD_WAIT_MS;
    return entries.map((entry) => putOff(entry, runAtMs, 'The database is held.'));
  };
}

/** What the later line says, and the attempts of both. */
function merged(one: Line, other: Line): Line {
  const later = other.rank >= one.rank ? other : one;
  return { ...later, attempts: [...one.attempts, ...other.attempts] };
}

function asJson(lines: readonly Line[]): Json {
  return z.array(z.custom<Json>()).parse(lines);
}
