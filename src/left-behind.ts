import type { PartState } from './http/index.ts';
import type { Journal } from './journal/index.ts';
import type { Log } from './log.ts';

type Stats = Awaited<ReturnType<Journal['stats']>>;

export type LeftBehindParts = {
  servedIds: () => readonly string[] | null;
  log: Pick<Log, 'warn'>;
};

/**
 * Watches for entries under ids of databases that are not served, as after a changed id was confirmed: nobody works on
 * them, and retention leaves them, because only a person knows whether that database comes back.
 */
export function createLeftBehind({ servedIds, log }: LeftBehindParts) {
  let waiting = new Map<string, number>();
  return {
    /** Takes the latest figures of the journal. */
    counted(stats: Stats): void {
      const served = servedIds();
      if (served === null) return;
      const before = waiting;
      waiting = new Map();
      for (const { database, ready, leased } of stats) {
        const count = ready + leased;
        if (count === 0 || served.includes(database)) continue;
        waiting.set(database, (waiting.get(database) ?? 0) + count);
      }
      for (const [database, entries] of waiting) {
        if (!before.has(database))
          log.warn({ database, entries }, 'entries wait for a database that is not served');
      }
    },
    /** For `/readyz`; what is served goes on regardless. */
    state(): PartState {
      const left = [...waiting].map(([database, count]) => `${count} under ${database}`);
      const detail =
        left.length === 0
          ? 'nothing waits'
          : `Entries wait under ids of databases that are not served: ${left.join(', ')}. Serve them again, or run "viaduct bury" with the id.`;
      return { name: 'other databases', up: left.length === 0, matters: false, detail };
    },
  };
}
