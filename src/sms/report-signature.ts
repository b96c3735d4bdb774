import { timingSafeEqual } from 'node:crypto';
import { type CryptoKey, type JWTPayload, jwtVerify } from 'jose';
import { createHmacSha256 } from './hmac-sha256.ts';

/** A webhook secret, made ready once, with the token headers that jose has accepted under it. */
export type WebhookKey = { sign: (text: string) => Buffer; joseKey: CryptoKey; acceptedHeaders: Set<string> };

/** A provider writes one and the same header into all its tokens; more are forgotten, not kept. */
const MAX_ACCEPTED_HEADERS = 8;

/** Imports the authentication token of a GatewayAPI webhook for HS256. */
export async function importWebhookKey(secret: string): Promise<WebhookKey> {
  const bytes = new TextEncoder().encode(secret);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const joseKey = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
  return { sign: createHmacSha256(bytes), joseKey, acceptedHeaders: new Set() };
}

/**
 * The claims of a token signed with this key (HS256); rejects with jose's errors.
 *
 * jose is the judge of every token. Its Web Crypto costs a hop to another thread and half of the time in which a report is
 * acknowledged, so what needs no judgement is accepted here: a header that jose accepted before, the signature that
 * belongs to it, and claims that name no time. Whatever differs in the least goes to jose.
 */
export function verifyToken(token: string, webhook: WebhookKey): JWTPayload | Promise<JWTPayload> {
  return acceptAtOnce(token, webhook) ?? judge(token, webhook);
}

async function judge(token: string, { joseKey, acceptedHeaders }: WebhookKey): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, joseKey, { algorithms: ['HS256'] });
  if (acceptedHeaders.size < MAX_ACCEPTED_HEADERS) acceptedHeaders.add(headerOf(token));
  return payload;
}

function acceptAtOnce(token: string, { sign, acceptedHeaders }: WebhookKey): JWTPayload | null {
  const header = headerOf(token);
  if (!acceptedHeaders.has(header)) return null;
  const signatureAt = token.lastIndexOf('.');
  const expected = sign(token.slice(0, signatureAt));
  if (!isSignature(token.slice(signatureAt + 1), expected)) return null;
  const claims: unknown = parseClaims(token.slice(header.length + 1, signatureAt));
  return isUntimed(claims) ? claims : null;
}

function headerOf(token: string): string {
  return token.slice(0, Math.max(0, token.indexOf('.')));
}

const SIGNATURE_TEXT = /^[\w-]{43}$/;

/** Whether the text is this signature (32 bytes), in a time that says nothing of where they differ. */
function isSignature(text: string, expected: Buffer): boolean {
  return SIGNATURE_TEXT.test(text) && timingSafeEqual(Buffer.from(text, 'base64url'), expected);
}

function parseClaims(segment: string): unknown {
  try {
    return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function isUntimed(claims: unknown): claims is JWTPayload {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return false;
  return !('exp' in claims) && !('nbf' in claims) && !('iat' in claims);
}
