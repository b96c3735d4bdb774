import { z } from 'zod';
import { DatabaseIdentity } from '../../odoo/guard/index.ts';
import type { OdooClient } from '../../odoo/index.ts';

const Guarded = { identity: DatabaseIdentity, held: z.boolean() };

/** SMS that failed in Odoo because it got no answer from Viaduct. */
const Unreached = z.object({
  ...Guarded,
  sms: z.array(z.object({ uuid: z.string(), number: z.string() })),
  /** Where the next page begins, or null when there is none. */
  next: z.number().nullable(),
});
export type Unreached = z.infer<typeof Unreached>;

const QueuedAgain = z.object({
  ...Guarded,
  /** Those that were still as they were found, and of one company. */
  queued: z.array(z.string()),
});
export type QueuedAgain = z.infer<typeof QueuedAgain>;

type Asked = { database: string; hours: number; after: number; limit: number };
export type PickUpRecords = {
  unreached(asked: Asked, signal: AbortSignal): Promise<Unreached>;
  /** Puts them into Odoo's own queue, as its own button does. Safe to repeat. */
  queueAgain(
    asked: { database: string; uuids: readonly string[] },
    signal: AbortSignal,
  ): Promise<QueuedAgain>;
};

/** The procedures of the addon `viaduct_sms` for SMS that did not reach Viaduct. */
export function createPickUpRecords(odoo: Pick<OdooClient, 'procedure'>): PickUpRecords {
  return {
    async unreached(asked, signal) {
      const answer = await odoo.procedure('viaduct_sms.unreached', asked, { idempotent: true, signal });
      return Unreached.parse(answer);
    },
    async queueAgain(asked, signal) {
      const answer = await odoo.procedure('viaduct_sms.queue_again', asked, { idempotent: true, signal });
      return QueuedAgain.parse(answer);
    },
  };
}
