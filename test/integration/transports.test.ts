import { request } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { startSmallServer } from '../../fixtures/odoo-rpc-server.ts';
import { describeTransport } from '../support/describe-transport.ts';
import { openWorld } from '../support/transports/world.ts';

const world = await openWorld();
afterAll(() => world.dispose());

describeTransport('json-rpc', world);
describeTransport('json-2', world);
describeTransport('xml-rpc', world);

/** Odoo behind a proxy that does not let these paths pass. */
function withoutPaths(closed: readonly string[]) {
  const odoo = new URL(world.odoo.url);
  return startSmallServer((incoming, outgoing) => {
    const { method, url: path = '', headers } = incoming;
    if (closed.some((start) => path.startsWith(start))) {
      outgoing.writeHead(404, { 'content-type': 'text/html' }).end('<title>Not here</title>');
      return;
    }
    const { hostname, port } = odoo;
    const passed = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
}

test.each([
  [[], 'json-rpc'],
  [['/jsonrpc'], world.major < 19 ? 'xml-rpc' : 'json-2'],
  [['/jsonrpc', '/json/'], 'xml-rpc'],
  [['/xmlrpc', '/json/'], 'json-rpc'],
])('auto finds the way where %j are closed', async (closed, expected) => {
  await using proxy = await withoutPaths(closed);
  const client = world.connect({ ...world.admin, url: proxy.url });
  await expect(client.call('res.users', 'context_get', [])).resolves.toMatchObject({ lang: 'en_US' });
  expect(client.transport()).toBe(expected);
  await client.stop();
});

test('auto goes on by XML-RPC with a password, and says what is wrong where nothing is left', async () => {
  await using onlyOld = await withoutPaths(['/jsonrpc']);
  const byPassword = world.connect({ url: onlyOld.url });
  await byPassword.call('res.users', 'context_get', []);
  expect(byPassword.transport()).toBe('xml-rpc');
  await byPassword.stop();

  await using closed = await withoutPaths(['/jsonrpc', '/json/', '/xmlrpc']);
  const nowhere = world.connect({ url: closed.url });
  await expect(nowhere.call('res.users', 'context_get', [])).rejects.toMatchObject({
    ...{ kind: 'protocol', outcome: 'not-done', retry: 'after-config', code: 'odoo-transport-absent' },
  });
  await nowhere.stop();
});
