import type { Clock } from '../clock.ts';

/** What Odoo holds, as it was last read. */
export type KeptCopy<Value> = {
  /** As last read, at once; a promise when it was never read, which rejects when it cannot be now. */
  current(): Value | Promise<Value>;
  /** Resolves when it is as it was at the call, or newer. */
  refresh(): Promise<void>;
  /** The reading that is under way, if any. */
  underway(): Promise<void> | null;
};

/** Keeps something of Odoo in memory; it is read anew when older than `maxAgeMs`, and at every `refresh()`. */
export function createKeptCopy<Value extends object>({
  read,
  maxAgeMs,
  clock,
}: {
  read: () => Promise<Value>;
  maxAgeMs: number;
  clock: Clock;
}): KeptCopy<Value> {
  let copy: Value | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let following: Promise<void> | null = null;

  /** A clock that was set back makes it old, not young. */
  const ageMs = () => Math.abs(clock.nowMs() - readAtMs);

  function readNow(): Promise<void> {
    reading ??= read()
      .then((fresh) => {
        copy = fresh;
        readAtMs = clock.nowMs();
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  /** What is being read may have been asked for before the change. */
  function refresh(): Promise<void> {
    if (reading === null) return readNow();
    following ??= reading
      .catch(() => {})
      .then(() => {
        following = null;
        return readNow();
      });
    return following;
  }

  async function firstCopy(): Promise<Value> {
    await readNow();
    return copy ?? firstCopy();
  }

  return {
    current() {
      if (copy === null) return firstCopy();
      // What is known is good enough while newer is on its way, or Odoo is down.
      if (ageMs() > maxAgeMs) readNow().catch(() => {});
      return copy;
    },
    refresh,
    underway: () => following ?? reading,
  };
}
