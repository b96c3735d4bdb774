import { request } from 'undici';
import type { Clock } from '../../../src/clock.ts';
import type { World } from './world.ts';

export type QuietOptions = {
  world: World;
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
export async function untilQuiet({ world, clock, timeoutMs, say, signal }: QuietOptions): Promise<boolean> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  let quietSinceMs: number | null = null;
  let saidAtMs = clock.nowMs();
  while (clock.nowMs() < deadlineMs) {
    const busy = await whatIsBusy(world);
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

async function whatIsBusy(world: World): Promise<string | null> {
  const reports = (await world.simulator.stats()).reports;
  const underWay = reports.pending + reports.queued + reports.inFlight + reports.waitingForRetry;
  if (underWay > 0) return `${underWay} reports at the provider`;
  const entries = await unfinishedEntries(world.viaductUrl).catch(() => null);
  if (entries === null) return 'Viaduct does not answer';
  if (entries > 0) return `${entries} entries in the journal`;
  const waiting = await world.stack
    .query(
      world.database,
      "select count(*) from sms_sms where state = 'outgoing' and not coalesce(to_delete, false)",
    )
    .catch(() => 'unknown');
  return waiting === '0' ? null : `${waiting} SMS in Odoo's queue`;
}

/** Ready and leased ones, from Viaduct's own metrics: a reason to wait, and no part of the judgement. */
async function unfinishedEntries(url: string): Promise<number> {
  const answer = await request(`${url}/metrics`);
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`/metrics answered ${answer.statusCode}`);
  const values = [...text.matchAll(/^viaduct_journal_entries\{[^}]*state="(?:ready|leased)"[^}]*\} (\d+)/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}
