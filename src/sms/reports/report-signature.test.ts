import fc from 'fast-check';
import { errors, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { importWebhookKey, verifyToken } from './report-signature.ts';

const SECRET = 'the authentication token of a webhook';
const bytes = new TextEncoder().encode(SECRET);

function sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header }).sign(bytes);
}

/** A key under which the usual header was accepted before, so that the quick way is open. */
async function warmKey() {
  const webhook = await importWebhookKey(SECRET);
  await verifyToken(await sign({ id: 1 }), webhook);
  expect(webhook.acceptedHeaders.size).toBe(1);
  return webhook;
}

describe('verifyToken', () => {
  test('accepts the second token of a provider without leaving the event loop', async () => {
    const webhook = await warmKey();
    expect(verifyToken(await sign({ id: 2, status: 'DELIVERED' }), webhook)).toEqual({
      value: { id: 2, status: 'DELIVERED' },
      text: '{"id":2,"status":"DELIVERED"}',
    });
  });

  test('leaves tokens that name a time to jose, so that they still expire', async () => {
    const webhook = await warmKey();
    const expired = await sign({ id: 3, exp: 1_000_000 });
    await expect(verifyToken(expired, webhook)).rejects.toBeInstanceOf(errors.JWTExpired);
    await expect(verifyToken(await sign({ id: 3, nbf: 9_999_999_999 }), webhook)).rejects.toThrow();
  });

  test('keeps no more headers than a provider could have', async () => {
    const webhook = await importWebhookKey(SECRET);
    for (let kid = 0; kid < 20; kid += 1)
      await verifyToken(await sign({ id: kid }, { kid: `${kid}` }), webhook);
    expect(webhook.acceptedHeaders.size).toBeLessThanOrEqual(8);
  });

  test('accepts and refuses exactly what jose accepts and refuses, whatever is changed in a token', async () => {
    const webhook = await warmKey();
    const good = await sign({ id: 4, userref: 'a'.repeat(32), error: 'Ukendt modtager æøå' });
    const verdict = async (check: () => unknown) => {
      try {
        return { claims: await check() };
      } catch (error) {
        return { code: error instanceof errors.JOSEError ? error.code : 'other' };
      }
    };
    const change = fc.record({
      at: fc.nat(good.length - 1),
      remove: fc.nat(3),
      insert: fc.string({ maxLength: 3, unit: fc.constantFrom(...'abcXYZ012.-_=+/ \n'.split('')) }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, remove, insert }) => {
        const token = good.slice(0, at) + insert + good.slice(at + remove);
        const ours = await verdict(() => verifyToken(token, webhook));
        const theirs = await verdict(async () => {
          const { payload } = await jwtVerify(token, bytes, { algorithms: ['HS256'] });
          return { value: payload, text: JSON.stringify(payload) };
        });
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });
});
