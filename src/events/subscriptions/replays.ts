import type { EntryId, Journal, ListedEntry } from '../../journal/index.ts';
import { type Delivery, deliveryEntry } from '../delivery/delivery.ts';
import { deliveryQueue } from '../queues.ts';
import type { Replay } from '../records.ts';

export type ReplayOptions = {
  journal: Pick<Journal, 'append' | 'list' | 'replay'>;
  /** Odoo's `database.uuid`. */
  database: string;
};

const PAGE = 500;

/**
 * Makes deliveries again that people asked for in Odoo, under the id that they had. One that was given up is taken out of the
 * dead letters; of one that was delivered a new entry is made, behind what waits for that record. One that still waits is
 * left alone, because it comes anyway. Asked twice, it is made once.
 */
export async function replayDeliveries(
  { journal, database }: ReplayOptions,
  replays: readonly Replay[],
): Promise<void> {
  for (const [subscription, asked] of Map.groupBy(replays, ({ subscriptionId }) => subscriptionId)) {
    const queue = deliveryQueue(subscription);
    const keys = new Set(asked.map(({ key }) => key));
    const dead = await deadAmong(keys, queue);
    await journal.replay([...dead.values()]);
    const again = asked.filter(({ key }) => !dead.has(key));
    if (again.length === 0) continue;
    await journal.append(again.map((replay) => deliveryEntry(database, deliveryOf(replay), replay.askedAt)));
  }

  /** The dead letters with these keys. */
  async function deadAmong(keys: ReadonlySet<string>, queue: string): Promise<Map<string, EntryId>> {
    const found = new Map<string, EntryId>();
    let last: ListedEntry | undefined;
    do {
      const after = last === undefined ? {} : { after: last.id };
      const page = await journal.list({ database, queue, state: 'dead', limit: PAGE, ...after });
      for (const { id, dedupe } of page) if (dedupe !== null && keys.has(dedupe)) found.set(dedupe, id);
      last = page.length < PAGE ? undefined : page.at(-1);
    } while (last !== undefined);
    return found;
  }
}

function deliveryOf({ deliveryId: _, askedAt: __, ...delivery }: Replay): Delivery {
  return { ...delivery, found: false };
}
