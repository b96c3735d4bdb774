import { type Clock, systemClock } from '../../clock.ts';
import { JournalError } from '../errors.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { Journal, NewEntry, Settlement } from '../journal.ts';
import type { Command, ReadyQueue } from './commands.ts';
import { startThread } from './thread.ts';
import { UPKEEP_STEP } from './upkeep.ts';

export type SqliteJournalOptions = {
  path: string;
  /** Bound of the file in bytes; its write-ahead log (4 MB as a rule) comes on top. */
  maxBytes: number;
  clock?: Clock;
};

/** The embedded journal, and how many commits wrote something so far: each of them is one fsync. */
export type SqliteJournal = Journal & { commitCount: () => number };

/**
 * Opens the embedded journal; rejects with `journal-locked` when another process holds the file, with
 * `journal-version` when a newer Viaduct wrote it, or with `journal-corrupt`, `journal-full`, `journal-io`.
 *
 * The database lives in a thread of its own. Measured with 64 connections on 2 cores: with a fast disk (fsync
 * 0.2 ms) both ways acknowledge alike, with one that takes 5 ms the thread carries twice as much (3,740 against
 * 1,860 requests a second), because the event loop goes on while the disk is waited for.
 */
export async function createSqliteJournal({
  path,
  maxBytes,
  clock = systemClock,
}: SqliteJournalOptions): Promise<SqliteJournal> {
  const thread = await startThread({ path, maxBytes, nowMs: clock.nowMs() });
  const listeners = new Set<(at: ReadyQueue) => void>();
  let commits = 0;
  let closing: Promise<void> | undefined;

  const group = createGroupCommit<Command>(async (commands) => {
    const result = await thread.commit(commands, clock.nowMs());
    commits += result.commits;
    // After the promises of the group: a listener that claims at once finds their entries either way.
    queueMicrotask(() => {
      for (const queue of result.ready) for (const listener of listeners) listener(queue);
    });
    return result.outcomes;
  });

  const submit = <Value>(command: Command, weight?: number): Promise<Value> =>
    closing === undefined
      ? group.submit<Value>(command, weight)
      : Promise.reject(
          new JournalError('journal-closed', 'The journal is closed: this Viaduct is stopping.'),
        );

  /** Each step is a command of its own, so that appends get their turn in between. */
  const inSteps = async (command: Command): Promise<number> => {
    let changed = 0;
    let step: number;
    do {
      step = await submit<number>(command);
      changed += step;
    } while (step >= UPKEEP_STEP);
    return changed;
  };

  return {
    append: (entries) => submit({ op: 'append', entries }, weightOf(entries)),
    claim: (request) => submit({ op: 'claim', request }),
    mark: (token, marks) => submit({ op: 'mark', token, marks }),
    settle: (token, settlements) =>
      submit({ op: 'settle', token, settlements }, settlementsWeight(settlements)),
    extend: (token, leaseMs) => submit({ op: 'extend', token, leaseMs }),
    nextRunAtMs: ({ database, queue }) => submit({ op: 'next-run', database, queue }),
    list: (request) => submit({ op: 'list', request }),
    known: (request) => submit({ op: 'known', request }),
    replay: (ids) => submit({ op: 'replay', ids }),
    hasten: (request) => submit({ op: 'hasten', request }),
    buryAll: ({ database, reason }) => inSteps({ op: 'bury-step', database, reason }),
    stats: () => submit({ op: 'stats' }),
    prune: (request) => inSteps({ op: 'prune-step', request }),
    remember: (database, name, value) => submit({ op: 'remember', database, name, value }),
    recall: (database, name) => submit({ op: 'recall', database, name }),
    onReady: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closing ??= group.idle().then(() => thread.close());
      return closing;
    },
    commitCount: () => commits,
  };
}

function weightOf(entries: readonly NewEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.payload.length, 0);
}

function settlementsWeight(settlements: readonly Settlement[]): number {
  return settlements.reduce((sum, settlement) => sum + weightOf(settlement.append ?? []), 0);
}
