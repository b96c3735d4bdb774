import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { signBody, signClaims } from '../../../fixtures/gatewayapi/sign.ts';
import { type SmsEdge, sampleDatabase, startSmsEdge } from '../../../fixtures/sms-edge.ts';
import { DATABASE, sampleAccount, smsUuid } from '../../../fixtures/sms-samples.ts';
import type { SmsAccount } from '../accounts/accounts.ts';

const SECRET = 'secret of the webhook';
const AT = '2026-09-22T10:00:00+00:00';

function event(change: object = {}, event_id = 'e1') {
  const own = {
    ...{ msg_id: '01JNN696A9E0WS89FPYGT15NBX', recipient: 4512345678, reference: smsUuid(1) },
    ...{ status: 'DELIVERED', status_at: AT, error: null },
  };
  return { event_id, timestamp: AT, event_type: 'message.status.sms', event: { ...own, ...change } };
}

let edge: SmsEdge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

async function started(account: Partial<SmsAccount> = {}): Promise<SmsEdge> {
  const databases = [sampleDatabase([sampleAccount({ webhookSecret: SECRET, ...account })])];
  edge = await startSmsEdge({ databases });
  return edge;
}

const JSON_HEADER = { 'content-type': 'application/json' };

async function post({ url }: SmsEdge, body: unknown, headers: Record<string, string> | 'signed' = 'signed') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const proof = headers === 'signed' ? { signature: signBody(text, SECRET) } : headers;
  const response = await fetch(`${url}/gatewayapi/events`, {
    method: 'POST',
    headers: { ...JSON_HEADER, ...proof },
    body: text,
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

const kept = ({ journal }: SmsEdge) => journal.list({ limit: 100 });
const error = (message: unknown) => ({ status: 'error', message });

describe('an event of the messaging API', () => {
  test('is acknowledged once the report it tells is in the journal', async () => {
    const server = await started();
    const failed = event({ status: 'REJECTED', error: { hex_code: '0x1011', details: 'Barred' } });
    expect(await post(server, failed)).toEqual({
      status: 200,
      answer: { status: 'ok', message: 'Webhook processed successfully' },
    });
    const entries = await kept(server);
    expect(entries).toMatchObject([{ database: DATABASE, queue: 'sms.state', key: smsUuid(1) }]);
    expect(JSON.parse(entries[0]?.payload ?? '')).toMatchObject({
      kind: 'report',
      uuid: smsUuid(1),
      report: { status: 'REJECTED', error: 'Barred', code: '0x1011', msisdn: '4512345678' },
    });
  });

  test('is believed over its bytes, in whatever order and space they came', async () => {
    const server = await started();
    const spaced = JSON.stringify({ ...event(), note: 'Grüße' }, null, 3);
    expect((await post(server, spaced)).status).toBe(200);
    expect(await kept(server)).toHaveLength(1);
  });

  test('is believed in the claims of a token too', async () => {
    const server = await started();
    expect((await post(server, event(), { 'x-gwapi-signature': signClaims(event(), SECRET) })).status).toBe(
      200,
    );
    expect(await kept(server)).toHaveLength(1);
  });

  test('that comes again, also under another id, is acknowledged and kept once', async () => {
    const server = await started();
    for (const id of ['e1', 'e1', 'e2']) expect((await post(server, event({}, id))).status).toBe(200);
    expect(await kept(server)).toHaveLength(1);
  });

  test('is kept for each status and time', async () => {
    const server = await started();
    for (const change of [{}, { status: 'ENROUTE' }, { status_at: '2026-09-22T10:00:01+00:00' }]) {
      await post(server, event(change));
    }
    expect(await kept(server)).toHaveLength(3);
  });

  test('about a message that is not Odoo’s is acknowledged and not kept', async () => {
    const server = await started();
    for (const reference of ['order-77', '', null, undefined]) {
      expect((await post(server, event({ reference }))).status).toBe(200);
    }
    expect(await kept(server)).toEqual([]);
  });

  test('that brings an SMS is kept in the queue of inbound SMS, once', async () => {
    const server = await started();
    const file = new URL('../../../fixtures/gatewayapi/payloads/event-user-message.json', import.meta.url);
    const body = await readFile(file, 'utf8');
    for (let time = 0; time < 2; time += 1) expect((await post(server, body)).status).toBe(200);
    expect(await kept(server)).toMatchObject([{ queue: 'sms.inbound', key: '4500000002' }]);
  });

  test('of another kind is acknowledged, counted and not kept', async () => {
    const server = await started();
    const rcs = { ...event(), event_type: 'message.status.rcs' };
    expect(await post(server, rcs)).toEqual({
      status: 200,
      answer: { status: 'ok', message: 'Event ignored' },
    });
    expect(await kept(server)).toEqual([]);
    expect(await server.metrics()).toContain('viaduct_sms_reports_total{status="ignored"} 1');
  });

  test('without a signature is believed only where an administrator asks for none', async () => {
    const server = await started({ requireSignature: false, webhookSecret: null });
    expect((await post(server, event(), {})).status).toBe(200);
    expect(await kept(server)).toHaveLength(1);
  });
});

describe('a refused event', () => {
  const text = JSON.stringify(event());
  const other = JSON.stringify(event({ status: 'EXPIRED' }));
  const wrong = 'Invalid signature. Please check the webhook secret of the GatewayAPI account in Odoo.';
  test.each([
    ['no signature', text, {}, 401, /^Missing X-Gwapi-Signature/],
    ['the signature of another secret', text, { signature: signBody(text, 'guess') }, 403, wrong],
    ['the signature of another body', text, { signature: signBody(other, SECRET) }, 403, wrong],
    ['half a signature', text, { signature: signBody(text, SECRET).slice(0, 40) }, 403, wrong],
    ['a signature that is no number', text, { signature: `v1=${'z'.repeat(64)}` }, 403, wrong],
    ['a signature of another kind', text, { signature: `sig1=:${'a'.repeat(64)}:` }, 401, /^Missing/],
    [
      'a token that says something else',
      text,
      { 'x-gwapi-signature': signClaims(event({ status: 'EXPIRED' }), SECRET) },
      403,
      /something else than/,
    ],
    [
      'a token beside a body as deep as it is long',
      `{"event_type":"message.status.sms","event":${'['.repeat(7_000)}${']'.repeat(7_000)}}`,
      { 'x-gwapi-signature': signClaims(event(), SECRET) },
      403,
      /something else than/,
    ],
    ['no JSON', '{', 'signed', 400, 'Invalid JSON data received'],
    ['an empty body', '', 'signed', 400, 'Empty JSON data received'],
    ['missing fields', JSON.stringify(event({ status: null })), 'signed', 400, /msg_id, recipient, status/],
  ] as const)('with %s is told so and not kept', async (_what, body, headers, status, words) => {
    const server = await started();
    const message = typeof words === 'string' ? words : expect.stringMatching(words);
    expect(await post(server, body, headers)).toMatchObject({ status, answer: error(message) });
    expect(await kept(server)).toEqual([]);
  });

  test('gets 503 while there is no secret, so that it comes again', async () => {
    const server = await started({ webhookSecret: null });
    expect((await post(server, event())).status).toBe(503);
  });

  test('with a signature that is wrong is not saved by a switched off requirement', async () => {
    const server = await started({ requireSignature: false });
    expect((await post(server, event(), { signature: signBody('x', 'guess') })).status).toBe(403);
  });
});

test('no log line holds the signature, the number or the text of an event', async () => {
  const server = await started();
  const text = JSON.stringify(event());
  await post(server, text);
  await post(server, text, { signature: signBody(text, 'guess') });
  await post(server, JSON.stringify(event({ note: 'x'.repeat(20_000) })));
  expect(server.logged()).toContain('/gatewayapi/events');
  for (const secret of ['4512345678', signBody(text, SECRET), signBody(text, 'guess'), smsUuid(1)]) {
    expect(server.logged()).not.toContain(secret);
  }
});
