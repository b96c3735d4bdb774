/** Time limits for many answers at once, watched by one timer that runs only while answers are awaited. */
export type Deadlines = {
  /** Settles as the answer does, or rejects with `tooLate()` when there is none within `limitMs` (and up to 250 ms). */
  within: <T>(answer: Promise<T>, limitMs: number, tooLate: () => Error) => Promise<T>;
};

const LOOK_EVERY_MS = 250;

type Awaited = { untilMs: number; expire: () => void };

// A timer per request costs a measurable share of the throughput; a member of a set does not.
export function createDeadlines(monotonicMs: () => number): Deadlines {
  const awaited = new Set<Awaited>();
  let watching = false;

  function look(): void {
    const nowMs = monotonicMs();
    for (const entry of awaited) {
      if (entry.untilMs > nowMs) continue;
      awaited.delete(entry);
      entry.expire();
    }
    watching = awaited.size > 0;
    if (watching) setTimeout(look, LOOK_EVERY_MS).unref();
  }

  function within<T>(answer: Promise<T>, limitMs: number, tooLate: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const entry = { untilMs: monotonicMs() + limitMs, expire: () => reject(tooLate()) };
      awaited.add(entry);
      answer.then(
        (value) => {
          awaited.delete(entry);
          resolve(value);
        },
        (error: unknown) => {
          awaited.delete(entry);
          reject(error);
        },
      );
      if (watching) return;
      watching = true;
      setTimeout(look, LOOK_EVERY_MS).unref();
    });
  }

  return { within };
}
