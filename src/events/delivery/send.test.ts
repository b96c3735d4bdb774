import { createHmac } from 'node:crypto';
import { BlockList } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleDelivery, sampleSubscription } from '../../../fixtures/events-subscription.ts';
import {
  failing,
  GONE,
  type Receiver,
  redirecting,
  startReceiver,
  tooMany,
} from '../../../fixtures/receiver/index.ts';
import { systemClock } from '../../clock.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { Delivery } from './delivery.ts';
import { resolveDestination } from './destination.ts';
import type { LookUpAll } from './guarded-agent.ts';
import { createSender, type Sender } from './send.ts';

let receiver: Receiver;
const senders: Sender[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.stop();
  await receiver.stop();
});

async function attempt(
  rest: Partial<Subscription> = {},
  delivery: Delivery = sampleDelivery(1),
  lookUpAll?: LookUpAll,
) {
  const sender = createSender({
    allowedNetworks: new BlockList(),
    userAgent: 'viaduct/9.9.9',
    clock: systemClock,
    ...(lookUpAll === undefined ? {} : { lookUpAll }),
  });
  senders.push(sender);
  const places = { secretsFolder: undefined, environment: { VIADUCT_SECRET_TENANT: 'named-secret' } };
  const subscription = sampleSubscription(`${receiver.url}/hook`, rest);
  return sender.attempt(await resolveDestination(subscription, places), delivery);
}

describe('a request', () => {
  test('carries body, id, moment, signature and who sends it', async () => {
    const delivery = sampleDelivery(1);
    const { secret } = sampleSubscription('');
    expect(await attempt()).toMatchObject({ status: 200, errorClass: null, words: '', method: 'POST' });
    const [request] = receiver.requests();
    expect(request).toMatchObject({ method: 'POST', path: '/hook', body: delivery.body });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'viaduct/9.9.9',
      'webhook-id': 'event-1.sale.order.updated',
    });
    const headers = Object.fromEntries(
      Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(secret).verify(request?.body ?? '', headers)).toEqual(JSON.parse(delivery.body));
  });

  test.each(['POST', 'PUT', 'PATCH'] as const)('goes out as %s with its body', async (method) => {
    await attempt({ method });
    expect(receiver.requests()).toMatchObject([{ method, body: sampleDelivery(1).body }]);
  });

  test.each(['GET', 'DELETE'] as const)(
    'goes out as %s without one, its URL filled from it',
    async (method) => {
      const result = await attempt({ method, url: `${receiver.url}/orders/{{ id }}?name={{ name }}` });
      expect(receiver.requests()).toMatchObject([{ method, path: '/orders/1?name=SO1', body: '' }]);
      expect(receiver.requests()[0]?.headers).not.toHaveProperty('content-type');
      expect(result).toMatchObject({
        url: `${receiver.url}/orders/1?name=SO1`,
        body: sampleDelivery(1).body,
      });
    },
  );

  test('carries the API key and headers of one’s own', async () => {
    await attempt({ apiKey: 'key-1', headers: 'X-Shop: one\nX-Tenant: env:VIADUCT_SECRET_TENANT' });
    expect(receiver.requests()[0]?.headers).toMatchObject({
      authorization: 'Bearer key-1',
      'x-shop': 'one',
      'x-tenant': 'named-secret',
    });
  });

  test('carries the plain HMAC over the body that is sent, where it is wanted', async () => {
    const delivery = sampleDelivery(1, { body: '{"b": 1.50, "a": "é"}' });
    const result = await attempt({ secret: 'plain', hmac: true, hmacHeader: 'X-Own' }, delivery);
    const [request] = receiver.requests();
    expect(request?.body).toBe('{"a": "\\u00e9", "b": 1.5}');
    const expected = createHmac('sha256', 'plain')
      .update(request?.body ?? '')
      .digest('hex');
    expect(request?.headers['x-own']).toBe(expected);
    expect(result.body).toBe(request?.body);
  });

  test('is signed with the old secret too until it ends', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const past = new Date(Date.now() - 60_000).toISOString();
    await attempt({ secret: 'new', oldSecret: 'old', oldSecretUntil: soon });
    await attempt({ secret: 'new', oldSecret: 'old', oldSecretUntil: past });
    const signatures = receiver.requests().map(({ headers }) => String(headers['webhook-signature']));
    expect(signatures.map((signature) => signature.split(' ').length)).toEqual([2, 1]);
  });

  test('is shown in the log without secret, signature or key', async () => {
    const result = await attempt({
      ...{ apiKey: 'key-1', secret: 'plain', hmac: true },
      headers: 'X-Api-Token: tok-1\nX-Plain: seen\nX-Tenant: env:VIADUCT_SECRET_TENANT',
    });
    expect(result.requestHeaders).toContain('X-Plain: seen');
    expect(result.requestHeaders).toContain('authorization: [masked]');
    const headers = receiver.requests()[0]?.headers;
    const secrets = [
      'key-1',
      'tok-1',
      'named-secret',
      headers?.['webhook-signature'],
      headers?.['x-signature'],
    ];
    for (const text of secrets) expect(JSON.stringify(result)).not.toContain(String(text));
  });
});

