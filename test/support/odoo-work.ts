import { z } from 'zod';
import type { Loop } from './loop.ts';
import { until } from './until.ts';

/** Scheduled actions may take a minute to begin: this one (external id) runs now, unless it runs already. */
export async function runNow({ odoo }: Pick<Loop, 'odoo'>, externalId: string): Promise<void> {
  const found = await odoo.execute('ir.model.data', 'check_object_reference', externalId.split('.'));
  const [, id] = z.tuple([z.literal('ir.cron'), z.number()]).parse(found);
  await odoo.execute('ir.cron', 'method_direct_trigger', [[id]]).catch(() => undefined);
}

/**
 * Starts counting Viaduct's calls of Odoo, once it has come to rest after its start; those of the guard (a check is two) come by
 * the clock, and are left out.
 */
export async function countCalls(loop: Loop): Promise<() => Promise<number>> {
  const count = async (): Promise<number> => {
    const rows = await loop.odoo.execute('x_viaduct_database', 'search_read', [[], ['x_beat']]);
    const [row] = z.array(z.object({ x_beat: z.number() })).parse(rows);
    return (await loop.metric('viaduct_odoo_calls_total')) - 2 * (row?.x_beat ?? 0);
  };
  const seen = new Set<number>();
  const before = await until(
    count,
    (calls) => {
      const isAtRest = seen.has(calls);
      seen.add(calls);
      return isAtRest;
    },
    { everyMs: 1_000 },
  );
  return async () => (await count()) - before;
}
