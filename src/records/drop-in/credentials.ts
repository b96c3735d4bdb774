import type { HttpContext } from '../../http/index.ts';

const BEARER = /^bearer +(\S+) *$/i;
/** The header forms of the original, in its order. */
const KEY_HEADERS = ['webhook-key', 'webhook_key', 'x-webhook-key'];

/** The key that a caller shows, by any of the documented headers; null without one. */
export function keyOf({ env: { incoming } }: HttpContext): string | null {
  const { headers } = incoming;
  const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return null;
}