describe('an answer', () => {
  test.each([
    [201, null, ''],
    [204, null, ''],
    [302, 'status-3xx', 'The receiver answered 302; redirections are not followed.'],
    [404, 'status-4xx', 'The receiver answered 404.'],
    [503, 'status-5xx', 'The receiver answered 503.'],
  ])('of %i', async (status, errorClass, words) => {
    receiver.behave('/hook', { kind: 'answer', status });
    expect(await attempt()).toMatchObject({ status, errorClass, words });
  });

  test('of 410 says that it is gone', async () => {
    receiver.behave('/hook', GONE);
    expect(await attempt()).toMatchObject({ status: 410, errorClass: 'gone' });
  });

  test('that redirects is not followed', async () => {
    receiver.behave('/hook', redirecting(`${receiver.url}/elsewhere`));
    expect(await attempt()).toMatchObject({ status: 307, errorClass: 'status-3xx' });
    expect(receiver.requests('/elsewhere')).toEqual([]);
  });

  test('may ask for time in seconds or with a date', async () => {
    receiver.behave('/hook', tooMany('30'));
    expect((await attempt()).retryAfterMs).toBe(30_000);
    receiver.behave('/hook', tooMany(new Date(Date.now() + 60_000).toUTCString()));
    const asked = (await attempt()).retryAfterMs ?? 0;
    expect(asked).toBeGreaterThan(50_000);
    expect(asked).toBeLessThanOrEqual(60_000);
    receiver.behave('/hook', tooMany('soon'));
    expect((await attempt()).retryAfterMs).toBeNull();
  });

  test('is kept up to 4 KiB and read hardly beyond', async () => {
    receiver.behave('/hook', { kind: 'huge', status: 200, bytes: 50_000_000 });
    const result = await attempt();
    expect(result).toMatchObject({ status: 200, errorClass: null });
    expect(result.response).toBe('x'.repeat(4_096));
    expect(receiver.bytesSent()).toBeLessThan(20_000_000);
  });

  test('holds no NUL, which Odoo’s database takes in no text', async () => {
    receiver.behave('/hook', { kind: 'answer', status: 500, body: 'a\0b' });
    expect((await attempt()).response).toBe('a\ufffdb');
  });

  test('that never ends has still said that the delivery was taken', async () => {
    receiver.behave('/hook', { kind: 'hang-in-body', status: 202 });
    const result = await attempt({ timeoutSeconds: 1 });
    expect(result).toMatchObject({ status: 202, errorClass: null, response: 'The beginning' });
    expect(result.durationMs).toBeLessThan(3_000);
  });
});

describe('without an answer', () => {
  test('a receiver that hangs is given up after the time limit', async () => {
    receiver.behave('/hook', { kind: 'hang' });
    const result = await attempt({ timeoutSeconds: 1 });
    expect(result).toMatchObject({
      status: null,
      errorClass: 'timeout',
      words: 'There was no whole answer within 1 s.',
    });
    expect(result.durationMs).toBeGreaterThanOrEqual(990);
  });

  test('a connection that breaks is a reset', async () => {
    receiver.behave('/hook', { kind: 'reset' });
    expect(await attempt()).toMatchObject({ status: null, errorClass: 'reset' });
  });

  test('a port where nobody listens is a failure to connect', async () => {
    const url = receiver.url;
    await receiver.stop();
    expect(await attempt({ url })).toMatchObject({ errorClass: 'connect' });
    receiver = await startReceiver();
  });

  test('a server without TLS is a failure of TLS', async () => {
    expect(await attempt({ url: receiver.url.replace('http:', 'https:') })).toMatchObject({
      errorClass: 'tls',
    });
  });

  test('a name that nobody knows is a failure of DNS', async () => {
    const lookUpAll: LookUpAll = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND x.example'), { code: 'ENOTFOUND' });
    };
    const result = await attempt({ url: 'https://x.example/' }, sampleDelivery(1), lookUpAll);
    expect(result).toMatchObject({ errorClass: 'dns' });
  });

  test('a private address is refused, in the URL and behind a name', async () => {
    expect(await attempt({ allowPrivate: false })).toMatchObject({ errorClass: 'refused-address' });
    const lookUpAll: LookUpAll = async () => [{ address: '10.0.0.1', family: 4 }];
    const rest = { allowPrivate: false, url: 'https://x.example/' };
    const result = await attempt(rest, sampleDelivery(1), lookUpAll);
    expect(result).toMatchObject({ errorClass: 'refused-address' });
    expect(receiver.count()).toBe(0);
  });

  test('a body beyond the limit is not sent', async () => {
    expect(await attempt({ maxBytes: 20 })).toMatchObject({
      errorClass: 'too-large',
      words: `The body has ${sampleDelivery(1).body.length} bytes; the subscription allows 20.`,
    });
    expect(receiver.count()).toBe(0);
  });

  test('a subscription that cannot be used says why', async () => {
    expect(await attempt({ url: 'ftp://x.example' })).toMatchObject({
      errorClass: 'unusable',
      words: 'The URL must start with http:// or https://.',
    });
  });
});

test('connections are used again for the next deliveries', async () => {
  receiver.behave('/hook', failing(1));
  const places = { secretsFolder: undefined, environment: {} };
  const destination = await resolveDestination(sampleSubscription(`${receiver.url}/hook`), places);
  const sender = createSender({
    ...{ allowedNetworks: new BlockList(), userAgent: 'viaduct/9.9.9', clock: systemClock },
  });
  senders.push(sender);
  for (let n = 1; n <= 20; n += 1) await sender.attempt(destination, sampleDelivery(n));
  expect(receiver.connections().opened).toBeLessThanOrEqual(2);
});
