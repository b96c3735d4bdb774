import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { signClaims } from '../../../fixtures/gatewayapi/sign.ts';
import { type SmsEdge, sampleDatabase, startSmsEdge } from '../../../fixtures/sms-edge.ts';
import { DATABASE, sampleAccount, smsUuid } from '../../../fixtures/sms-samples.ts';

const SECRET = 'secret of the webhook';
const BOTH = ['/gatewayapi/inbound', '/gatewayapi/dlr'];
const sms = {
  id: 70001,
  msisdn: 4500000002,
  receiver: 451204,
  message: 'SHOP stop',
  senttime: 1_790_000_100,
  webhook_label: 'in1',
};
const signed = (claims: Record<string, unknown> = sms, secret = SECRET) => signClaims(claims, secret);

let edge: SmsEdge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

async function started(): Promise<SmsEdge> {
  edge = await startSmsEdge({ databases: [sampleDatabase([sampleAccount({ webhookSecret: SECRET })])] });
  return edge;
}

async function post({ url }: SmsEdge, body: unknown, token?: string, path = '/gatewayapi/inbound') {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { 'x-gwapi-signature': token }),
    },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

const kept = ({ journal }: SmsEdge) => journal.list({ limit: 100 });

async function keptSms(server: SmsEdge): Promise<unknown[]> {
  return (await kept(server)).map(({ payload }) => JSON.parse(payload));
}

describe('an inbound SMS', () => {
  test.each(BOTH)('that is posted to %s is acknowledged once it is in the journal', async (path) => {
    const server = await started();
    const { status, answer } = await post(server, sms, signed(), path);
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { status: 'ok', message: 'Webhook processed successfully' },
    });
    expect(await kept(server)).toMatchObject([
      { database: DATABASE, queue: 'sms.inbound', key: '4500000002', dedupe: '70001', state: 'ready' },
    ]);
    expect(await keptSms(server)).toEqual([
      {
        ...{ providerId: '70001', msisdn: '4500000002', receiver: '451204', text: 'SHOP stop' },
        ...{ sentAtMs: 1_790_000_100_000, label: 'in1' },
      },
    ]);
  });

  test('as GatewayAPI records it is understood', async () => {
    const server = await started();
    const file = new URL('../../../fixtures/gatewayapi/payloads/inbound-sms.json', import.meta.url);
    const recorded: typeof sms = JSON.parse(await readFile(file, 'utf8'));
    expect((await post(server, recorded, signed(recorded))).status).toBe(200);
    expect(await keptSms(server)).toMatchObject([{ providerId: '70001', text: 'SHOP stop' }]);
  });

  test('that comes again, at either address, is kept once', async () => {
    const server = await started();
    for (const path of [...BOTH, ...BOTH]) await post(server, sms, signed(), path);
    expect(await kept(server)).toHaveLength(1);
  });

  test('of which each field may be a number or a text is understood', async () => {
    const server = await started();
    const texts = { ...sms, id: '01J-ULID', msisdn: '+4500000002', receiver: 'SHOP' };
    expect((await post(server, texts, signed(texts))).status).toBe(200);
    expect(await keptSms(server)).toMatchObject([
      { providerId: '01J-ULID', msisdn: '4500000002', receiver: 'SHOP' },
    ]);
  });

  test('that is binary is kept with a note of it, without its bytes', async () => {
    const server = await started();
    const binary = { ...sms, message: null, payload: 'AAECAw==', encoding: 'BINARY', udh: '05' };
    expect((await post(server, binary, signed(binary))).status).toBe(200);
    expect(await keptSms(server)).toMatchObject([{ text: '', isBinary: true }]);
    expect(JSON.stringify(await kept(server))).not.toContain('AAECAw');
  });

  test('is counted', async () => {
    const server = await started();
    await post(server, sms, signed());
    expect(await server.metrics()).toContain('viaduct_sms_reports_total{status="inbound"} 1');
  });
});

describe('a refused inbound SMS', () => {
  const missing = { id: 1, msisdn: 4500000002, senttime: 1_790_000_100 };
  test.each([
    ['no signature', sms, undefined, 401, /^Missing X-Gwapi-Signature/],
    ['another secret', sms, signed(sms, 'guess'), 403, /^Invalid token/],
    ['another text than was signed', { ...sms, message: 'START' }, signed(), 403, /something else than/],
    ['missing fields', missing, signed(missing), 400, /\(id, msisdn, receiver, message, senttime\)/],
    [
      'a time that is none',
      { ...sms, senttime: 1e300 },
      signed({ ...sms, senttime: 1e300 }),
      400,
      /senttime/,
    ],
  ])('with %s is told so and not kept', async (_what, body, token, status, words) => {
    const server = await started();
    const refused = { status, answer: { status: 'error', message: expect.stringMatching(words) } };
    for (const path of BOTH) expect(await post(server, body, token, path)).toMatchObject(refused);
    expect(await kept(server)).toEqual([]);
  });
});

test('a delivery report at the address of inbound SMS is kept as the report it is', async () => {
  const server = await started();
  const report = {
    id: 9001,
    msisdn: 4512345678,
    time: 1_790_000_000,
    status: 'DELIVERED',
    userref: smsUuid(1),
  };
  expect((await post(server, report, signed(report))).status).toBe(200);
  expect(await kept(server)).toMatchObject([{ queue: 'sms.state', key: smsUuid(1) }]);
});

test('no log line holds the number or the text of an inbound SMS', async () => {
  const server = await started();
  await post(server, sms, signed());
  await post(server, sms, signed(sms, 'guess'));
  await post(server, { ...sms, message: 'SHOP '.repeat(4_000) }, signed());
  expect(server.logged()).toContain('/gatewayapi/inbound');
  for (const secret of ['4500000002', 'SHOP', ...signed().split('.').slice(1)]) {
    expect(server.logged()).not.toContain(secret);
  }
});
