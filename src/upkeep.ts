import { stat } from 'node:fs/promises';
import { Cron } from 'croner';
import type { Clock } from './clock.ts';
import type { Config } from './config/index.ts';
import type { Journal } from './journal/index.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export type UpkeepParts = { config: Config; journal: Journal; log: Log; metrics: Metrics; clock: Clock };

const DAY_MS = 86_400_000;

/** What keeps the journal small and its figures fresh: retention every hour, gauges every 15 seconds. */
export function startUpkeep({ config, journal, log, metrics, clock }: UpkeepParts): { stop(): void } {
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
    for (const { queue, ready, leased, dead, oldestAppendedAtMs } of await journal.stats()) {
      for (const [state, count] of Object.entries({ ready, leased, dead })) {
        metrics.journalEntries.set({ queue, state }, count);
      }
      const ageMs = oldestAppendedAtMs === null ? 0 : clock.nowMs() - oldestAppendedAtMs;
      metrics.journalOldestSeconds.set({ queue }, ageMs / 1000);
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
  };
}
