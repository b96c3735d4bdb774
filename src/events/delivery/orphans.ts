import type { Journal } from '../../journal/index.ts';
import { deliveryQueue, subscriptionOfQueue } from '../queues.ts';

export type OrphanOptions = {
  journal: Pick<Journal, 'stats' | 'hasten' | 'claim' | 'settle'>;
  /** Odoo's `database.uuid`. */
  database: string;
  leaseMs: number;
};

const BATCH = 500;
const REASON = 'Its subscription was deleted in Odoo.';

/**
 * Makes dead letters of deliveries whose subscription is no more: nobody would ever work on them, and they would keep the
 * journal from getting empty. Returns how many they were.
 */
export async function buryOrphans(
  { journal, database, leaseMs }: OrphanOptions,
  subscriptions: ReadonlySet<number>,
): Promise<number> {
  let buried = 0;
  for (const stats of await journal.stats()) {
    const id = subscriptionOfQueue(stats.queue);
    if (stats.database !== database || id === null || subscriptions.has(id) || stats.ready === 0) continue;
    const queue = deliveryQueue(id);
    for (;;) {
      // What waits for its next attempt is claimable only then.
      await journal.hasten({ database, queue, limit: BATCH });
      const { token, entries } = await journal.claim({ database, queue, limit: BATCH, leaseMs });
      if (entries.length === 0) break;
      await journal.settle(
        token,
        entries.map((entry) => ({ id: entry.id, step: 'bury', reason: REASON })),
      );
      buried += entries.length;
    }
  }
  return buried;
}
