import type { Clock } from '../../clock.ts';
import { type Entry, putOff, type Settlement } from '../../journal/index.ts';
import type { DatabaseIdentity } from '../../odoo/guard/index.ts';
import { inBatches } from '../../odoo/index.ts';
import type { SmsRecords, StateUpdate } from '../records.ts';
import { StateJob } from '../schema.ts';
import { retryAfterMissing } from '../sending/retry.ts';
import { asUpdate, merged } from './state-update.ts';
import { isTestReference } from './test-report.ts';

export type StateJobsOptions = {
  records: Pick<SmsRecords, 'apply' | 'noteTestReport'>;
  admits: (identity: DatabaseIdentity) => boolean;
  /** SMS in one call into Odoo. */
  callLimit: number;
  /** For how long a report may wait for its SMS to show up in Odoo. */
  maxAgeMs: number;
  clock: Clock;
  /** `applied` per update that Odoo knew, `unmatched` per entry given up. */
  onOutcome: (outcome: 'applied' | 'unmatched', count: number) => void;
};

const HELD_RETRY_MS = 5_000;

/** Handles a batch of the state queue: of all that happened to an SMS the furthest, and as few calls into Odoo as its limit allows. */
export function createStateHandler(options: StateJobsOptions) {
  const { records, admits, clock, onOutcome } = options;

  return async function handle(entries: readonly Entry[]): Promise<Settlement[]> {
    const [first] = entries;
    if (first === undefined) return [];
    const jobs = entries.map((entry) => ({ entry, job: StateJob.parse(JSON.parse(entry.payload)) }));
    const furthest = new Map<string, StateUpdate>();
    for (const { entry, job } of jobs) {
      if (isTestReference(job.uuid)) continue;
      const update = asUpdate(job, entry.appendedAtMs);
      const known = furthest.get(job.uuid);
      if (known === undefined) furthest.set(job.uuid, update);
      else furthest.set(job.uuid, merged(known, update));
    }
    const unseen = new Set<string>();
    for (const updates of inBatches([...furthest.values()], options.callLimit)) {
      const { identity, held, missing } = await records.apply(first.database, updates);
      if (!admits(identity) || held) {
        return entries.map((entry) => retry(entry, HELD_RETRY_MS, 'The database is held.'));
      }
      for (const uuid of missing) unseen.add(uuid);
    }
    onOutcome('applied', furthest.size - unseen.size);
    const tested = jobs.findLast(({ job }) => isTestReference(job.uuid));
    if (tested !== undefined) await records.noteTestReport(tested.job.uuid);
    return entries.map((entry) =>
      unseen.has(entry.key) ? notSeen(entry) : { id: entry.id, step: 'complete' },
    );
  };

  /** A report may overtake Odoo's commit, or speak of an SMS that some other system sent through the same account. */
  function notSeen(entry: Entry): Settlement {
    const ageMs = clock.nowMs() - entry.appendedAtMs;
    if (ageMs > options.maxAgeMs) {
      onOutcome('unmatched', 1);
      return { id: entry.id, step: 'complete' };
    }
    return retry(entry, retryAfterMissing(ageMs), 'Odoo does not know this SMS yet.');
  }

  function retry(entry: Entry, delayMs: number, error: string): Settlement {
    return putOff(entry, clock.nowMs() + delayMs, error);
  }
}
