import { z } from 'zod';

/** What Odoo knows of the credit of one account; moments as Odoo's own clock wrote them (ISO 8601, UTC). */
export const CreditRow = z.object({
  /** The balance below which to alert; null where it is not watched. */
  minimum: z.number().nullable(),
  intervalSeconds: z.number().positive(),
  /** When Odoo's scheduled action, or a changed minimum, last asked for a check that was not made yet. */
  watchAskedAt: z.string().nullable(),
  /** When somebody pressed Test Connection, until it is answered. */
  testAskedAt: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
  /** The minimum has changed since the last check that succeeded. */
  mustRecheck: z.boolean(),
  /** An alert was raised, and no recovery yet. */
  isLow: z.boolean(),
});
export type CreditRow = z.infer<typeof CreditRow>;

export type CreditAlert = 'low' | 'recovered';

/**
 * The scheduled action that asks comes some seconds earlier or later each time: an interval as long as its own must not
 * become two of them.
 */
const MOST_EARLY_MS = 60_000;

/** Whether the watch is to ask GatewayAPI now. A check that failed leaves the account due when Odoo asks again. */
export function isDue(row: CreditRow): boolean {
  if (row.minimum === null || row.watchAskedAt === null) return false;
  if (row.mustRecheck || row.lastSuccessAt === null) return true;
  const intervalMs = row.intervalSeconds * 1000;
  const earlyMs = Math.min(MOST_EARLY_MS, intervalMs / 2);
  return Date.parse(row.watchAskedAt) >= Date.parse(row.lastSuccessAt) + intervalMs - earlyMs;
}

/** What to tell people about this balance: once when it falls below the minimum, once when it is no longer below. */
export function alertOf(row: CreditRow, balance: number): CreditAlert | null {
  if (row.minimum === null) return null;
  const isBelow = balance < row.minimum;
  if (isBelow === row.isLow) return null;
  return isBelow ? 'low' : 'recovered';
}
