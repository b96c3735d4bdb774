import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { exchange, startHttpEdge } from '../../fixtures/http-edge.ts';
import type { Route } from './index.ts';

const LONG = 'x'.repeat(100_000);
const route = (handle: Route['handle'], method: Route['method'] = 'GET'): Route => ({
  ...{ method, path: '/x', rateLimit: 'none', handle },
});

test.each([
  ['is no HTTP', 'hello\r\n\r\n', 400],
  ['has no host', 'GET /x HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
  ['has a host that is none', 'GET /x HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n', 400],
  ['has an address that is none', 'GET x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
  ['expects what nobody knows', 'GET /x HTTP/1.1\r\nhost: a\r\nexpect: it\r\nconnection: close\r\n\r\n', 417],
  ['has too long a head', `GET /x HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('a request that %s gets the headers and the id of every answer', async (_, text, status) => {
  await using edge = await startHttpEdge([route((c) => c.text('fine'))]);
  const answer = await exchange(edge.port, text);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toMatch(/\r\nx-request-id: [\w-]{8,}\r\n/i);
  expect(answer).toMatch(/\r\nx-content-type-options: nosniff\r\n/i);
});

test.each([
  ['is no HTTP', 'hello\r\n\r\n'],
  ['has a host that is none', 'GET /x HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n'],
])('a request that %s is told so as a problem', async (_, text) => {
  await using edge = await startHttpEdge([]);
  expect(await exchange(edge.port, text)).toMatch(
    /\r\ncontent-type: application\/problem\+json\r\n[\s\S]*"code":"malformed-request"/i,
  );
});

test('rubbish behind a request is never answered in the middle of its answer', async () => {
  const half = Promise.withResolvers<void>();
  const unfinished = route((c) => {
    const { outgoing } = c.env;
    outgoing.writeHead(200, { 'content-length': '1000' });
    outgoing.write('the first half', () => half.resolve());
    return new Promise(() => {});
  });
  await using edge = await startHttpEdge([unfinished], { VIADUCT_STOP_GRACE_MS: '0' });
  const socket = connect(edge.port, '127.0.0.1');
  let received = '';
  socket
    .on('error', () => {})
    .on('data', (bytes) => {
      received += bytes.toString();
    });
  socket.write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
  await half.promise;
  socket.write('rubbish\r\n\r\n');
  await new Promise((resolve) => socket.on('close', resolve));
  expect(received).toMatch(/^HTTP\/1\.1 200 /);
  expect(received).not.toContain('malformed-request');
});

test('who does not read his answers loses his connection', async () => {
  const limits = { VIADUCT_HTTP_RECEIVE_TIMEOUT_MS: '100', VIADUCT_HTTP_ANSWER_TIMEOUT_MS: '100' };
  const closed = Promise.withResolvers<void>();
  const long = route((c) => {
    c.env.outgoing.once('close', () => closed.resolve());
    return c.text(LONG.repeat(200));
  });
  await using edge = await startHttpEdge([long], limits);
  const socket = connect(edge.port, '127.0.0.1').pause();
  socket.on('error', () => {}).write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
  await closed.promise;
  const rest = new Promise<number>((resolve) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('close', () => resolve(bytes));
  });
  socket.resume();
  expect(await rest).toBeLessThan(LONG.length * 200);
});
