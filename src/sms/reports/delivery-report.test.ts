import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { signClaims } from '../../../fixtures/gatewayapi/sign.ts';
import { readUnsignedReport, verifyReport } from './delivery-report.ts';
import { importWebhookKey, type WebhookKey } from './report-signature.ts';

const SECRET = 'secret of the webhook';
const claims = {
  id: 9001,
  msisdn: 4512345678,
  time: 1_790_000_000,
  status: 'UNDELIVERABLE',
  error: 'Unknown subscriber',
  code: '0x1010',
  userref: 'a'.repeat(32),
  country_code: null,
};
const json = JSON.stringify(claims);

let key: WebhookKey;
let otherKey: WebhookKey;
beforeAll(async () => {
  key = await importWebhookKey(SECRET);
  otherKey = await importWebhookKey('another secret');
});

function bytes(body: unknown): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function verify(token: string, body: unknown = claims, keys: readonly WebhookKey[] = [key]) {
  return verifyReport(token, keys, bytes(body));
}

const refusedWith = (status: number) => ({ ok: false, refusal: { status } });

describe('a signed report', () => {
  test('is what its claims say', async () => {
    expect(await verify(signClaims(claims, SECRET))).toEqual({
      ok: true,
      notification: { kind: 'report', report: claims },
      json,
    });
  });

  test('is believed when any of the secrets fits', async () => {
    const verified = await verify(signClaims(claims, SECRET), claims, [otherKey, key]);
    expect(verified.ok).toBe(true);
  });

  test('keeps fields that nobody knows yet', async () => {
    const verified = await verify(signClaims({ ...claims, charge_status: 'CAPTURED' }, SECRET));
    expect(verified).toMatchObject({ notification: { report: { charge_status: 'CAPTURED' } } });
  });

  test.each([
    ['leaves out what the claims have', { id: 9001 }],
    ['is empty but for its braces', {}],
    ['has null where the claims have nothing', { ...claims, charge_status: null }],
    ['has nothing where the claims have null', { ...claims, country_code: undefined }],
    ['has numbers as text', { ...claims, id: '9001', msisdn: '4512345678' }],
    ['has fields that were not signed, which nobody believes', { ...claims, charge_status: 'CAPTURED' }],
  ])('is believed although the body %s', async (_what, body) => {
    const verified = await verify(signClaims(claims, SECRET), body);
    expect(verified).toEqual({ ok: true, notification: { kind: 'report', report: claims }, json });
  });

  test.each([
    ['another status', { ...claims, status: 'DELIVERED' }],
    ['another SMS', { ...claims, userref: 'b'.repeat(32) }],
    ['another number', { ...claims, msisdn: 4599999999 }],
    ['no error where there was one', { ...claims, error: null }],
    ['no object', [claims]],
    ['only a text', '"DELIVERED"'],
    ['null', 'null'],
  ])('is refused when the body says %s', async (_what, body) => {
    expect(await verify(signClaims(claims, SECRET), body)).toMatchObject(refusedWith(403));
  });

  test.each([
    ['nothing', '', 'Empty JSON data received'],
    ['no JSON', '{"id":', 'Invalid JSON data received'],
  ])('is refused when the body is %s', async (_what, body, words) => {
    expect(await verify(signClaims(claims, SECRET), body)).toEqual({
      ok: false,
      refusal: { status: 400, words },
    });
  });

  test.each(['id', 'msisdn', 'time', 'status'])('is refused without %s in the claims', async (field) => {
    const token = signClaims({ ...claims, [field]: undefined }, SECRET);
    expect(await verify(token)).toMatchObject(refusedWith(400));
  });
});

describe('a token that proves nothing', () => {
  const expired = { ...claims, exp: 1 };

  test('is refused when there is no secret to verify it with', async () => {
    expect(await verify(signClaims(claims, SECRET), claims, [])).toMatchObject(refusedWith(503));
  });

  test('is refused when it was signed with another secret, whatever the body is', async () => {
    expect(await verify(signClaims(claims, 'guess'))).toMatchObject(refusedWith(403));
    expect(await verify(signClaims(claims, 'guess'), '')).toMatchObject(refusedWith(403));
  });

  test('is refused as expired only when its signature is right', async () => {
    expect(await verify(signClaims(expired, SECRET))).toMatchObject(refusedWith(401));
    expect(await verify(signClaims(expired, 'guess'))).toMatchObject(refusedWith(403));
  });

  test('is refused as expired although another secret comes first', async () => {
    const verified = await verify(signClaims(expired, SECRET), claims, [otherKey, key]);
    expect(verified).toMatchObject(refusedWith(401));
  });

  test.each([
    ['alg none', () => new UnsecuredJWT(claims).encode()],
    ['HS384', () => signed('HS384')],
    ['HS512', () => signed('HS512')],
    ['RS256', () => signedWithRsa()],
    ['claims changed afterwards', async () => tampered(signClaims(claims, SECRET))],
    ['a signature cut off', async () => signClaims(claims, SECRET).split('.').slice(0, 2).join('.')],
    ['three words', async () => 'not.a.token'],
    ['nothing', async () => ''],
  ])('is refused: %s', async (_what, makeToken) => {
    expect(await verify(await makeToken())).toMatchObject(refusedWith(403));
  });

  function signed(alg: string): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(SECRET.repeat(4)));
  }

  function signedWithRsa(): Promise<string> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
  }

  function tampered(token: string): string {
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, status: 'DELIVERED' })).toString('base64url');
    return `${header}.${payload}.${signature}`;
  }
});

describe('an unsigned report', () => {
  test('is what its body says', () => {
    expect(readUnsignedReport(bytes(claims))).toEqual({
      ok: true,
      notification: { kind: 'report', report: claims },
      json,
    });
  });

  test.each([
    ['', 'Empty JSON data received'],
    ['{', 'Invalid JSON data received'],
    ['[]', 'Missing required fields (id, msisdn, time, status) in payload'],
    ['{"id":1,"status":"DELIVERED"}', 'Missing required fields (id, msisdn, time, status) in payload'],
  ])('%j is refused', (body, words) => {
    expect(readUnsignedReport(bytes(body))).toEqual({ ok: false, refusal: { status: 400, words } });
  });
});
