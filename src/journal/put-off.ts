import type { Entry, Settlement } from './journal.ts';

/** Gives an entry back for a later time (ms since 1970), uncounted: waiting is no failure, and what fails too often is buried. */
export function putOff({ id }: Pick<Entry, 'id'>, runAtMs: number, error: string): PutOff {
  return { id, step: 'retry', runAtMs, error, uncounted: true };
}

type PutOff = Extract<Settlement, { step: 'retry' }>;
