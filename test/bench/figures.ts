/** Two digits behind the point, as figures are printed. */
export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The value below which this share (0 to 1) of the values lies; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The one in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
