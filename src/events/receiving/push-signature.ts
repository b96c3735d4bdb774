import { createHmac, timingSafeEqual } from 'node:crypto';
import { pythonJson } from '../delivery/python-json.ts';

const HEX_SHA256 = /^(?:sha256=)?([0-9a-f]{64})$/i;

/**
 * Whether this is the HMAC (hex SHA-256) of a body: of its bytes, or of what Python's `json.dumps(payload, sort_keys=True)` makes
 * of it, which is how the document's own check is written. `isJson` says that it is JSON, of a bearable depth.
 */
export function isPushSignature(
  signature: string,
  { bytes, isJson }: { bytes: Buffer; isJson: boolean },
  secret: string,
): boolean {
  const given = Buffer.from(HEX_SHA256.exec(signature.trim())?.[1] ?? '', 'hex');
  if (given.length === 0) return false;
  const fits = (signed: Buffer | string) =>
    timingSafeEqual(createHmac('sha256', secret).update(signed).digest(), given);
  return fits(bytes) || (isJson && fits(pythonJson(bytes.toString('utf8'))));
}
