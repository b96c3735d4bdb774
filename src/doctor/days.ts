const DAY_MS = 86_400_000;

/** So many whole days before something ends, people are told. */
export const SOON_DAYS = 14;

/** Whole days; negative when it is over. */
export function daysUntil(endMs: number, nowMs: number): number {
  return Math.floor((endMs - nowMs) / DAY_MS);
}
