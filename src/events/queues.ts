/** What changed in Odoo, one entry each, keyed by the record. */
export const EVENT_QUEUE = 'events.event';
/** Lines for the delivery log in Odoo, keyed by the delivery. */
export const LOG_QUEUE = 'events.log';
/** What other Odoo systems pushed to us, keyed by the record it is about. */
export const RECEIVED_QUEUE = 'events.received';

const DELIVERY_PREFIX = 'events.delivery.';

/** Deliveries of one subscription, keyed by the record: a receiver that hangs holds up nobody else's. */
export function deliveryQueue(subscriptionId: number): string {
  return `${DELIVERY_PREFIX}${subscriptionId}`;
}

/** The subscription whose deliveries a queue holds, or null. */
export function subscriptionOfQueue(queue: string): number | null {
  return queue.startsWith(DELIVERY_PREFIX) ? Number(queue.slice(DELIVERY_PREFIX.length)) : null;
}
