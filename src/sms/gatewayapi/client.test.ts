import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { startForTest, TOKEN } from '../../../fixtures/gatewayapi/harness.ts';
import type { GatewayApiSimulator } from '../../../fixtures/gatewayapi/index.ts';
import { DEFAULT_SENDING, type SendingOptions } from '../accounts/sending-options.ts';
import { createGatewayApiClient, type GatewayApiLimits } from './client.ts';
import type { OutgoingSms } from './sending-api.ts';

const CALLBACK_URL = 'http://127.0.0.1:1/gatewayapi/dlr';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function newClient(limits: Partial<GatewayApiLimits> = {}) {
  const client = createGatewayApiClient({
    limits: { timeoutMs: 5_000, connections: 2, answerMaxBytes: 65_536, ...limits },
    callbackUrl: CALLBACK_URL,
  });
  stops.push(client.stop);
  return client;
}

async function newSimulator(): Promise<GatewayApiSimulator> {
  const simulator = await startForTest();
  simulator.reports.setPaused(true);
  stops.push(simulator.stop);
  return simulator;
}

/** A server that answers every request with this, and its base URL. */
async function newServer(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

function account(baseUrl: string, token = TOKEN) {
  return { baseUrl, token, sender: 'Shop', sending: DEFAULT_SENDING };
}

function sms(n: number, content = 'Hello'): OutgoingSms {
  return { userref: `ref-${n}`, msisdn: `451000000${n}`, content };
}

describe('an accepted request', () => {
  test('carries userref, sender, number and the address for reports', async () => {
    const simulator = await newSimulator();
    await newClient().send(account(simulator.url), [sms(1)]);
    expect([...simulator.ledger.entries()]).toMatchObject([
      { userref: 'ref-1', sender: 'Shop', msisdn: '4510000001', text: 'Hello', callbackUrl: CALLBACK_URL },
    ]);
  });

  test.each([
    ['plain text in GSM 03.38', 'På gensyn, 5 €', 'UTF8'],
    ['other scripts in UCS-2', 'Привет', 'UCS2'],
    ['emoji in UCS-2', 'Sale 👍', 'UCS2'],
    ['curly quotes in UCS-2', '“ça va”', 'UCS2'],
  ])('carries %s, unmangled', async (_what, content, encoding) => {
    const simulator = await newSimulator();
    await newClient().send(account(simulator.url), [sms(1, content)]);
    expect([...simulator.ledger.entries()]).toMatchObject([{ text: content, encoding, isMangled: false }]);
  });

  test('carries the sending options of the account', async () => {
    const simulator = await newSimulator();
    const sending: SendingOptions = {
      ...{ ...DEFAULT_SENDING, messageClass: 'premium', priority: 'VERY_URGENT' },
      ...{ label: 'shop', validityMinutes: 90 },
    };
    await newClient().send({ ...account(simulator.url), sending }, [sms(1), sms(2)]);
    const asked = [...simulator.ledger.entries()].map(({ id }) => simulator.ledger.messageOf(id));
    const options = { class: 'premium', priority: 'VERY_URGENT', label: 'shop', validity_period: 5_400 };
    expect(asked).toMatchObject([options, options]);
  });

  test('tells the ids in the order of the messages', async () => {
    const simulator = await newSimulator();
    const outcome = await newClient().send(account(simulator.url), [sms(3), sms(1), sms(2)]);
    const idOf = new Map([...simulator.ledger.entries()].map(({ userref, id }) => [userref, id]));
    expect(outcome).toEqual({
      kind: 'accepted',
      ids: [idOf.get('ref-3'), idOf.get('ref-1'), idOf.get('ref-2')],
      charges: Array.from({ length: 3 }, () => ({
        country: 'DK',
        segments: 1,
        price: 0.15,
        currency: 'DKK',
      })),
    });
  });

  test('opens no more connections than it may, and keeps them', async () => {
    const simulator = await newSimulator();
    const client = newClient({ connections: 2 });
    await Promise.all(Array.from({ length: 9 }, (_, n) => client.send(account(simulator.url), [sms(n)])));
    expect(simulator.ledger.size()).toBe(9);
    expect(simulator.connections().peak).toBe(2);
  });

  test.each([
    ['is cut off by the end of the document', 'truncated-json'],
    ['is cut off by the end of the connection', 'cut-body'],
  ] as const)('stays accepted when its answer %s', async (_what, kind) => {
    const simulator = await newSimulator();
    simulator.faults.add({ kind });
    const outcome = await newClient().send(account(simulator.url), [sms(1), sms(2)]);
    expect(outcome).toEqual({ kind: 'accepted', ids: [] });
    expect(simulator.ledger.size()).toBe(2);
  });

  test('stays accepted when its answer is longer than anybody wants to read', async () => {
    const url = await newServer(200, JSON.stringify({ ids: [1], padding: 'x'.repeat(100_000) }));
    const outcome = await newClient({ answerMaxBytes: 1_000 }).send(account(url), [sms(1)]);
    expect(outcome).toEqual({ kind: 'accepted', ids: [] });
  });

  test('has no ids when the answer names more or fewer than were asked for', async () => {
    const url = await newServer(200, JSON.stringify({ ids: [1, 2, 3] }));
    expect(await newClient().send(account(url), [sms(1)])).toEqual({ kind: 'accepted', ids: [] });
  });
});

describe('a request that was not taken', () => {
  test('is refused for the account when the token is wrong, without repeating the token', async () => {
    const simulator = await newSimulator();
    const outcome = await newClient().send(account(simulator.url, 'wrong-token'), [sms(1)]);
    expect(outcome).toMatchObject({ kind: 'refused', scope: 'account', failureType: 'sms_acc' });
    expect(JSON.stringify(outcome)).not.toContain('wrong-token');
    expect(simulator.ledger.size()).toBe(0);
  });

  test('is refused with the number that is to blame', async () => {
    const simulator = await newSimulator();
    simulator.account.blacklist.add('4510000002');
    const outcome = await newClient().send(account(simulator.url), [sms(1), sms(2)]);
    expect(outcome).toMatchObject({ kind: 'refused', scope: 'message', suspects: ['4510000002'] });
  });

  test('may be made again when nobody listens', async () => {
    const simulator = await startForTest();
    await simulator.stop();
    const outcome = await newClient().send(account(simulator.url), [sms(1)]);
    expect(outcome).toEqual({
      kind: 'not-accepted',
      words: 'GatewayAPI could not be reached (ECONNREFUSED).',
      retryAfterMs: null,
    });
  });

  test('may be made again after the time that the answer names', async () => {
    const simulator = await newSimulator();
    simulator.faults.add({ kind: 'too-many-requests', retryAfterSeconds: 7 });
    const outcome = await newClient().send(account(simulator.url), [sms(1)]);
    expect(outcome).toMatchObject({ kind: 'not-accepted', retryAfterMs: 7_000 });
  });

  test.each(['soon', 'Wed, 21 Oct 2026 07:28:00 GMT'])('wishes for no time when it says %j', async (wish) => {
    const url = await newServer(429, '{}', { 'retry-after': wish });
    const outcome = await newClient().send(account(url), [sms(1)]);
    expect(outcome).toMatchObject({ kind: 'not-accepted', retryAfterMs: null });
  });

  test('never leaves with a token that no header can carry, and does not repeat it', async () => {
    const simulator = await newSimulator();
    const outcome = await newClient().send(account(simulator.url, 'two\nlines'), [sms(1)]);
    expect(outcome.kind).toBe('not-accepted');
    expect(JSON.stringify(outcome)).not.toContain('two');
  });
});

describe('a request whose outcome nobody knows', () => {
  test.each([
    ['the connection is reset before the acceptance', 'reset-before', 0],
    ['the connection is reset after the acceptance', 'reset-after', 1],
    ['a page says 502', 'bad-gateway-html', 0],
    ['a page says 500', 'server-error-html', 0],
  ] as const)('%s', async (_what, kind, accepted) => {
    const simulator = await newSimulator();
    simulator.faults.add({ kind });
    const outcome = await newClient().send(account(simulator.url), [sms(1)]);
    expect(outcome.kind).toBe('unknown');
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
    expect(simulator.ledger.size()).toBe(accepted);
  });

  test.each([
    ['never comes, before the acceptance', 'hang-before', 0],
    ['never comes, after the acceptance', 'hang-after', 1],
  ] as const)('the answer %s', async (_what, kind, accepted) => {
    const simulator = await newSimulator();
    simulator.faults.add({ kind });
    const outcome = await newClient({ timeoutMs: 250 }).send(account(simulator.url), [sms(1)]);
    expect(outcome.kind).toBe('unknown');
    expect(simulator.ledger.size()).toBe(accepted);
  });

  test.each(['<html>Welcome to the hotel</html>', ''])('a 200 says %j instead of JSON', async (body) => {
    const url = await newServer(200, body);
    expect((await newClient().send(account(url), [sms(1)])).kind).toBe('unknown');
  });
});
