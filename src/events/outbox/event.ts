import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';

/** Stored values of a record by field: many2one as id, x2many as ids, dates as ISO texts, empty as null. */
export const Values: z.ZodType<Record<string, Json>> = z.record(z.string(), z.custom<Json>());

/** What one committed transaction did to one record; or what a person sent with a button (`manual`). */
export const OutboxEvent = z.object({
  /** A uuid made in Odoo within the transaction: the same however often the event is read. */
  key: z.string().min(1),
  model: z.string().min(1),
  recordId: z.number().int(),
  kind: z.enum(['record', 'manual']),
  created: z.boolean(),
  deleted: z.boolean(),
  /** Of the fields that changed, what was there before the transaction. */
  old: Values,
  /** What was there at its end, or when it was deleted. */
  new: Values,
  /** The user of Odoo who acted. */
  userId: z.number().int(),
  /** Who changed it through Viaduct, as the token of a subscription, or null. */
  origin: z.string().nullable(),
  /** When the transaction began, as `2025-01-22T10:30:00Z`. */
  at: z.string(),
  /** For a manual event: to whom it goes, and the records it is about. */
  subscriptionId: z.number().int().nullable(),
  ids: z.array(z.number().int()),
  /** Found by the reconciler: nobody knows what was there before. */
  found: z.boolean(),
});
export type OutboxEvent = z.infer<typeof OutboxEvent>;
