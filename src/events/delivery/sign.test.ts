import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { keyOfSecret, plainHmac, standardWebhookHeaders } from './sign.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const now = () => Math.floor(Date.now() / 1000);

function signed(body: string, secrets: readonly string[], timestampSeconds = now()) {
  return standardWebhookHeaders({ id: 'f1c2:sale.order.created', timestampSeconds, body, secrets });
}

describe('the headers of Standard Webhooks, judged by the package standardwebhooks', () => {
  test('verify, whatever the body is', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        expect(new Webhook(SECRET).verify(body, { ...signed(body, [SECRET]) })).toEqual(JSON.parse(body));
      }),
    );
  });

  test('verify with the old and the new secret while it is being replaced', () => {
    const headers = { ...signed('{"a":1}', [SECRET, OLD_SECRET]) };
    expect(new Webhook(SECRET).verify('{"a":1}', headers)).toEqual({ a: 1 });
    expect(new Webhook(OLD_SECRET).verify('{"a":1}', headers)).toEqual({ a: 1 });
  });

  test('do not verify with the old secret any more once it has ended', () => {
    const headers = { ...signed('{"a":1}', [SECRET]) };
    expect(() => new Webhook(OLD_SECRET).verify('{"a":1}', headers)).toThrow('No matching signature');
  });

  test('do not verify a body, an id or a moment that was changed', () => {
    const headers = { ...signed('{"a":1}', [SECRET]) };
    const judge = new Webhook(SECRET);
    expect(() => judge.verify('{"a":2}', headers)).toThrow('No matching signature');
    expect(() => judge.verify('{"a":1}', { ...headers, 'webhook-id': 'other' })).toThrow('No matching');
    const later = { ...headers, 'webhook-timestamp': String(now() + 1) };
    expect(() => judge.verify('{"a":1}', later)).toThrow('No matching signature');
  });

  test('are too old for a receiver when they are played again an hour later', () => {
    const headers = { ...signed('{"a":1}', [SECRET], now() - 3_600) };
    expect(() => new Webhook(SECRET).verify('{"a":1}', headers)).toThrow('too old');
  });

  test('take a secret that is no base64 as the key itself', () => {
    const headers = { ...signed('{"a":1}', ['plain words']) };
    expect(new Webhook('plain words', { format: 'raw' }).verify('{"a":1}', headers)).toEqual({ a: 1 });
  });

  test('name id and moment without a secret too, and no signature', () => {
    expect(Object.keys(signed('{}', []))).toEqual(['webhook-id', 'webhook-timestamp']);
  });

  test.each(['whsec_', 'whsec_not base64', 'whsec_ä'])('refuse the secret %s', (secret) => {
    expect(() => keyOfSecret(secret)).toThrow('no base64');
  });
});

describe('the plain HMAC', () => {
  const BODY = '{"event":"sale.order.updated","data":{"amount_total":5000.00,"partner_name":"École"}}';

  test('verifies over the raw body that is sent', () => {
    const { body, signature } = plainHmac(BODY, SECRET);
    expect(createHmac('sha256', SECRET).update(body).digest('hex')).toBe(signature);
  });

  test('is over what Python makes of the parsed body, keys sorted', () => {
    expect(plainHmac(BODY, SECRET).body).toBe(
      '{"data": {"amount_total": 5000.0, "partner_name": "\\u00c9cole"}, "event": "sale.order.updated"}',
    );
  });

  test('signs the empty body of a request without one', () => {
    expect(plainHmac('', 'k')).toEqual({ body: '', signature: createHmac('sha256', 'k').digest('hex') });
  });
});
