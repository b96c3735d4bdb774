import { createHmac } from 'node:crypto';
import { ViaductError } from '../../errors.ts';
import { pythonJson } from './python-json.ts';

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The key in a secret: `whsec_` and base64, as Standard Webhooks writes it; any other text is itself the key.
 * Throws `secret-unusable` when what stands behind the prefix is no base64.
 */
export function keyOfSecret(secret: string): Buffer {
  if (!secret.startsWith(PREFIX)) return Buffer.from(secret, 'utf8');
  const text = secret.slice(PREFIX.length);
  if (BASE64.test(text)) return Buffer.from(text, 'base64');
  throw new ViaductError({
    code: 'secret-unusable',
    message: 'The signing secret has characters behind whsec_ that are no base64. Make a new one.',
    retry: 'after-config',
  });
}

export type ToSign = { id: string; timestampSeconds: number; body: string; secrets: readonly string[] };

/**
 * The headers of Standard Webhooks 1.0.0: one signature for each secret, so that old and new both verify while a secret is
 * being replaced. The receiver tells repeated attempts by the id, and old requests that are played again by the timestamp.
 */
export function standardWebhookHeaders({ id, timestampSeconds, body, secrets }: ToSign) {
  const content = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', keyOfSecret(secret)).update(content).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    ...(signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }),
  };
}

/**
 * The plain HMAC of receivers that serialise what they parsed and sign that: hex SHA-256, keyed with the secret as it is
 * written. The body becomes what Python would make of it, so that both the raw body and the serialised one verify.
 */
export function plainHmac(body: string, secret: string): { body: string; signature: string } {
  const written = body === '' ? '' : pythonJson(body);
  return { body: written, signature: createHmac('sha256', secret).update(written).digest('hex') };
}
