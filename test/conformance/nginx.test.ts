import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signClaims } from '../../fixtures/gatewayapi/sign.ts';
import { type Nginx, startNginx } from '../../fixtures/nginx.ts';
import { type SmsEdge, sampleDatabase, startSmsEdge } from '../../fixtures/sms-edge.ts';
import { sampleAccount, smsUuid } from '../../fixtures/sms-samples.ts';

const SECRET = 'secret of the webhook';
/** Of 2,500 SMS with four reports each, over as many connections as GatewayAPI's own limit for its customers is. */
const REPORTS = 10_000;
const CONNECTIONS = 40;

let edge: SmsEdge;
let nginx: Nginx;
let agent: Agent;
let stranger: Agent;

beforeAll(async () => {
  const databases = [sampleDatabase([sampleAccount({ webhookSecret: SECRET })])];
  const environment = { VIADUCT_TRUSTED_PROXIES: '127.0.0.1', VIADUCT_HTTP_REFUSALS_PER_MINUTE: '10' };
  edge = await startSmsEdge({ databases, environment });
  nginx = await startNginx(Number(new URL(edge.url).port));
  const connect = { rejectUnauthorized: false };
  agent = new Agent({ connections: CONNECTIONS, connect });
  stranger = new Agent({ connections: 1, connect, localAddress: '127.0.0.9' });
}, 300_000);

afterAll(async () => {
  await Promise.all([agent?.close(), stranger?.close()]);
  await nginx?.stop();
  await edge?.stop();
});

type Post = { path?: string; from?: Agent; token?: string; body?: string; headers?: Record<string, string> };

async function post({ path = '/gatewayapi/dlr', token, body = '{}', headers = {}, from = agent }: Post) {
  const answer = await request(nginx.httpsUrl + path, {
    method: 'POST',
    dispatcher: from,
    headers: {
      'content-type': 'application/json',
      ...headers,
      ...(token === undefined ? {} : { 'x-gwapi-signature': token }),
    },
    body,
  });
  await answer.body.dump();
  return answer.statusCode;
}

function report(index: number): Post {
  const facts = { id: index, msisdn: 4512345678, time: 1_790_000_000, status: 'DELIVERED' };
  const claims = { ...facts, userref: smsUuid(index) };
  return { token: signClaims(claims, SECRET), body: JSON.stringify(claims) };
}

test('a campaign’s reports, all at once and from one address, are all taken', async () => {
  const statuses = new Map<number, number>();
  let next = 0;
  const poster = async () => {
    while (next < REPORTS) {
      next += 1;
      const status = await post(report(next));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, poster));
  expect(Object.fromEntries(statuses)).toEqual({ 200: REPORTS });
  expect((await edge.journal.stats()).reduce((sum, { ready }) => sum + ready, 0)).toBe(REPORTS);
}, 180_000);

test.each(['/', '/readyz', '/metrics', '/api/sms/3/send', '/doctor'])('%s stays inside', async (path) => {
  expect(await post({ path })).toBe(404);
});

test('a body larger than any notification ends at the proxy', async () => {
  expect(await post({ ...report(1), body: 'x'.repeat(70_000) })).toBe(413);
});

test('plain HTTP is sent to HTTPS', async () => {
  const answer = await request(`${nginx.httpUrl}/gatewayapi/dlr`, {
    headers: { host: 'viaduct.example.com' },
  });
  await answer.body.dump();
  const { statusCode, headers } = answer;
  expect([statusCode, headers['location']]).toEqual([301, 'https://viaduct.example.com/gatewayapi/dlr']);
});

test('who guesses signatures is slowed down by his own address, whatever he says it is, and nobody else', async () => {
  const guesses: number[] = [];
  for (let guess = 0; guess < 15; guess += 1) {
    const headers = { 'x-forwarded-for': `192.0.2.${guess}` };
    guesses.push(await post({ ...report(1), token: 'a.b.c', headers, from: stranger }));
  }
  expect(guesses.filter((status) => status === 403)).toHaveLength(10);
  expect(guesses.slice(10)).toEqual([429, 429, 429, 429, 429]);
  expect(await post(report(1))).toBe(200);
});
