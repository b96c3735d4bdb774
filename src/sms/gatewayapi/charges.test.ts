import { array, assert, asyncProperty, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SendAccepted } from '../schema.ts';
import { chargesOf } from './charges.ts';
import type { OutgoingSms } from './sending-api.ts';

/** Messages of so many segments each. */
function messages(...segments: number[]): OutgoingSms[] {
  return segments.map((count, n) => ({
    userref: `ref-${n}`,
    msisdn: `451000000${n}`,
    content: 'x'.repeat(count === 1 ? 160 : 153 * count),
  }));
}

function answer(parts: readonly number[], totalCost: unknown, more: object = {}) {
  const ids = parts.map((_, n) => 9001 + n);
  const details = ids.map((id, n) => ({ id, recipients: [{ country: 'DK', msisdn: 45, parts: parts[n] }] }));
  const usage = { countries: { DK: 1 }, currency: 'DKK', total_cost: totalCost };
  return SendAccepted.parse({ ids, usage, details: { messages: details }, ...more });
}

describe('chargesOf', () => {
  test('gives each message the price of its segments, without noise', () => {
    expect(chargesOf(answer([1, 3, 1], 0.75), messages(1, 3, 1))).toEqual([
      { country: 'DK', segments: 1, price: 0.15, currency: 'DKK' },
      { country: 'DK', segments: 3, price: 0.45, currency: 'DKK' },
      { country: 'DK', segments: 1, price: 0.15, currency: 'DKK' },
    ]);
  });

  test('believes the segments that GatewayAPI counted, not ours', () => {
    expect(chargesOf(answer([2], 0.3), messages(1))).toMatchObject([{ segments: 2, price: 0.3 }]);
  });

  test('counts by itself where the answer has no details, or those of another message', () => {
    const none = answer([1, 1], 0.6, { details: undefined });
    expect(chargesOf(none, messages(3, 1))).toMatchObject([
      { country: null, segments: 3, price: 0.45 },
      { country: null, segments: 1, price: 0.15 },
    ]);
    const others = answer([1, 1], 0.6, { ids: [1, 2] });
    expect(chargesOf(others, messages(3, 1))).toMatchObject([{ segments: 3 }, { segments: 1 }]);
  });

  test.each([
    ['is missing', {}],
    ['has no sum', { currency: 'DKK' }],
    ['has a sum that is no number', { currency: 'DKK', total_cost: 'much' }],
  ])('knows no price, and keeps the ids, when the usage %s', (_what, usage) => {
    const accepted = answer([1], 0.15, { usage });
    expect(accepted.ids).toEqual([9001]);
    expect(chargesOf(accepted, messages(1))).toMatchObject([{ segments: 1, price: null, currency: null }]);
  });

  test('reads a sum that came as text', () => {
    expect(chargesOf(answer([1], '0.1525'), messages(1))).toMatchObject([{ price: 0.1525 }]);
  });

  test('always adds up to what the request cost', async () => {
    const anyRequest = record({
      parts: array(integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 50 }),
      micros: integer({ min: 0, max: 100_000_000 }),
    });
    await assert(
      asyncProperty(anyRequest, async ({ parts, micros }) => {
        const charges = chargesOf(answer(parts, micros / 1_000_000), messages(...parts));
        const sum = charges.reduce((total, { price }) => total + Math.round((price ?? 0) * 1_000_000), 0);
        expect(sum).toBe(micros);
      }),
      { numRuns: 200 },
    );
  });
});
