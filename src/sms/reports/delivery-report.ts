import { errors } from 'jose';
import { InboundNotification, type InboundSms, inboundSmsOf } from '../inbound/inbound-sms.ts';
import { DeliveryReport } from '../schema.ts';
import { isEventSignature, isSignedBy } from './event-signature.ts';
import { readMessagingEvent } from './messaging-event.ts';
import { type SignedClaims, verifyToken, type WebhookKey } from './report-signature.ts';

/** What GatewayAPI posts: what became of an SMS of ours, an SMS that somebody sent to us, or what is no use to us. */
export type Notification =
  | { kind: 'report'; report: DeliveryReport }
  | { kind: 'inbound'; inbound: InboundSms }
  | { kind: 'ignored' };

/** Why a report was not believed, with the status and words that GatewayAPI users know from the module before. */
export type ReportRefusal = { status: 400 | 401 | 403 | 503; words: string };
type Refused = { ok: false; refusal: ReportRefusal };
export type VerifiedReport =
  | {
      ok: true;
      notification: Notification;
      /** A report in JSON: as it came, or in the words of the REST API. */
      json: string;
    }
  | Refused;

/**
 * Verifies `X-Gwapi-Signature`: a JWT (HS256) whose claims are the notification itself (GatewayAPI REST documentation,
 * "Webhook authentication"). The claims are the report; nothing in the body is believed, and a body that says otherwise
 * is refused, because a captured signature must not vouch for other words.
 */
export function verifyReport(
  token: string,
  keys: readonly WebhookKey[],
  body: Buffer,
): VerifiedReport | Promise<VerifiedReport> {
  const [key, ...others] = keys;
  if (key === undefined) return refused(NO_SECRET);
  const claims = verifyToken(token, key);
  if (!(claims instanceof Promise)) return checkClaims(claims, body);
  return claims.then(
    (judged) => checkClaims(judged, body),
    (error: unknown) => {
      const mayBeOfAnother = error instanceof errors.JWSSignatureVerificationFailed && others.length > 0;
      return mayBeOfAnother ? verifyReport(token, others, body) : refused(refusalOf(error));
    },
  );
}

/**
 * Verifies `Signature: v1=…`, which the messaging API computes over the bytes of the body (its documentation, "Signature
 * verification"). Null when the header is none of its kind.
 */
export function verifySignedBody(
  header: string,
  keys: readonly WebhookKey[],
  body: Buffer,
): VerifiedReport | null {
  if (!isEventSignature(header)) return null;
  if (keys.length === 0) return refused(NO_SECRET);
  return isSignedBy(header, keys, body) ? readUnsignedReport(body) : refused(INVALID_SIGNATURE);
}

/** A report without a signature, where an administrator switched the requirement off. */
export function readUnsignedReport(body: Buffer): VerifiedReport {
  const read = readJson(body);
  return read.ok ? asNotification(read.value, read.text) : read;
}

/** What is said when there is no secret to verify with. */
export const NO_SECRET: ReportRefusal = {
  status: 503,
  words: 'JWT secret not configured. Set the webhook secret of the GatewayAPI account in Odoo.',
};

/** What is said when a signature is asked for and there is none. */
export const NO_SIGNATURE: ReportRefusal = {
  status: 401,
  words: 'Missing X-Gwapi-Signature header. Please configure GatewayAPI to send this header.',
};

const INVALID_TOKEN: ReportRefusal = {
  status: 403,
  words: 'Invalid token. Please check GatewayAPI configuration and JWT secret.',
};

const INVALID_SIGNATURE: ReportRefusal = {
  status: 403,
  words: 'Invalid signature. Please check the webhook secret of the GatewayAPI account in Odoo.',
};

function checkClaims({ value, text }: SignedClaims, body: Buffer): VerifiedReport {
  const read = readJson(body);
  if (!read.ok) return read;
  const verified = asNotification(value, text);
  if (!verified.ok || !saysElse(value, read.value)) return verified;
  return refused({ status: 403, words: 'The body says something else than the signed token.' });
}

/** Administrators mix the two addresses up, so the shape tells which it is, never the address. */
function asNotification(value: unknown, json: string): VerifiedReport {
  const report = DeliveryReport.safeParse(value);
  if (report.success) return { ok: true, notification: { kind: 'report', report: report.data }, json };
  const inbound = InboundNotification.safeParse(value);
  if (inbound.success) {
    return { ok: true, notification: { kind: 'inbound', inbound: inboundSmsOf(inbound.data) }, json };
  }
  const event = readMessagingEvent(value);
  if (event !== null) {
    return {
      ok: true,
      notification: event,
      json: event.kind === 'report' ? JSON.stringify(event.report) : json,
    };
  }
  return refused({ status: 400, words: `Missing required fields (${fieldsMissed(value)}) in payload` });
}

function fieldsMissed(value: unknown): string {
  const has = (name: string) => typeof value === 'object' && value !== null && name in value;
  if (has('event_type'))
    return 'event_id, timestamp, event_type, event with msg_id, recipient, status, status_at';
  return has('senttime') ? 'id, msisdn, receiver, message, senttime' : 'id, msisdn, time, status';
}

function readJson(body: Buffer): { ok: true; value: unknown; text: string } | Refused {
  if (body.length === 0) return refused({ status: 400, words: 'Empty JSON data received' });
  const text = body.toString('utf8');
  try {
    return { ok: true, value: JSON.parse(text), text };
  } catch {
    return refused({ status: 400, words: 'Invalid JSON data received' });
  }
}

function refused(refusal: ReportRefusal): Refused {
  return { ok: false, refusal };
}

function saysElse(claims: Readonly<Record<string, unknown>>, body: unknown): boolean {
  const event = readMessagingEvent(claims);
  if (event === null) return differs(claims, body);
  // The envelope holds an object, so both are compared by what they say.
  return JSON.stringify(event) !== JSON.stringify(readMessagingEvent(body));
}

/** Whether body and claims name a field differently; null and absent mean the same, numbers may come as text. */
function differs(claims: Readonly<Record<string, unknown>>, body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return true;
  for (const [name, value] of Object.entries(body)) {
    if (value === claims[name] || !Object.hasOwn(claims, name)) continue;
    const own = claims[name];
    // No field of a notification is a list or an object. To write one as text can fail, or go as deep as the stack.
    if (isComposed(value) || isComposed(own)) return true;
    if (String(value ?? '') !== String(own ?? '')) return true;
  }
  return false;
}

function isComposed(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function refusalOf(error: unknown): ReportRefusal {
  if (error instanceof errors.JWTExpired) {
    return { status: 401, words: 'Token has expired. Please check GatewayAPI configuration.' };
  }
  if (error instanceof errors.JOSEError) return INVALID_TOKEN;
  return { status: 503, words: 'Error during token verification.' };
}
