import * as z from 'zod';
import type { NewEntry } from '../../journal/index.ts';
import { deliveryQueue } from '../queues.ts';

/** One delivery as it stands in the journal: a payload that was built for one subscription. */
export const Delivery = z.object({
  /** The same over attempts and replays; names the delivery in Odoo's log. */
  key: z.string().min(1),
  eventKey: z.string().min(1),
  /** As `sale.order.created`. */
  type: z.string().min(1),
  subscriptionId: z.number().int(),
  model: z.string(),
  recordId: z.number().int(),
  /** JSON text. */
  body: z.string(),
  /** When it happened in Odoo, as `2025-01-22T10:30:00Z`. */
  eventAt: z.string(),
  /** Found by the reconciler. */
  found: z.boolean(),
});
export type Delivery = z.infer<typeof Delivery>;

/**
 * The journal's entry for a delivery: in order with the others of its record, and never twice. `replay` is what tells a
 * repetition that a person asked for from the delivery itself.
 */
export function deliveryEntry(database: string, delivery: Delivery, replay?: string): NewEntry {
  return {
    database,
    queue: deliveryQueue(delivery.subscriptionId),
    key: `${delivery.model},${delivery.recordId}`,
    dedupe: replay === undefined ? delivery.key : `${delivery.key} again ${replay}`,
    payload: JSON.stringify(delivery),
  };
}

/** The id by which a receiver knows a delivery again: the same over attempts and replays. */
export function webhookId({ eventKey, type }: Pick<Delivery, 'eventKey' | 'type'>): string {
  return `${eventKey}.${type}`;
}
