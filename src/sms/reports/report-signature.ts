import { type CryptoKey, type JWTPayload, jwtVerify } from 'jose';
import { createHmacSha256 } from './hmac-sha256.ts';

/** A webhook secret, made ready once, with the token headers that jose has accepted under it. */
export type WebhookKey = { sign: (text: string) => string; joseKey: CryptoKey; acceptedHeaders: Set<string> };

/** What a token says: parsed, and the JSON text as it was signed. */
export type SignedClaims = { value: JWTPayload; text: string };

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
export function verifyToken(token: string, webhook: WebhookKey): SignedClaims | Promise<SignedClaims> {
  return acceptAtOnce(token, webhook) ?? judge(token, webhook);
}

async function judge(token: string, { joseKey, acceptedHeaders }: WebhookKey): Promise<SignedClaims> {
  const { payload } = await jwtVerify(token, joseKey, { algorithms: ['HS256'] });
  const header = headerOf(token);
  if (acceptedHeaders.size < MAX_ACCEPTED_HEADERS) acceptedHeaders.add(header);
  return { value: payload, text: decode(token.slice(header.length + 1, token.lastIndexOf('.'))) };
}

function acceptAtOnce(token: string, { sign, acceptedHeaders }: WebhookKey): SignedClaims | null {
  const header = headerOf(token);
  if (!acceptedHeaders.has(header)) return null;
  const signatureAt = token.lastIndexOf('.');
  if (!areEqual(token.slice(signatureAt + 1), sign(token.slice(0, signatureAt)))) return null;
  const text = decode(token.slice(header.length + 1, signatureAt));
  const value: unknown = parse(text);
  return isUntimed(value) ? { value, text } : null;
}

function headerOf(token: string): string {
  return token.slice(0, Math.max(0, token.indexOf('.')));
}

/** Whether two signatures are the same, in a time that says nothing of where they differ. */
function areEqual(text: string, expected: string): boolean {
  if (text.length !== expected.length) return false;
  let difference = 0;
  for (let index = 0; index < expected.length; index += 1) {
    difference |= text.charCodeAt(index) ^ expected.charCodeAt(index);
  }
  return difference === 0;
}

function decode(segment: string): string {
  return Buffer.from(segment, 'base64url').toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isUntimed(claims: unknown): claims is JWTPayload {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return false;
  return !('exp' in claims) && !('nbf' in claims) && !('iat' in claims);
}
