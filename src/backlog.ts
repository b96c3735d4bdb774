import type { QueueStats } from './journal/index.ts';

/** How much of the journal each database takes up, so that one cannot fill it for all. */
export type Backlog = {
  appended(database: string): void;
  /** What the journal counted itself; in between only what is appended is added, so the figure is never too low for long. */
  counted(stats: readonly Pick<QueueStats, 'database' | 'ready' | 'leased'>[]): void;
  /** Why nothing more is taken of this database, in words for its users, or null. */
  fullWords(database: string): string | null;
};

/** `mostEntries`: unfinished entries of one database, from which no new SMS are taken from it. */
export function createBacklog(mostEntries: number): Backlog {
  const waiting = new Map<string, number>();
  const add = (database: string, entries: number) =>
    void waiting.set(database, (waiting.get(database) ?? 0) + entries);
  return {
    appended: (database) => add(database, 1),
    counted(stats) {
      waiting.clear();
      for (const { database, ready, leased } of stats) add(database, ready + leased);
    },
    fullWords(database) {
      if ((waiting.get(database) ?? 0) < mostEntries) return null;
      return `Viaduct has ${mostEntries} or more SMS and reports of this database to work on, and takes no more until it is through with some (setting VIADUCT_DATABASE_WAITING_ENTRIES). Send again later.`;
    },
  };
}
