import { stat } from 'node:fs/promises';
import { Cron } from 'croner';
import type { Backlog } from './backlog.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/index.ts';
import type { PartState } from './http/index.ts';
import type { Journal } from './journal/index.ts';
import { createLeftBehind } from './left-behind.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export type UpkeepParts = {
  config: Config;
  journal: Journal;
  backlog: Pick<Backlog, 'counted'>;
  /** The configured name of a served database, or one word for all others: labels must be bounded. */
  nameOf: (databaseUuid: string) => string;
  /** The ids of all databases, or null while one of them has not been reached yet. */
  servedIds: () => readonly string[] | null;
  log: Log;
  metrics: Metrics;
  clock: Clock;
};

const DAY_MS = 86_400_000;

/** What keeps the journal small and its figures fresh: retention every hour, gauges every 15 seconds. */
export function startUpkeep(parts: UpkeepParts): { stop(): void; state(): PartState } {
  const { config, journal, backlog, nameOf, log, metrics, clock } = parts;
  const leftBehind = createLeftBehind(parts);

  async function prune(): Promise<void> {
    const nowMs = clock.nowMs();
    const pruned = await journal.prune({
      doneBeforeMs: nowMs - config.journal.keepDoneDays * DAY_MS,
      deadBeforeMs: nowMs - config.journal.keepDeadDays * DAY_MS,
    });
    if (pruned > 0) log.info({ pruned }, 'journal pruned');
  }

  async function measure(): Promise<void> {
    metrics.journalBytes.set((await stat(config.journal.path)).size);
    metrics.journalEntries.reset();
    metrics.journalOldestSeconds.reset();
    const stats = await journal.stats();
    backlog.counted(stats);
    leftBehind.counted(stats);
    for (const { queue, ready, leased, dead, oldestAppendedAtMs, ...lane } of stats) {
      const database = nameOf(lane.database);
      for (const [state, count] of Object.entries({ ready, leased, dead })) {
        // Lanes of databases that are served no longer share one label.
        metrics.journalEntries.inc({ database, queue, state }, count);
      }
      const ageMs = oldestAppendedAtMs === null ? 0 : clock.nowMs() - oldestAppendedAtMs;
      metrics.journalOldestSeconds.set({ database, queue }, ageMs / 1000);
    }
  }

  const settings = {
    protect: true,
    unref: true,
    catch: (error: unknown) => log.warn({ error }, 'upkeep of the journal failed'),
  };
  const jobs = [new Cron('7 * * * *', settings, prune), new Cron('*/15 * * * * *', settings, measure)];
  return {
    stop() {
      for (const job of jobs) job.stop();
    },
    state: leftBehind.state,
  };
}
