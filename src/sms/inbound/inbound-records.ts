import { z } from 'zod';
import { DatabaseIdentity } from '../../odoo/guard/index.ts';
import type { OdooClient } from '../../odoo/index.ts';
import type { InboundSms } from './inbound-sms.ts';
import type { OptWord } from './opt-words.ts';

/** An inbound SMS as Odoo gets it. */
export type ReceivedSms = Pick<InboundSms, 'providerId' | 'msisdn' | 'receiver' | 'text'> & {
  isBinary: boolean;
  /** In UTC, as Odoo writes a time. */
  sentAt: string;
  /** ISO 3166 alpha-2 of the number, or null. */
  country: string | null;
  optWord: OptWord | null;
};

const Received = z.object({
  identity: DatabaseIdentity,
  /** True when this is not the database that was meant: then nothing was written. */
  held: z.boolean(),
  /** SMS on a contact's chatter, of numbers that no contact has, and those that were there before. */
  posted: z.number(),
  unmatched: z.number(),
  repeated: z.number(),
});
export type Received = z.infer<typeof Received>;

export type InboundRecords = {
  /** Writes inbound SMS into chatter, log and blacklist, in one transaction. Safe to repeat: the id of an SMS is kept. */
  receive(database: string, messages: readonly ReceivedSms[]): Promise<Received>;
};

/** The procedure of the addon `viaduct_sms` for SMS that come in. */
export function createInboundRecords(odoo: Pick<OdooClient, 'procedure'>): InboundRecords {
  return {
    async receive(database, messages) {
      const payload = { database, messages };
      return Received.parse(await odoo.procedure('viaduct_sms.inbound', payload, { idempotent: true }));
    },
  };
}
