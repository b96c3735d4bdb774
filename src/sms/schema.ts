import { z } from 'zod';

/** Odoo's uuid of an SMS: `uuid4().hex`. */
export const SMS_UUID = /^[0-9a-f]{32}$/;

const Recipient = z.object({
  number: z.union([z.string(), z.literal(false)]),
  uuid: z.string().regex(SMS_UUID),
});

/** The parameters of Odoo's `POST {sms.endpoint}/api/sms/3/send` (Odoo 17, 18 and 19, `sms/tools/sms_api.py`). */
export const SendParams = z.object({
  account_token: z.union([z.string(), z.literal(false)]),
  dbuuid: z.string(),
  messages: z.array(
    z.object({ content: z.union([z.string(), z.literal(false)]), numbers: z.array(Recipient) }),
  ),
});
export type SendParams = z.infer<typeof SendParams>;

/** The JSON-RPC 2.0 envelope that Odoo's `iap_jsonrpc` posts. */
export const JsonRpcRequest = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(128), z.number(), z.null()]).optional(),
  params: z.unknown(),
});
export type JsonRpcRequest = z.infer<typeof JsonRpcRequest>;

/** One line of the answer to a send; Odoo 19 also shows `failure_reason` beside a known state. */
export type SendResult = { uuid: string; state: string; failure_reason?: string };

/** A GatewayAPI delivery report (REST documentation, "Delivery status"); absent and null mean the same. */
export const DeliveryReport = z.looseObject({
  /** A ULID where the messaging API reports. */
  id: z.union([z.number(), z.string()]),
  msisdn: z.union([z.number(), z.string()]),
  time: z.number(),
  status: z.string(),
  error: z.string().nullish(),
  code: z.string().nullish(),
  userref: z.string().nullish(),
});
export type DeliveryReport = z.infer<typeof DeliveryReport>;

const Usage = z.looseObject({ currency: z.string(), total_cost: z.coerce.number().nonnegative() });
const UsageDetails = z.looseObject({
  messages: z.array(
    z.looseObject({
      id: z.number(),
      recipients: z.array(z.looseObject({ country: z.string(), parts: z.int().positive() })),
    }),
  ),
});

/**
 * GatewayAPI's answer to an accepted `POST /rest/mtsms`: one id per message, in the order of the request; what it cost;
 * and, where `extra_details` asks for it, the segments of each. What cannot be read of the cost is left out.
 */
export const SendAccepted = z.looseObject({
  ids: z.array(z.number()),
  usage: Usage.nullish().catch(null),
  details: UsageDetails.nullish().catch(null),
});
export type SendAccepted = z.infer<typeof SendAccepted>;

/** An invalid field of a request to the messaging API: the way to it (`body`, `messages`, 3, `recipient`) and words. */
const InvalidField = z.looseObject({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() });
export type InvalidField = z.infer<typeof InvalidField>;

/**
 * GatewayAPI's error body: `code` and `variables` are left out when empty. The messaging API answers with the same, with
 * a list of invalid fields, or with a mere description (its OpenAPI document).
 */
export const GatewayApiErrorBody = z.looseObject({
  code: z.string().nullish(),
  incident_uuid: z.string().nullish(),
  message: z.string().nullish(),
  variables: z.array(z.union([z.string(), z.number()])).nullish(),
  description: z.string().nullish(),
  detail: z.union([z.array(InvalidField), z.string()]).nullish(),
});
export type GatewayApiErrorBody = z.infer<typeof GatewayApiErrorBody>;

/** The messaging API's answer to one message: an id, or why there is none. */
const MessageTaken = z.looseObject({
  msg_id: z.string().nullish(),
  recipient: z.union([z.number(), z.string()]).nullish(),
  reference: z.string().nullish(),
  error: z.union([z.string(), z.looseObject({})]).nullish(),
});
export type MessageTaken = z.infer<typeof MessageTaken>;

/** The messaging API's answer to an accepted `POST /mobile/multi`. */
export const MessagesAccepted = z.looseObject({ responses: z.array(MessageTaken) });

/** Payload of the `sms.send` queue: one SMS that Odoo handed over and may yet roll back. */
export const SendJob = z.object({
  uuid: z.string(),
  /** As Odoo wrote it, and as GatewayAPI wants it: country code first, digits only. */
  number: z.string(),
  msisdn: z.string(),
  content: z.string(),
  iapAccountId: z.number(),
});
export type SendJob = z.infer<typeof SendJob>;

/** What an earlier attempt at a send left in its memo. */
export const SendMemo = z.discriminatedUnion('stage', [
  /** Not yet seen as committed; `horizon` is the transaction id below which all must have ended to call it rolled back. */
  z.object({ stage: z.literal('uncommitted'), horizon: z.string(), looks: z.number() }),
  /** Given to the provider; without a recorded outcome, nobody knows whether it was accepted. */
  z.object({ stage: z.literal('handed-over') }),
  /** Refused for now without having been accepted; `tries` counts the attempts. */
  z.object({ stage: z.literal('not-accepted'), tries: z.number() }),
]);
export type SendMemo = z.infer<typeof SendMemo>;

const MessageId = z.union([z.number(), z.string()]);

/** What the log in Odoo tells of a sending beside its states; null is what nobody knows. */
export const SmsFacts = z.object({
  accountId: z.number().nullable(),
  companyId: z.number().nullable(),
  sender: z.string().nullable(),
  /** E.164 with +, or as Odoo wrote it where it could not be read. */
  number: z.string(),
  /** For the log, where Odoo deleted its own row in the meantime; missing from older journals. */
  text: z.string().nullable().default(null),
  /** ISO 3166 alpha-2. */
  country: z.string().nullable(),
  segments: z.number(),
  price: z.number().nullable(),
  currency: z.string().nullable(),
  askedAtMs: z.number(),
});
export type SmsFacts = z.infer<typeof SmsFacts>;

const facts = SmsFacts.optional();

/** Payload of the `sms.state` queue: something that happened to an SMS, from our own sending or from a report. */
export const StateJob = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), uuid: z.string(), messageId: MessageId.nullable(), facts }),
  z.object({
    kind: z.literal('refused'),
    uuid: z.string(),
    failureType: z.string(),
    words: z.string(),
    facts,
  }),
  z.object({ kind: z.literal('unknown'), uuid: z.string(), words: z.string(), facts }),
  z.object({ kind: z.literal('report'), uuid: z.string(), report: DeliveryReport }),
]);
export type StateJob = z.infer<typeof StateJob>;

/**
 * The payload of a report's {@link StateJob}, around the report's JSON as it came: to write it out anew costs some per
 * cent of the throughput. `uuid` is one that fits {@link SMS_UUID}.
 */
export function reportPayload(uuid: string, json: string): string {
  return `{"kind":"report","uuid":"${uuid}","report":${json}}`;
}
