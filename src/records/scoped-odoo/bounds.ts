import type { Json } from '../../odoo/index.ts';
import { countOf } from './arguments.ts';
import type { Caller } from './caller.ts';
import { OdooFault } from './odoo-fault.ts';

/**
 * The limit that Odoo is asked for. Clients of Odoo expect all that there is, so more than the endpoint gives is refused
 * instead of cut: one row more is asked for than may be answered.
 */
export function boundedLimit(
  limit: Json | undefined,
  {
    scope: {
      endpoint: { maxRecords },
    },
  }: Caller,
): number {
  return Math.min(countOf('limit', limit) ?? maxRecords + 1, maxRecords + 1);
}

/** Throws a UserError where an answer has more rows than the endpoint gives. */
export function checkRows(
  count: number,
  {
    scope: {
      endpoint: { maxRecords },
    },
  }: Caller,
): void {
  if (count <= maxRecords) return;
  const words = `There are more than the ${maxRecords} records that this endpoint gives at a time. Ask with a limit and an offset.`;
  throw new OdooFault('UserError', words);
}

/** Throws a UserError where a call names more records than the endpoint takes. */
export function checkIds(
  ids: readonly unknown[],
  {
    scope: {
      endpoint: { maxRecords },
    },
  }: Caller,
): void {
  if (ids.length <= maxRecords) return;
  const words = `This endpoint takes at most ${maxRecords} records at a time; ${ids.length} were given.`;
  throw new OdooFault('UserError', words);
}
