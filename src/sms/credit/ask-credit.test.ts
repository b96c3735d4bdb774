import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { startSmallServer } from '../../../fixtures/odoo-rpc-server.ts';
import { askCredit } from './ask-credit.ts';

async function ask(listener: RequestListener, timeLimitMs = 5_000) {
  await using server = await startSmallServer(listener);
  return await askCredit({ baseUrl: server.url, token: 'the-token' }, AbortSignal.timeout(timeLimitMs));
}

test.each([
  ['a decimal text', '{"id":1,"credit":"12.50","currency":"DKK"}', 12.5],
  ['a number, as it was before', '{"id":1,"credit":-3,"currency":"DKK"}', -3],
])('reads credit given as %s', async (_what, body, credit) => {
  expect(await ask((_request, response) => response.end(body))).toEqual({
    kind: 'known',
    credit,
    currency: 'DKK',
  });
});

test('gives the token as GatewayAPI wants it', async () => {
  let seen: unknown;
  await ask((request, response) => {
    seen = [request.method, request.url, request.headers.authorization];
    response.end('{}');
  });
  expect(seen).toEqual(['GET', '/rest/me', 'Token the-token']);
});

test.each([
  [401, 'refused', /refused the token with status 401/],
  [403, 'refused', /refused the token with status 403/],
  [500, 'unreachable', /answered with status 500/],
  [302, 'unreachable', /answered with status 302/],
])('tells a status of %i as %s', async (status, kind, words) => {
  const found = await ask((_request, response) =>
    response.writeHead(status).end('{"credit":1,"currency":"DKK"}'),
  );
  expect(found).toMatchObject({ kind, words: expect.stringMatching(words) });
});

test.each(['<html>', '{"credit":null,"currency":"DKK"}', '{"credit":"","currency":"DKK"}', '[]'])(
  'takes %s for no answer of GatewayAPI, without quoting it',
  async (body) => {
    const found = await ask((_request, response) => response.end(body));
    expect(found).toMatchObject({
      kind: 'unreachable',
      words: expect.stringMatching(/but not as GatewayAPI does\.$/),
    });
  },
);

test('ends within its time, also where the body never ends', async () => {
  const found = await ask((_request, response) => response.writeHead(200).write('{"credit":'), 100);
  expect(found).toMatchObject({
    kind: 'unreachable',
    words: expect.stringContaining('did not answer in time'),
  });
});

test('says that nobody listens', async () => {
  const found = await askCredit({ baseUrl: 'http://127.0.0.1:1', token: 't' }, AbortSignal.timeout(5_000));
  expect(found).toMatchObject({ kind: 'unreachable', words: expect.stringContaining('cannot be reached') });
});
