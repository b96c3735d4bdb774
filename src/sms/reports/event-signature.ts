import { timingSafeEqual } from 'node:crypto';
import type { WebhookKey } from './report-signature.ts';

const SIGNATURE = /^v1=([0-9a-f]{64})$/i;

/** Whether a header `Signature` is of the messaging API's kind; others write other things into a header of this name. */
export function isEventSignature(header: string): boolean {
  return header.startsWith('v1=');
}

/**
 * Whether one of the keys made this signature: `v1=` and the hexadecimal HMAC-SHA-256 of the body's bytes as they came
 * (messaging API documentation, "Signature verification"). Compared in a time that says nothing of where they differ.
 */
export function isSignedBy(header: string, keys: readonly WebhookKey[], body: Buffer): boolean {
  const hex = SIGNATURE.exec(header)?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  // One character is one byte in latin1, so that the key signs the bytes and not some reading of them.
  const text = body.toString('latin1');
  return keys.some(({ sign }) => timingSafeEqual(Buffer.from(sign(text), 'base64url'), given));
}
