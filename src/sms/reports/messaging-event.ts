import { z } from 'zod';
import type { InboundSms } from '../inbound/inbound-sms.ts';
import type { DeliveryReport } from '../schema.ts';

/** What the messaging API posts: the same envelope around each kind of event (its documentation, "Webhook callbacks"). */
const Envelope = z.looseObject({
  event_id: z.string(),
  timestamp: z.string(),
  event_type: z.string(),
  event: z.unknown(),
});

/** The last second of the year 9999: beyond that no date can be written. */
const LAST_MS = 253_402_300_799_000;
const Time = z.string().transform((text, context) => {
  // Without an offset it would be read in the time of this machine.
  const ms = Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  if (ms >= 0 && ms <= LAST_MS) return ms;
  context.addIssue({ code: 'custom', message: 'no time' });
  return z.NEVER;
});
const Name = z.union([z.number(), z.string().min(1).max(64)]).transform(String);

const SmsStatus = z.looseObject({
  msg_id: z.string().min(1).max(64),
  recipient: Name,
  reference: z.string().nullish(),
  status: z.string(),
  status_at: Time,
  error: z.looseObject({ hex_code: z.string().nullish(), details: z.string().nullish() }).nullish(),
});

/** The documentation has the number of the phone in `sender`; where a text was sent to, it does not say for all. */
const UserText = z.looseObject({
  msg_id: z.string().min(1).max(64),
  sender: Name,
  recipient: Name.nullish(),
  sent_at: Time,
  content: z.looseObject({ message: z.string().nullish(), encoding: z.string().nullish() }),
});

export type MessagingEvent =
  | { kind: 'report'; report: DeliveryReport }
  | { kind: 'inbound'; inbound: InboundSms }
  /** Something that Viaduct has no use for: RCS, or a kind of event that came later. */
  | { kind: 'ignored' };

/** What an event of the messaging API says; null when this is none, or lacks what such an event has. */
export function readMessagingEvent(value: unknown): MessagingEvent | null {
  // Reports of the REST API pass here by the thousand.
  if (typeof value !== 'object' || value === null || !('event_type' in value)) return null;
  const envelope = Envelope.safeParse(value).data;
  if (envelope === undefined) return null;
  // The documentation writes both `message.status.sms` and `messaging.status.sms`.
  if (envelope.event_type.endsWith('.status.sms')) return readStatus(envelope.event);
  if (envelope.event_type === 'user-message.text.sms') return readText(envelope.event);
  return { kind: 'ignored' };
}

/** In the words of a report of the REST API, so that there is one table of statuses and one queue. */
function readStatus(event: unknown): MessagingEvent | null {
  const status = SmsStatus.safeParse(event).data;
  if (status === undefined) return null;
  const { msg_id: id, recipient: msisdn, reference: userref, error } = status;
  const report: DeliveryReport = {
    ...{ id, msisdn, time: status.status_at / 1000, status: status.status },
    ...(error?.details ? { error: error.details } : {}),
    ...(error?.hex_code ? { code: withPrefix(error.hex_code) } : {}),
    ...(userref ? { userref } : {}),
  };
  return { kind: 'report', report };
}

function readText(event: unknown): MessagingEvent | null {
  const text = UserText.safeParse(event).data;
  if (text === undefined) return null;
  const inbound: InboundSms = {
    providerId: text.msg_id,
    msisdn: text.sender.replace(/^\+/, ''),
    receiver: text.recipient ?? '',
    text: text.content.message ?? '',
    sentAtMs: text.sent_at,
  };
  return { kind: 'inbound', inbound };
}

/** Codes as the REST API writes them, whether or not `0x` stands before. */
function withPrefix(code: string): string {
  return /^[0-9a-f]{4}$/i.test(code) ? `0x${code}` : code;
}
