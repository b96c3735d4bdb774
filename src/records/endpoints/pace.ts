const WINDOW_MS = 60_000;

/** Counts the calls of each endpoint in windows of a minute. */
export function createEndpointPace() {
  const windows = new Map<number, { startMs: number; calls: number }>();
  return {
    /** Counts one call; returns the milliseconds to wait when there were too many, or null. */
    spend({ id, ratePerMinute }: { id: number; ratePerMinute: number }, nowMs: number): number | null {
      if (ratePerMinute <= 0) return null;
      const known = windows.get(id);
      // A clock that was set back begins anew.
      const isCurrent = known !== undefined && nowMs >= known.startMs && nowMs < known.startMs + WINDOW_MS;
      const window = isCurrent ? known : { startMs: nowMs, calls: 0 };
      if (!isCurrent) windows.set(id, window);
      window.calls += 1;
      return window.calls > ratePerMinute ? window.startMs + WINDOW_MS - nowMs : null;
    },
    /** Forgets endpoints that are gone. */
    keepOnly(ids: ReadonlySet<number>): void {
      for (const id of windows.keys()) if (!ids.has(id)) windows.delete(id);
    },
  };
}
