import type { Delivery } from './delivery.ts';
import { webhookId } from './delivery.ts';
import type { Destination } from './destination.ts';
import { fillUrl } from './fill-url.ts';
import type { Header } from './header-lines.ts';
import { plainHmac, standardWebhookHeaders } from './sign.ts';
import { unusable } from './unusable.ts';

/** One request as it goes out. */
export type OutgoingRequest = {
  url: URL;
  method: Destination['method'];
  headers: Record<string, string>;
  /** Null for methods that have none. */
  body: string | null;
  /** The payload, as Odoo's log keeps it: of a GET too, whose URL is filled from it. */
  payload: string;
  /** The headers for the log, a line each, secrets masked. */
  shownHeaders: string;
};

const METHODS_WITHOUT_BODY: readonly string[] = ['GET', 'DELETE'];
const MASKED = '[masked]';

/** The request of one attempt, signed for its moment. Throws `subscription-unusable` or `secret-unusable`. */
export function composeRequest(
  destination: Destination,
  delivery: Delivery,
  { nowMs, userAgent }: { nowMs: number; userAgent: string },
): OutgoingRequest {
  const { method, hmacHeader, apiKey, secret, oldSecret } = destination;
  if (destination.problem !== null) throw unusable(destination.problem);
  const hasBody = !METHODS_WITHOUT_BODY.includes(method);
  const given = hasBody ? delivery.body : '';
  const hmac = hmacHeader === null ? null : plainHmac(given, secret);
  const body = hmac?.body ?? given;
  const secrets = [secret, oldSecret !== null && nowMs < oldSecret.untilMs ? oldSecret.secret : ''];
  const signed = standardWebhookHeaders({
    id: webhookId(delivery),
    timestampSeconds: Math.floor(nowMs / 1000),
    body,
    secrets: secrets.filter((one) => one !== ''),
  });
  const headers: Header[] = [
    ...destination.headers,
    ...(hasBody ? [{ name: 'content-type', value: 'application/json', isSecret: false }] : []),
    { name: 'user-agent', value: userAgent, isSecret: false },
    ...Object.entries(signed).map(([name, value]) => ({
      ...{ name, value },
      isSecret: name === 'webhook-signature',
    })),
    ...(apiKey === '' ? [] : [{ name: 'authorization', value: `Bearer ${apiKey}`, isSecret: true }]),
    ...(hmacHeader === null || hmac === null
      ? []
      : [{ name: hmacHeader, value: hmac.signature, isSecret: true }]),
  ];
  return {
    url: fillUrl(destination.url, delivery.body),
    method,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    body: hasBody ? body : null,
    payload: hasBody ? body : delivery.body,
    shownHeaders: headers
      .map(({ name, value, isSecret }) => `${name}: ${isSecret ? MASKED : value}`)
      .join('\n'),
  };
}
