import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../../src/odoo/index.ts';
import type { TransportSuite } from '../describe-transport.ts';

type Refusal = [
  name: string,
  model: string,
  method: string,
  args: readonly Json[],
  kind: string,
  retry: string,
];

const REFUSALS: readonly Refusal[] = [
  ['a private method', 'res.partner', '_compute_display_name', [[1]], 'access', 'after-config'],
  ['a constraint', 'res.users', 'create', [[{ name: 'Again', login: '__default__' }]], 'validation', 'alone'],
  ['a model that is not there', 'no.such.model', 'read', [[1]], 'validation', 'alone'],
  ['a method that is not there', 'res.partner', 'no_such_method', [[1]], 'protocol', 'later'],
  ['a record that is not there', 'res.partner', 'write', [[999_999_999], { name: 'x' }], 'missing', 'alone'],
  ['a field that is not there', 'res.partner', 'create', [[{ nope: 1 }]], 'protocol', 'later'],
  ['words of Odoo’s own', 'res.company', 'unlink', [[1]], 'validation', 'alone'],
];

/** Every refusal has the same kind, outcome and verdict over each transport. */
export function errorCases({ client, transport, world }: TransportSuite): void {
  const { admin, service, odoo } = world;
  const outcomeOf = (settings: Parameters<typeof world.connect>[0]) =>
    world
      .connect({ ...admin, transport, ...settings })
      .call('res.users', 'context_get', [])
      .catch((error: unknown) => error);

  test.each(REFUSALS)('%s is refused', async (_name, model, method, args, kind, retry) => {
    if (_name === 'a constraint')
      await world.make('res.users', { name: 'Again', login: `again-${transport}` });
    const given = JSON.parse(JSON.stringify(args).replace('__default__', `again-${transport}`));
    await expect(client.call(model, method, given)).rejects.toMatchObject({
      ...{ name: 'OdooError', kind, outcome: 'refused', retry },
      message: expect.stringMatching(/^Odoo answered .{10,}/),
    });
  });

  test('a user without rights is refused', async () => {
    const call = world
      .connect({ ...service, transport })
      .call('ir.config_parameter', 'set_param', ['x', 'y']);
    await expect(call).rejects.toMatchObject({ kind: 'access', outcome: 'refused', retry: 'after-config' });
  });

  test('a named argument that the method does not have is refused', async () => {
    const call = client.call('res.partner', 'search', [[]], { kwargs: { nope: 1 } });
    await expect(call).rejects.toMatchObject({ kind: 'protocol', outcome: 'refused', retry: 'later' });
  });

  test('a wrong password is refused, and asked about once', async () => {
    const stranger = world.connect({ ...admin, password: randomUUID(), transport });
    for (const _ of [1, 2]) {
      await expect(stranger.call('res.users', 'context_get', [])).rejects.toMatchObject({
        ...{ kind: 'auth', outcome: 'refused', retry: 'after-config' },
        message: expect.stringContaining('refused the login'),
      });
    }
    expect(stranger.callCount()).toBe(1);
  });

  test('a key of somebody else is refused', async () => {
    expect(await outcomeOf({ password: service.password })).toMatchObject({
      kind: 'auth',
      outcome: 'refused',
    });
  });

  test('a database that is not there has done nothing', async () => {
    const error = await outcomeOf({ database: 'no_such_database', limits: { attempts: 1 } });
    expect(error).toMatchObject({ kind: 'unavailable', outcome: 'not-done', retry: 'later' });
    expect(error).toMatchObject({ message: expect.stringContaining('no_such_database') });
  });

  test('a place where nobody listens has done nothing', async () => {
    const error = await outcomeOf({ url: 'http://127.0.0.1:9', limits: { attempts: 1 } });
    expect(error).toMatchObject({ kind: 'unavailable', outcome: 'not-done' });
  });

  test('a path that is not Odoo’s is told as an address', async () => {
    const error = await outcomeOf({ url: `${odoo.url}/no/such/path` });
    expect(error).toMatchObject({ kind: 'protocol', outcome: 'not-done', retry: 'after-config' });
  });

  test('an answer that takes too long is given up, and may have been done', async () => {
    const id = await world.make('ir.actions.server', {
      ...{ name: 'Slow', state: 'code', model_id: await partnerModel() },
      code: "env.cr.execute('select pg_sleep(2)')\naction = {'result': 1}",
    });
    const slow = client.call('ir.actions.server', 'run', [[id]], { timeoutMs: 300 });
    await expect(slow).rejects.toMatchObject({
      kind: 'unavailable',
      outcome: 'unknown',
      code: 'odoo-unavailable',
    });
    const giveUp = new AbortController();
    const given = client.call('ir.actions.server', 'run', [[id]], { signal: giveUp.signal });
    setTimeout(() => giveUp.abort(), 200);
    await expect(given).rejects.toMatchObject({ code: 'odoo-cancelled', outcome: 'unknown' });
  });

  test('what is too large is not sent, or not read', async () => {
    const small = world.connect({
      ...admin,
      transport,
      limits: { requestBytes: 20_000, responseBytes: 5_000 },
    });
    await small.call('res.users', 'context_get', []);
    const before = small.callCount();
    const text = 'x'.repeat(20_000);
    await expect(small.call('res.partner', 'create', [[{ name: text }]])).rejects.toMatchObject({
      ...{ kind: 'limit', outcome: 'not-done' },
    });
    expect(small.callCount()).toBe(before);
    const much = small.call('res.country', 'search_read', [[], ['name', 'code', 'currency_id']]);
    await expect(much).rejects.toMatchObject({ kind: 'limit', outcome: 'unknown' });
  });

  async function partnerModel(): Promise<number> {
    const found = await client.call('ir.model', 'search', [[['model', '=', 'res.partner']]]);
    return z.tuple([z.number()]).parse(found)[0];
  }
}
