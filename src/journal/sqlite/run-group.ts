import type { DatabaseSync } from 'node:sqlite';
import { integer } from './columns.ts';
import type { Command, GroupResult } from './commands.ts';
import { journalError } from './open.ts';
import type { Store } from './store.ts';

export type RunGroup = (commands: readonly Command[], nowMs: number) => GroupResult<unknown>;

/**
 * Commits a group with one fsync. When a command or the commit fails, all is rolled back and each command gets
 * a transaction of its own: the faulty one fails alone, and settling goes on when there is no room for appends.
 */
export function createRunGroup(db: DatabaseSync, store: Store): RunGroup {
  const begin = db.prepare('begin immediate');
  const commit = db.prepare('commit');
  const selectChanges = db.prepare('select total_changes() as changes');
  const changes = () => integer(selectChanges.get()?.['changes']);

  const runGroup: RunGroup = (commands, nowMs) => {
    try {
      const before = changes();
      begin.run();
      const values = commands.map((command) => store.execute(command, nowMs));
      commit.run();
      return {
        outcomes: values.map((value) => ({ ok: true, value })),
        ready: store.committed(),
        commits: changes() > before ? 1 : 0,
      };
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      store.rolledBack();
      if (commands.length > 1) return join(commands.map((command) => runGroup([command], nowMs)));
      const { code, message } = journalError(error);
      return { outcomes: [{ ok: false, failure: { code, message } }], ready: [], commits: 0 };
    }
  };
  return runGroup;
}

function join(results: readonly GroupResult<unknown>[]): GroupResult<unknown> {
  return {
    outcomes: results.flatMap((result) => result.outcomes),
    ready: results.flatMap((result) => result.ready),
    commits: results.reduce((sum, result) => sum + result.commits, 0),
  };
}
