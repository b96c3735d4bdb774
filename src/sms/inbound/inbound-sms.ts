import { z } from 'zod';
import type { NewEntry } from '../../journal/index.ts';
import { INBOUND_QUEUE } from '../queues.ts';

/** The last second of the year 9999: beyond that no date can be written. */
const LAST_SECOND = 253_402_300_799;
const Name = z.union([z.number(), z.string().min(1).max(64)]).transform(String);

/**
 * GatewayAPI's notification of an SMS to a number or keyword of ours (REST documentation, "MO SMS"). A binary one has a
 * base64 `payload`, and no text that could be read.
 */
export const InboundNotification = z.looseObject({
  id: Name,
  msisdn: Name,
  receiver: Name,
  message: z.string().nullish(),
  senttime: z.number().min(0).max(LAST_SECOND),
  webhook_label: z.string().nullish(),
  payload: z.string().nullish(),
});
export type InboundNotification = z.infer<typeof InboundNotification>;

/** Payload of the `sms.inbound` queue: an SMS that somebody sent to us, whichever API told of it. */
export const InboundSms = z.object({
  /** GatewayAPI's own id of it: the same id is the same SMS. */
  providerId: z.string().min(1),
  /** Whose phone it came from, country code first, digits only. */
  msisdn: z.string().min(1),
  /** The number or short code it was sent to. */
  receiver: z.string(),
  /** As it was written, with the leased keyword in front where there is one; empty where it is binary. */
  text: z.string(),
  sentAtMs: z.number(),
  /** The name of the webhook at GatewayAPI. */
  label: z.string().optional(),
  isBinary: z.boolean().optional(),
});
export type InboundSms = z.infer<typeof InboundSms>;

/** What a notification of GatewayAPI says, in the words of the queue. */
export function inboundSmsOf(notification: InboundNotification): InboundSms {
  const { id, msisdn, receiver, message, senttime, webhook_label: label, payload } = notification;
  return {
    providerId: id,
    msisdn: msisdn.replace(/^\+/, ''),
    receiver,
    text: message ?? '',
    sentAtMs: Math.round(senttime * 1000),
    ...(label ? { label } : {}),
    ...(payload ? { isBinary: true } : {}),
  };
}

/** The entry of an inbound SMS: in order for each sender, once for each id of GatewayAPI. */
export function inboundEntry(database: string, sms: InboundSms): NewEntry {
  return {
    database,
    queue: INBOUND_QUEUE,
    key: sms.msisdn,
    dedupe: sms.providerId,
    payload: JSON.stringify(sms),
  };
}
