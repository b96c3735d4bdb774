import type { Clock } from '../../clock.ts';
import { errorText, ViaductError } from '../../errors.ts';
import type { Log } from '../../log.ts';

export type FailureLog = {
  failed: (error: unknown) => void;
  succeeded: () => void;
};

export type FailureLogParts = {
  database: string;
  /** What fails, and what is said when it does so no more. */
  words: { failing: string; again: string };
  clock: Pick<Clock, 'nowMs'>;
  log: Pick<Log, 'info' | 'warn'>;
};

const QUIET_MS = 60_000;

/** Says that checks fail when they begin to or do so for another reason, then once a minute with their count, and their end. */
export function createFailureLog({ database, words, clock, log }: FailureLogParts): FailureLog {
  let failing: { reason: string; saidAtMs: number; failures: number } | null = null;
  return {
    failed(error) {
      // Not the words: an Odoo that is away is so in several of them.
      const reason = error instanceof ViaductError ? error.code : errorText(error);
      const nowMs = clock.nowMs();
      const failures = (failing?.failures ?? 0) + 1;
      const isNews = failing?.reason !== reason || Math.abs(nowMs - failing.saidAtMs) >= QUIET_MS;
      failing = { reason, failures, saidAtMs: isNews || failing === null ? nowMs : failing.saidAtMs };
      if (isNews) log.warn({ database, error: errorText(error), failures }, words.failing);
    },
    succeeded() {
      if (failing !== null) log.info({ database, failures: failing.failures }, words.again);
      failing = null;
    },
  };
}
