import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHmacSha256 } from './hmac-sha256.ts';

const ascii = (maxLength: number) => fc.string({ unit: 'grapheme-ascii', maxLength });

test('signs as node:crypto does, whatever key and text', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(ascii(300), { maxLength: 5 }),
      (secret, texts) => {
        const sign = createHmacSha256(secret);
        for (const text of texts) {
          expect(sign(text)).toEqual(createHmac('sha256', secret).update(text).digest('base64url'));
        }
      },
    ),
  );
});

test('signs texts longer than its own buffer, and shorter ones after them', () => {
  const sign = createHmacSha256(Buffer.from('key'));
  for (const text of ['a'.repeat(16_384), 'b'.repeat(16_385), 'c'.repeat(100_000), 'd']) {
    expect(sign(text)).toEqual(createHmac('sha256', 'key').update(text).digest('base64url'));
  }
});
