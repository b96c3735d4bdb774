import type { Backlog } from './backlog.ts';
import { errorText } from './errors.ts';
import type { PartState } from './http/index.ts';
import type { Journal, NewEntry } from './journal/index.ts';
import type { Metrics } from './metrics.ts';

export type WatchedJournal = {
  journal: Journal;
  /** Whether the last append reached the disk, for `/readyz`. */
  state(): PartState;
};

/**
 * The same journal, with its appends counted and its last failure remembered. Counts are handed over only when somebody
 * reads the metrics: thousands of appends a second pass here.
 */
export function watchJournal(
  journal: Journal & { commitCount: () => number },
  metrics: Pick<Metrics, 'beforeReading' | 'journalAppends' | 'journalCommits'>,
  backlog?: Pick<Backlog, 'appended'>,
): WatchedJournal {
  const counts = new Map<string, { new: number; duplicate: number }>();
  let commits = 0;
  let failure: string | null = null;

  async function append(entries: readonly NewEntry[]) {
    try {
      const appended = await journal.append(entries);
      failure = null;
      for (const [index, { database, queue }] of entries.entries()) {
        const isDuplicate = appended[index]?.duplicate === true;
        count(queue, isDuplicate);
        if (!isDuplicate) backlog?.appended(database);
      }
      return appended;
    } catch (error) {
      failure = errorText(error);
      throw error;
    }
  }

  function count(queue: string, isDuplicate: boolean): void {
    const counted = counts.get(queue) ?? { new: 0, duplicate: 0 };
    counted[isDuplicate ? 'duplicate' : 'new'] += 1;
    counts.set(queue, counted);
  }

  metrics.beforeReading(() => {
    metrics.journalCommits.inc(journal.commitCount() - commits);
    commits = journal.commitCount();
    for (const [queue, counted] of counts) {
      metrics.journalAppends.inc({ queue, outcome: 'new' }, counted.new);
      metrics.journalAppends.inc({ queue, outcome: 'duplicate' }, counted.duplicate);
    }
    counts.clear();
  });

  return {
    journal: { ...journal, append },
    state: () => ({
      name: 'journal',
      up: failure === null,
      matters: true,
      detail: failure ?? 'takes entries',
    }),
  };
}
