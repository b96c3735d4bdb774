import type { NewEntry } from '../../journal/index.ts';
import { deliveryEntry } from '../delivery/delivery.ts';
import { composeBody } from '../payload/index.ts';
import type { BuiltRecords } from './fan-out.ts';
import type { Wanted } from './wanted.ts';

/**
 * The entries by which an event goes to a subscription: one for each type that it is, with its payload as it will be sent at
 * every attempt. Keyed by the record, so that a receiver hears of it in the order of Odoo's transactions.
 */
export function deliveriesOf(
  database: string,
  wanted: Wanted,
  { records, readAt }: BuiltRecords,
): NewEntry[] {
  const { event, subscription, types } = wanted;
  const rows = records.map(({ row }) => row).filter((row) => row !== null);
  return types.map((type): NewEntry => {
    const isManual = event.kind === 'manual';
    const body = composeBody({
      ...{ subscription, type, event, readAt, row: rows[0] ?? null },
      ...(isManual ? { rows } : {}),
    });
    return deliveryEntry(database, {
      ...{ key: `${event.key}:${type}:${subscription.id}`, eventKey: event.key, type, body },
      ...{ subscriptionId: subscription.id, model: event.model, recordId: event.recordId },
      ...{ eventAt: event.at, found: event.found },
    });
  });
}
