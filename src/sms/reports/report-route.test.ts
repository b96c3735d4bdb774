import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signClaims } from '../../../fixtures/gatewayapi/sign.ts';
import {
  type SmsEdge,
  type SmsEdgeOptions,
  sampleDatabase,
  startSmsEdge,
} from '../../../fixtures/sms-edge.ts';
import { DATABASE, sampleAccount, smsUuid } from '../../../fixtures/sms-samples.ts';

const SECRET = 'secret of the webhook';
const report = {
  id: 9001,
  msisdn: 4512345678,
  time: 1_790_000_000,
  status: 'DELIVERED',
  userref: smsUuid(1),
};
const signed = (claims: Record<string, unknown> = report, secret = SECRET) => signClaims(claims, secret);

let edge: SmsEdge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

async function started(options: SmsEdgeOptions = {}): Promise<SmsEdge> {
  const databases = [sampleDatabase([sampleAccount({ webhookSecret: SECRET })])];
  edge = await startSmsEdge({ databases, ...options });
  return edge;
}

async function post({ url }: SmsEdge, body: unknown = report, token?: string) {
  const response = await fetch(`${url}/gatewayapi/dlr`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { 'x-gwapi-signature': token }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, headers: response.headers, answer };
}

const kept = ({ journal }: SmsEdge) => journal.list({ limit: 100 });
const error = (message: string) => ({ status: 'error', message });

describe('a delivery report', () => {
  test('is acknowledged once it is in the journal', async () => {
    const server = await started();
    const { status, answer } = await post(server, report, signed());
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { status: 'ok', message: 'Webhook processed successfully' },
    });
    const entries = await kept(server);
    expect(entries).toMatchObject([
      { database: DATABASE, queue: 'sms.state', key: smsUuid(1), state: 'ready' },
    ]);
    expect(JSON.parse(entries[0]?.payload ?? '')).toEqual({ kind: 'report', uuid: smsUuid(1), report });
  });

  test('that comes again is acknowledged again and kept once', async () => {
    const server = await started();
    await post(server, report, signed());
    expect((await post(server, report, signed())).status).toBe(200);
    expect(await kept(server)).toHaveLength(1);
  });

  test('is kept for each status, number and time', async () => {
    const server = await started();
    for (const change of [{}, { status: 'ENROUTE' }, { time: 1 }, { msisdn: 4587654321 }, { id: 9002 }]) {
      const other = { ...report, ...change };
      await post(server, other, signed(other));
    }
    expect(await kept(server)).toHaveLength(5);
  });

  test('about a message that is not Odoo’s is acknowledged and not kept', async () => {
    const server = await started();
    for (const userref of ['order-77', '', null, undefined, 'A'.repeat(32)]) {
      const foreign = { ...report, userref };
      const { status, answer } = await post(server, foreign, signed(foreign));
      expect(status).toBe(200);
      expect(answer).toEqual({ status: 'ok', message: 'SMS not found but acknowledged' });
    }
    expect(await kept(server)).toEqual([]);
  });

  test('is kept for the database whose secret fits', async () => {
    const other = sampleDatabase([sampleAccount({ webhookSecret: 'other' })], { id: 'other' });
    const none = sampleDatabase([sampleAccount({ webhookSecret: null })], { id: 'none' });
    const mine = sampleDatabase([sampleAccount({ webhookSecret: SECRET })]);
    const server = await started({ databases: [none, other, mine] });
    expect((await post(server, report, signed())).status).toBe(200);
    expect(await kept(server)).toMatchObject([{ database: DATABASE }]);
  });

  test('is kept whatever else its accounts lack', async () => {
    const faulty = sampleAccount({ webhookSecret: SECRET, problem: 'The token is missing.' });
    const server = await started({ databases: [sampleDatabase([faulty], { heldWords: 'Held.' })] });
    expect((await post(server, report, signed())).status).toBe(200);
    expect(await kept(server)).toHaveLength(1);
  });
});

