import * as z from 'zod';
import type { SubscriptionState } from '../subscriptions/subscription.ts';

/** What is known of a destination from the attempts before; it survives a restart. */
export const Health = z.object({
  /** In a row, of whatever deliveries. */
  failures: z.number().int(),
  failingSinceMs: z.number().nullable(),
  /** When the next probe may be made; null while deliveries flow. */
  probeAtMs: z.number().nullable(),
  probes: z.number().int(),
  /** It answered that it is gone for good. */
  isStopped: z.boolean(),
  /** What the last failure said. */
  words: z.string(),
  /** Method and URL that all this is about, and when a person had it begin anew. */
  address: z.string(),
  /** Whether a person had paused the subscription when it was last seen. */
  wasHeld: z.boolean(),
});
export type Health = z.infer<typeof Health>;

export type PauseLimits = {
  /** Failures in a row before a destination is paused … */
  failures: number;
  /** … if the first of them was so long ago. */
  failingMs: number;
};

const MINUTE_MS = 60_000;

/** The limits as the settings name them. */
export function pauseLimits(settings: { pauseFailures: number; pauseMinutes: number }): PauseLimits {
  return { failures: settings.pauseFailures, failingMs: settings.pauseMinutes * MINUTE_MS };
}

/** Failures in a row from which a destination counts as failing: two are soon made good by the first retries. */
const FAILURES_TO_TELL = 3;
const LONGEST_PROBE_WAIT_MS = 30 * MINUTE_MS;

type Seen = { url: string; method: string; isPaused: boolean; resumedAt: string | null };

const addressOf = ({ method, url, resumedAt }: Seen) => [method, url, resumedAt ?? []].flat().join(' ');

const WELL = {
  ...{ failures: 0, failingSinceMs: null, probeAtMs: null, probes: 0, isStopped: false, words: '' },
};

/** A destination of which nothing bad is known. */
export function healthy(destination: Seen): Health {
  return { ...WELL, address: addressOf(destination), wasHeld: destination.isPaused };
}

/** Another address, or a person who lets deliveries flow again, is a new beginning. */
export function afterChange(health: Health, destination: Seen): Health {
  const isLetGo = health.wasHeld && !destination.isPaused;
  if (isLetGo || health.address !== addressOf(destination)) return healthy(destination);
  return { ...health, wasHeld: destination.isPaused };
}

/** One success ends whatever was before. */
export function afterSuccess(health: Health): Health {
  return { ...health, ...WELL };
}

/** Counts a failure; pauses the destination when it was one too many, and moves the next probe when it was one. */
export function afterFailure(
  health: Health,
  { words, isProbe, nowMs }: { words: string; isProbe: boolean; nowMs: number },
  limits: PauseLimits,
): Health {
  const failingSinceMs = health.failingSinceMs ?? nowMs;
  const next = { ...health, failures: health.failures + 1, failingSinceMs, words };
  if (health.probeAtMs !== null) {
    // What was under way when it was paused says nothing new.
    if (!isProbe) return next;
    return { ...next, probes: health.probes + 1, probeAtMs: nowMs + probeWaitMs(health.probes + 1) };
  }
  const isDead = next.failures >= limits.failures && nowMs - failingSinceMs >= limits.failingMs;
  return isDead ? { ...next, probes: 0, probeAtMs: nowMs + probeWaitMs(0) } : next;
}

/** The receiver said that it is gone: nothing is sent any more until a person changes the subscription. */
export function afterGone(health: Health, words: string): Health {
  return { ...health, isStopped: true, words };
}

/** Ms between probes: 1, 2, 4, 8, 16 minutes, then 30. */
export function probeWaitMs(probes: number): number {
  return Math.min(MINUTE_MS * 2 ** Math.min(probes, 10), LONGEST_PROBE_WAIT_MS);
}

/** Whether a paused destination may be tried. A probe that is too far ahead was fixed before the clock was set back. */
export function isProbeDue({ probeAtMs }: Health, nowMs: number): boolean {
  return probeAtMs !== null && (nowMs >= probeAtMs || probeAtMs - nowMs > LONGEST_PROBE_WAIT_MS);
}

/** What Odoo shows of it. */
export function stateOf(health: Health): SubscriptionState {
  if (health.isStopped) return 'stopped';
  if (health.probeAtMs !== null) return 'paused';
  return health.failures >= FAILURES_TO_TELL ? 'failing' : 'ok';
}

/** The same in words, or null where there is nothing to say. */
export function wordsOf(health: Health): string | null {
  switch (stateOf(health)) {
    case 'stopped':
      return `${health.words} Change the URL, or pause the subscription and let it go on, to start again.`;
    case 'paused':
      return `Paused after ${health.failures} failures in a row. ${health.words} What waits is kept; one of it is tried now and then.`;
    case 'failing':
      return `${health.failures} failures in a row. ${health.words}`;
    case 'ok':
      return null;
  }
}
