import { z } from 'zod';

export const METHODS = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'] as const;
export const PAYLOADS = ['full', 'thin', 'fields', 'template'] as const;
/** What Viaduct makes of a destination; `paused` is a breaker's pause, not a person's. */
export const SUBSCRIPTION_STATES = ['ok', 'failing', 'paused', 'stopped'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** A subscription as an administrator keeps it in Odoo (`x_viaduct_subscription`), secrets not yet resolved. */
export const Subscription = z.object({
  id: z.number().int(),
  name: z.string(),
  active: z.boolean(),
  model: z.string(),
  /** Names of the event types, as `sale.order.created` or `*.updated`. */
  events: z.array(z.string()),
  /** Updates count only where one of these changes; none means the documented ones, or any. */
  changeFields: z.array(z.string()),
  stateField: z.string().nullable(),
  domain: z.string(),
  /** Whose rights, and of which company, build the payload. */
  userId: z.number().int(),
  companyId: z.number().int().nullable(),
  url: z.string(),
  method: z.enum(METHODS),
  /** Lines `Name: value`. */
  headers: z.string(),
  payload: z.enum(PAYLOADS),
  fieldList: z.string(),
  template: z.string(),
  /** A JSON object, merged at the root of the payload. */
  static: z.string(),
  secret: z.string(),
  oldSecret: z.string(),
  /** Until when (ISO) the old secret signs too, or null. */
  oldSecretUntil: z.string().nullable(),
  apiKey: z.string(),
  hmac: z.boolean(),
  hmacHeader: z.string(),
  timeoutSeconds: z.number(),
  concurrency: z.number().int(),
  /** 0 is no limit. */
  ratePerSecond: z.number(),
  maxBytes: z.number().int(),
  /** Seconds before each attempt, separated by commas; the first is 0. */
  schedule: z.string(),
  allowPrivate: z.boolean(),
  ignoreOwn: z.boolean(),
  received: z.boolean(),
  /** The value of the context key `viaduct_origin` that says: this subscriber did it himself. */
  originToken: z.string(),
  /** By a person: its deliveries wait. */
  paused: z.boolean(),
  /** When a person last had it begin anew, or null. */
  resumedAt: z.string().nullable(),
  /** As Odoo shows it. */
  state: z.enum(SUBSCRIPTION_STATES),
});
export type Subscription = z.infer<typeof Subscription>;
