import { request } from 'undici';
import type { Clock } from '../../src/clock.ts';

export type QuietOptions = {
  /** What is still on its way, in words, or null. */
  whatIsBusy: () => Promise<string | null>;
  clock: Clock;
  timeoutMs: number;
  say: (words: string) => void;
  signal: AbortSignal;
};

const POLL_MS = 1_000;
/** Viaduct counts its journal every 15 s; so long must everything have been quiet. */
const QUIET_FOR_MS = 17_000;
const SAY_EVERY_MS = 15_000;

/** Waits until nothing is on its way anywhere; false when it still is after `timeoutMs`. */
export async function untilQuiet(options: QuietOptions): Promise<boolean> {
  const { whatIsBusy, clock, timeoutMs, say, signal } = options;
  const deadlineMs = clock.nowMs() + timeoutMs;
  let quietSinceMs: number | null = null;
  let saidAtMs = clock.nowMs();
  while (clock.nowMs() < deadlineMs) {
    const busy = await whatIsBusy();
    if (busy === null) quietSinceMs ??= clock.nowMs();
    else quietSinceMs = null;
    if (quietSinceMs !== null && clock.nowMs() - quietSinceMs >= QUIET_FOR_MS) return true;
    if (clock.nowMs() - saidAtMs >= SAY_EVERY_MS) {
      saidAtMs = clock.nowMs();
      say(`waiting: ${busy ?? 'quiet'}`);
    }
    await clock.sleep(POLL_MS, signal);
  }
  return false;
}

/** Ready and leased ones, from Viaduct's own metrics: a reason to wait, and no part of the judgement. */
export async function unfinishedEntries(url: string): Promise<number> {
  const answer = await request(`${url}/metrics`);
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`/metrics answered ${answer.statusCode}`);
  const values = [...text.matchAll(/^viaduct_journal_entries\{[^}]*state="(?:ready|leased)"[^}]*\} (\d+)/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}
