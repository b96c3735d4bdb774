import type { Metrics } from '../metrics.ts';

/** Counts the answers of one route and their durations. */
export type RouteMeter = (status: number, seconds: number) => void;

export type RouteMeterParts = { metrics: Metrics; method: string; route: string };

const MOST_KEPT = 512;

/**
 * Keeps what it is told in plain arrays and hands it to the metrics when they are read, or when 512 have come:
 * labels are looked up once for many answers instead of once for each.
 */
export function createRouteMeter({ metrics, method, route }: RouteMeterParts): RouteMeter {
  const histogram = metrics.httpSeconds.labels({ route });
  const counts = new Map<number, number>();
  const durations: number[] = [];

  function handOver(): void {
    for (const [status, count] of counts) metrics.httpRequests.inc({ method, route, status }, count);
    for (const seconds of durations) histogram.observe(seconds);
    counts.clear();
    durations.length = 0;
  }

  metrics.beforeReading(handOver);
  return (status, seconds) => {
    counts.set(status, (counts.get(status) ?? 0) + 1);
    durations.push(seconds);
    if (durations.length >= MOST_KEPT) handOver();
  };
}
