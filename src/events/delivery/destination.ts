import { resolveSecretReference, type SecretPlaces } from '../../config/index.ts';
import { errorText, ViaductError } from '../../errors.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { fillUrl } from './fill-url.ts';
import { type Header, RESERVED_HEADERS, readHeaderLines } from './header-lines.ts';
import { DEFAULT_SCHEDULE, parseSchedule, type Schedule } from './schedule.ts';
import { keyOfSecret } from './sign.ts';
import { unusable } from './unusable.ts';

/** Where and how a subscription's deliveries go: secrets resolved, limits held within bounds. */
export type Destination = {
  subscriptionId: number;
  method: Subscription['method'];
  /** Variables not yet filled in. */
  url: string;
  headers: readonly Header[];
  /** Empty where nothing is signed. */
  secret: string;
  /** Signs too until its moment (ms since 1970). */
  oldSecret: { secret: string; untilMs: number } | null;
  apiKey: string;
  /** Lower case; null where no plain HMAC is wanted. */
  hmacHeader: string | null;
  timeoutMs: number;
  concurrency: number;
  /** 0 is no limit. */
  ratePerSecond: number;
  maxBytes: number;
  schedule: Schedule;
  allowPrivate: boolean;
  /** By a person. */
  isPaused: boolean;
  /** When a person last had it begin anew, or null. */
  resumedAt: string | null;
  /** Why nothing can be sent, in words for an administrator, or null. */
  problem: string | null;
};

/** What an administrator of Odoo may ask of Viaduct at most. */
export const BOUNDS = { timeoutSeconds: 120, concurrency: 32, maxBytes: 16_777_216 } as const;
const DEFAULT_HMAC_HEADER = 'X-Signature';

/** The destination of a subscription. What is wrong with it becomes its `problem`; the first fault is told. */
export async function resolveDestination(
  subscription: Subscription,
  places: SecretPlaces,
): Promise<Destination> {
  const faults: string[] = [];
  async function orElse<Value>(instead: Value, value: () => Value | Promise<Value>): Promise<Value> {
    try {
      return await value();
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      faults.push(errorText(error));
      return instead;
    }
  }
  const hmacHeader = subscription.hmac
    ? (subscription.hmacHeader.trim() || DEFAULT_HMAC_HEADER).toLowerCase()
    : null;
  const own = [hmacHeader ?? [], subscription.apiKey === '' ? [] : 'authorization'].flat();
  await orElse(null, () => checkUrl(subscription.url));
  const secret = await orElse('', () => resolveSigningSecret(subscription.secret, places));
  const oldSecret = await orElse('', () => resolveSigningSecret(subscription.oldSecret, places));
  const untilMs = Date.parse(subscription.oldSecretUntil ?? '');
  return {
    subscriptionId: subscription.id,
    method: subscription.method,
    url: subscription.url,
    headers: await orElse([], () => readHeaderLines(subscription.headers, { own, places })),
    secret,
    oldSecret: oldSecret === '' || Number.isNaN(untilMs) ? null : { secret: oldSecret, untilMs },
    apiKey: await orElse('', () => resolveApiKey(subscription.apiKey, places)),
    hmacHeader: await orElse(null, () => checkHmac(hmacHeader, secret)),
    timeoutMs: 1000 * within(subscription.timeoutSeconds, BOUNDS.timeoutSeconds),
    concurrency: Math.trunc(within(subscription.concurrency, BOUNDS.concurrency)),
    ratePerSecond: Math.max(0, subscription.ratePerSecond),
    maxBytes: within(subscription.maxBytes, BOUNDS.maxBytes),
    schedule: await orElse(DEFAULT_SCHEDULE, () => parseSchedule(subscription.schedule)),
    allowPrivate: subscription.allowPrivate,
    isPaused: subscription.paused,
    resumedAt: subscription.resumedAt,
    problem: faults[0] ?? null,
  };
}

const within = (value: number, most: number) => Math.min(Math.max(value, 1), most);

/** What is wrong with an address whatever is filled in. */
function checkUrl(url: string): null {
  fillUrl(url, '');
  return null;
}

async function resolveSigningSecret(text: string, places: SecretPlaces): Promise<string> {
  const secret = await resolveSecretReference(text, places);
  if (secret !== '') keyOfSecret(secret);
  return secret;
}

async function resolveApiKey(text: string, places: SecretPlaces): Promise<string> {
  const key = await resolveSecretReference(text, places);
  if (/^[\x21-\x7e]*$/.test(key)) return key;
  throw unusable('The API key holds characters that no key has. Copy it again, without spaces.');
}

function checkHmac(header: string | null, secret: string): string | null {
  if (header === null) return null;
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(header)) throw unusable('The header of the HMAC is no header name.');
  if (RESERVED_HEADERS.has(header) || header === 'authorization') {
    throw unusable(`The HMAC cannot stand in the header ${header}: that one is used for something else.`);
  }
  if (secret === '') throw unusable('An HMAC needs a signing secret, and there is none.');
  return header;
}
