import { describe, expect, test } from 'vitest';
import { sampleSubscription } from '../../../fixtures/events-subscription.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { resolveDestination } from './destination.ts';
import { DEFAULT_SCHEDULE } from './schedule.ts';

const environment = { VIADUCT_SECRET_KEY: 'key-1', VIADUCT_SECRET_BAD: 'two\nlines', ODOO_PASSWORD: 'admin' };

const resolve = (rest: Partial<Subscription> = {}) =>
  resolveDestination(sampleSubscription('https://x.example/', rest), {
    secretsFolder: undefined,
    environment,
  });

describe('the destination of a subscription', () => {
  test('has what the subscription says', async () => {
    expect(await resolve()).toMatchObject({
      ...{ subscriptionId: 7, problem: null, timeoutMs: 15_000, concurrency: 4, hmacHeader: null },
      ...{ schedule: DEFAULT_SCHEDULE, oldSecret: null, isPaused: false, resumedAt: null },
    });
  });

  test('takes secrets from where they are named', async () => {
    const named = await resolve({ secret: 'env:VIADUCT_SECRET_KEY', apiKey: 'env:VIADUCT_SECRET_KEY' });
    expect(named).toMatchObject({ secret: 'key-1', apiKey: 'key-1', problem: null });
  });

  test('stays within what Viaduct allows', async () => {
    const wild = { timeoutSeconds: 9_999, concurrency: 0, ratePerSecond: -1, maxBytes: 1e12 };
    expect(await resolve(wild)).toMatchObject({
      ...{ timeoutMs: 120_000, concurrency: 1, ratePerSecond: 0, maxBytes: 16_777_216 },
    });
  });

  test.each([
    [{ url: 'not a url' }, 'The URL is none. Write it as https://host/path.'],
    [{ url: 'https://{{ host }}/' }, 'A variable of the URL may only stand behind the host.'],
    [{ secret: 'whsec_???' }, 'The signing secret has characters behind whsec_'],
    [{ secret: 'env:VIADUCT_SECRET_NONE' }, 'VIADUCT_SECRET_NONE is not set where Viaduct runs.'],
    [{ apiKey: 'env:ODOO_PASSWORD' }, 'the name must begin with VIADUCT_SECRET_'],
    [{ apiKey: 'two words' }, 'The API key holds characters that no key has.'],
    [{ hmac: true, secret: '' }, 'An HMAC needs a signing secret'],
    [{ hmac: true, hmacHeader: 'two words' }, 'The header of the HMAC is no header name.'],
    [
      { hmac: true, hmacHeader: 'Webhook-Signature' },
      'The HMAC cannot stand in the header webhook-signature',
    ],
    [{ hmac: true, hmacHeader: 'Authorization' }, 'The HMAC cannot stand in the header authorization'],
    [{ schedule: '0, soon' }, 'The schedule cannot be used: "soon"'],
    [{ headers: 'no colon' }, 'A line of the headers is not written as Name: value.'],
    [{ headers: 'Bad Name: x' }, 'A line of the headers is not written as Name: value.'],
    [{ headers: 'Content-Type: text/plain' }, 'The header Content-Type is set by Viaduct'],
    [{ headers: 'webhook-id: mine' }, 'The header webhook-id is set by Viaduct'],
    [{ headers: 'Host: other.example' }, 'The header Host is set by Viaduct'],
    [{ headers: 'Authorization: Basic x', apiKey: 'k' }, 'The header Authorization is set by Viaduct'],
    [{ headers: 'X-Signature: x', hmac: true }, 'The header X-Signature is set by Viaduct'],
    [{ headers: 'X-A: env:VIADUCT_SECRET_BAD' }, 'The header X-A has characters that no header may have.'],
    [{ headers: 'X-A: ü' }, 'The header X-A has characters that no header may have.'],
  ])('%o has a problem, told in words', async (rest, problem) => {
    expect((await resolve(rest)).problem).toContain(problem);
  });

  test('takes a header Authorization where there is no API key, and keeps all of these from the log', async () => {
    const { headers, problem } = await resolve({ headers: 'Authorization: Basic abc\nX-Plain: 1' });
    expect(problem).toBeNull();
    expect(headers.map(({ name, isSecret }) => [name, isSecret])).toEqual([
      ['Authorization', true],
      ['X-Plain', false],
    ]);
  });

  test('never repeats a line of headers that it cannot read', async () => {
    expect((await resolve({ headers: 'Bearer secret-token' })).problem).not.toContain('secret-token');
  });
});
