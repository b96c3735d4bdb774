import { z } from 'zod';

/** What another system pushed to us, as it stands in the journal. */
export const Received = z.object({
  /** Names it in Odoo's log and, with its type, to receivers: `in:` and a uuid. */
  key: z.string().min(1),
  source: z.object({ id: z.number().int(), name: z.string() }),
  /** As pushed, `sale.order.updated`; `<model>.received` for Odoo's own webhook action, which does not say what happened. */
  type: z.string(),
  isNative: z.boolean(),
  model: z.string(),
  recordId: z.number().int(),
  /** When it happened, as `2025-01-22T10:30:00Z`, by the other system's word. */
  at: z.string(),
  receivedAt: z.string(),
  /** JSON text, as it came. */
  body: z.string(),
  /** Why it was refused although its sender is known: status and words; null for what was taken. */
  refusal: z.object({ status: z.number().int(), words: z.string() }).nullable(),
  /** Where all but one subscription have it already. */
  only: z.number().int().nullable(),
});
export type Received = z.infer<typeof Received>;
