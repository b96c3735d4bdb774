import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { exchange, startHttpEdge } from '../../fixtures/http-edge.ts';
import { type Route, rawBody } from './index.ts';

const MIB = 1_048_576;
const head = (bytes: number) =>
  `POST /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${bytes}\r\n\r\n`;
const route: Route = {
  ...{ method: 'POST', path: '/x', rateLimit: 'none' },
  handle: async (c) => c.text(String((await rawBody(c, 8 * MIB)).length)),
};
const room = { VIADUCT_HTTP_BODIES_BYTES: String(MIB), VIADUCT_STOP_GRACE_MS: '0' };

test('long bodies are taken while there is room for them, again and again', async () => {
  await using edge = await startHttpEdge([route], room);
  for (let count = 0; count < 3; count += 1) {
    const answer = await exchange(edge.port, head(700_000) + 'x'.repeat(700_000));
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*700000$/);
  }
});

test('a long body for which there is no room is put off, a short one is taken', async () => {
  await using edge = await startHttpEdge([route], room);
  const hoarder = connect(edge.port, '127.0.0.1').on('error', () => {});
  await new Promise((resolve) => hoarder.write(head(MIB) + 'x'.repeat(900_000), resolve));
  // What was written is not yet read.
  const long = () => exchange(edge.port, head(600_000) + 'x'.repeat(600_000));
  await expect
    .poll(long)
    .toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 5\r\n[\s\S]*"code":"too-many-bodies"/i);
  expect(await exchange(edge.port, head(60_000) + 'x'.repeat(60_000))).toMatch(/^HTTP\/1\.1 200 /);
  hoarder.destroy();
});

test('the room of a client that goes away is free again', async () => {
  await using edge = await startHttpEdge([route], room);
  const hoarder = connect(edge.port, '127.0.0.1').on('error', () => {});
  await new Promise((resolve) => hoarder.write(head(MIB) + 'x'.repeat(900_000), resolve));
  hoarder.resetAndDestroy();
  const again = () => exchange(edge.port, head(900_000) + 'x'.repeat(900_000));
  await expect.poll(again).toMatch(/^HTTP\/1\.1 200 /);
});