describe('a refused report', () => {
  let server: SmsEdge;
  beforeAll(async () => {
    server = await startSmsEdge({ databases: [sampleDatabase([sampleAccount({ webhookSecret: SECRET })])] });
  });
  afterAll(() => server.stop());

  test.each([
    [
      'no signature',
      report,
      undefined,
      401,
      'Missing X-Gwapi-Signature header. Please configure GatewayAPI to send this header.',
    ],
    [
      'an expired token',
      report,
      signed({ ...report, exp: 1 }),
      401,
      'Token has expired. Please check GatewayAPI configuration.',
    ],
    [
      'another secret',
      report,
      signed(report, 'guess'),
      403,
      'Invalid token. Please check GatewayAPI configuration and JWT secret.',
    ],
    [
      'another body',
      { ...report, status: 'EXPIRED' },
      signed(),
      403,
      'The body says something else than the signed token.',
    ],
    [
      'a body whose fields cannot be written as text',
      { ...report, id: { toString: 1, valueOf: 1 } },
      signed(),
      403,
      'The body says something else than the signed token.',
    ],
    [
      'a body as deep as a report is long',
      `{"id":${'['.repeat(8_000)}${']'.repeat(8_000)}}`,
      signed(),
      403,
      'The body says something else than the signed token.',
    ],
    ['an empty body', '', signed(), 400, 'Empty JSON data received'],
    ['a broken body', '{"id":', signed(), 400, 'Invalid JSON data received'],
    [
      'missing fields',
      { id: 1 },
      signed({ id: 1 }),
      400,
      'Missing required fields (id, msisdn, time, status) in payload',
    ],
  ])('with %s is told so and not kept', async (_what, body, token, status, words) => {
    expect(await post(server, body, token)).toMatchObject({ status, answer: error(words) });
    expect(await kept(server)).toEqual([]);
  });

  test('that is too long gets 413 in the same shape', async () => {
    const { status, answer } = await post(server, 'x'.repeat(20_000), signed());
    expect(status).toBe(413);
    expect(answer).toEqual(error(expect.stringContaining('longer than 16384 bytes')));
  });

  test('is counted', async () => {
    await post(server);
    expect(await server.metrics()).toMatch(/viaduct_sms_reports_total\{status="refused"\} [1-9]/);
  });
});

describe('a report that cannot be taken now', () => {
  test('gets 503 while there is no secret, signed or not', async () => {
    const server = await started({ databases: [sampleDatabase([sampleAccount({ webhookSecret: null })])] });
    for (const token of [undefined, signed()]) {
      const { status, answer } = await post(server, report, token);
      expect(status).toBe(503);
      expect(answer).toEqual(error(expect.stringContaining('JWT secret not configured.')));
    }
  });

  test('gets 503 and Retry-After while the journal is full', async () => {
    const server = await started({ journalBytes: 300_000 });
    const filler = { database: 'other', queue: 'filler', key: 'filler', payload: 'x'.repeat(2_000) };
    const fill = async () => {
      for (;;) await server.journal.append([filler]);
    };
    await expect(fill()).rejects.toMatchObject({ code: 'journal-full' });
    const long = { ...report, error: 'x'.repeat(10_000) };
    const { status, answer, headers } = await post(server, long, signed(long));
    expect(status).toBe(503);
    expect(answer).toMatchObject({ status: 'error' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a report without a signature', () => {
  const open = sampleAccount({ id: 2, webhookSecret: null, requireSignature: false });

  test('is believed where an administrator asks for none, even without a secret', async () => {
    const server = await started({ databases: [sampleDatabase([open])] });
    expect((await post(server)).status).toBe(200);
    expect(await kept(server)).toHaveLength(1);
  });

  test('is refused while any account of the database asks for one', async () => {
    const strict = sampleAccount({ id: 1, webhookSecret: SECRET });
    const server = await started({ databases: [sampleDatabase([strict, open])] });
    expect((await post(server)).status).toBe(401);
  });

  test('is believed, but a wrong signature is refused all the same', async () => {
    const databases = [sampleDatabase([{ ...open, webhookSecret: SECRET }])];
    const server = await started({ databases });
    expect((await post(server, report, signed(report, 'guess'))).status).toBe(403);
    expect(await kept(server)).toEqual([]);
  });

  test('is refused where there is no account', async () => {
    expect((await post(await started({ databases: [sampleDatabase([])] }))).status).toBe(503);
  });

  test('cannot fill the metrics with statuses of its own making', async () => {
    const server = await started({ databases: [sampleDatabase([open])] });
    for (const status of ['DELIVERED', 'MADE-UP-1', 'MADE-UP-2']) await post(server, { ...report, status });
    const metrics = await server.metrics();
    expect(metrics).toContain('viaduct_sms_reports_total{status="DELIVERED"} 1');
    expect(metrics).toContain('viaduct_sms_reports_total{status="other"} 2');
    expect(metrics).not.toContain('MADE-UP');
  });
});

test('no log line holds a number, a signature or what a report says', async () => {
  const server = await started();
  const spoken = { ...report, error: 'Words of the provider' };
  await post(server, spoken, signed(spoken));
  await post(server, spoken, signed(spoken, 'guess'));
  await post(server, `broken ${JSON.stringify(spoken)}`, signed(spoken));
  await post(server, 'x'.repeat(20_000), signed(spoken));
  expect(server.logged()).toContain('/gatewayapi/dlr');
  for (const secret of ['4512345678', SECRET, 'Words of the provider', ...signed(spoken).split('.')]) {
    expect(server.logged()).not.toContain(secret);
  }
});
