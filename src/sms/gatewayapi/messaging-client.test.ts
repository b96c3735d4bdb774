import { afterEach, describe, expect, test } from 'vitest';
import { startForTest, TOKEN } from '../../../fixtures/gatewayapi/harness.ts';
import type { GatewayApiSimulator } from '../../../fixtures/gatewayapi/index.ts';
import { DEFAULT_SENDING } from '../accounts/sending-options.ts';
import { sendBatch } from '../sending/send-batch.ts';
import { createGatewayApiClient } from './client.ts';
import type { OutgoingSms } from './sending-api.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function newSimulator(): Promise<GatewayApiSimulator> {
  const simulator = await startForTest();
  simulator.reports.setPaused(true);
  stops.push(simulator.stop);
  return simulator;
}

function sms(n: number, msisdn = `451000000${n}`): OutgoingSms {
  return { userref: `ref-${n}`, msisdn, content: 'Hello' };
}

/** What became of each, over the messaging API of the simulator. */
async function outcomesOf(simulator: GatewayApiSimulator, messages: OutgoingSms[], token = TOKEN) {
  const client = createGatewayApiClient({
    limits: { timeoutMs: 5_000, connections: 2, answerMaxBytes: 65_536 },
    callbackUrl: 'http://127.0.0.1:1/gatewayapi/dlr',
  });
  stops.push(client.stop);
  const sending = { ...DEFAULT_SENDING, api: 'messaging' } as const;
  const account = { baseUrl: simulator.url, token, sender: 'Shop', sending };
  let requests = 0;
  const outcomes = await sendBatch(messages, (part) => {
    requests += 1;
    return client.send(account, part);
  });
  return { outcomes: messages.map(({ userref }) => outcomes.get(userref)), requests };
}

const kindsOf = (outcomes: readonly ({ kind: string } | undefined)[]) => outcomes.map((one) => one?.kind);

describe('over the messaging API', () => {
  test('each SMS has the id under which it was taken', async () => {
    const simulator = await newSimulator();
    const { outcomes } = await outcomesOf(simulator, [sms(1), sms(2)]);
    expect([...simulator.ledger.entries()]).toMatchObject([
      { userref: 'ref-1', api: 'messaging', callbackUrl: null },
      { userref: 'ref-2', api: 'messaging', callbackUrl: null },
    ]);
    expect(outcomes).toEqual(
      [...simulator.ledger.entries()].map(({ messageId }) => ({ kind: 'accepted', messageId })),
    );
  });

  test('also when the answers come in another order', async () => {
    const simulator = await newSimulator();
    simulator.faults.add({ kind: 'other-order' });
    const { outcomes } = await outcomesOf(simulator, [sms(1), sms(2)]);
    expect(outcomes).toEqual(
      [...simulator.ledger.entries()].map(({ messageId }) => ({ kind: 'accepted', messageId })),
    );
  });

  test('invalid numbers are refused in one request, and the others go in a second', async () => {
    const simulator = await newSimulator();
    const messages = [sms(1), sms(2, '450000'), sms(3), sms(4, '451111')];
    const { outcomes, requests } = await outcomesOf(simulator, messages);
    expect(requests).toBe(2);
    expect(kindsOf(outcomes)).toEqual(['accepted', 'refused', 'accepted', 'refused']);
    expect(outcomes[1]).toMatchObject({ failureType: 'sms_number_format' });
  });

  test('a blacklisted number is refused alone', async () => {
    const simulator = await newSimulator();
    simulator.account.blacklist.add('4510000002');
    const { outcomes } = await outcomesOf(simulator, [sms(1), sms(2), sms(3)]);
    expect(kindsOf(outcomes)).toEqual(['accepted', 'refused', 'accepted']);
    expect(outcomes[1]).toMatchObject({ failureType: 'sms_not_allowed' });
  });

  test('a wrong token is the account’s, and is not repeated', async () => {
    const simulator = await newSimulator();
    const { outcomes, requests } = await outcomesOf(simulator, [sms(1), sms(2)], 'wrong-token');
    expect(requests).toBe(1);
    expect(outcomes).toMatchObject([1, 2].map(() => ({ kind: 'refused', failureType: 'sms_acc' })));
    expect(JSON.stringify(outcomes)).not.toContain('wrong-token');
  });

  test.each([
    ['an error in the place of an id', 'error-in-place', ['refused', 'accepted'], 1],
    ['no answer to one message', 'one-missing', ['accepted', 'unknown'], 2],
    ['half an answer', 'truncated-json', ['accepted', 'accepted'], 2],
    ['a connection that ends within the answer', 'cut-body', ['accepted', 'accepted'], 2],
    ['a reset after the acceptance', 'reset-after', ['unknown', 'unknown'], 2],
    ['a reset before it', 'reset-before', ['unknown', 'unknown'], 0],
    ['a page that says 502', 'bad-gateway-html', ['unknown', 'unknown'], 0],
    ['429', 'too-many-requests', ['not-accepted', 'not-accepted'], 0],
    ['a fault of the service itself', 'server-error-json', ['not-accepted', 'not-accepted'], 0],
  ] as const)('%s sends nothing twice', async (_what, kind, kinds, accepted) => {
    const simulator = await newSimulator();
    simulator.faults.add({ kind });
    const { outcomes, requests } = await outcomesOf(simulator, [sms(1), sms(2)]);
    expect(kindsOf(outcomes)).toEqual(kinds);
    expect([requests, simulator.ledger.size()]).toEqual([1, accepted]);
  });
});
