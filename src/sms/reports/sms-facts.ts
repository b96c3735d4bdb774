import type { SmsAccount } from '../accounts/accounts.ts';
import type { MessageOutcome } from '../gatewayapi/errors.ts';
import { countSegments } from '../gatewayapi/segments.ts';
import type { SendJob, SmsFacts } from '../schema.ts';

/** Who sends an SMS to which number, as far as that was found out. */
export type Routing = {
  account: SmsAccount | null;
  companyId: number | null;
  /** E.164 with +, or as Odoo wrote it. */
  number: string;
  /** ISO 3166 alpha-2, or null when several countries share the code. */
  country: string | null;
};

/** The routing of an SMS of which nothing was found out. */
export function unrouted(sms: SendJob): Routing {
  return { account: null, companyId: null, number: sms.number, country: null };
}

/** What the log in Odoo tells of a sending: GatewayAPI's own count, or else ours. */
export function factsOf(
  sms: SendJob,
  { account, companyId, number, country }: Routing,
  outcome: MessageOutcome,
  askedAtMs: number,
): SmsFacts {
  const charge = outcome.kind === 'accepted' ? outcome.charge : undefined;
  return {
    ...{ accountId: account?.id ?? null, companyId, sender: account?.sender ?? null, number },
    text: sms.content,
    country: charge?.country ?? country,
    segments: charge?.segments ?? countSegments(sms.content).segments,
    price: charge?.price ?? null,
    currency: charge?.currency ?? null,
    askedAtMs,
  };
}
