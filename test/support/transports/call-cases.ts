import { expect, test } from 'vitest';
import { z } from 'zod';
import type { TransportSuite } from '../describe-transport.ts';

/** How calls are counted, shared out and named. */
export function callCases({ client, transport, world }: TransportSuite): void {
  test('the version is told without a login', async () => {
    const stranger = world.connect({ login: 'nobody', password: 'nothing', transport });
    expect(await stranger.version()).toMatchObject({ major: world.major, edition: expect.any(String) });
    expect(stranger.callCount()).toBe(1);
    expect(stranger.transport()).toBe(transport);
  });

  test('one call is one request, once logged in', async () => {
    await client.call('res.users', 'context_get', []);
    const before = client.callCount();
    await client.call('res.partner', 'search_read', [[], ['name']], { kwargs: { limit: 1 } });
    expect(client.callCount() - before).toBe(1);
  });

  test('the installed apps are told to the service too', async () => {
    const service = world.connect({ ...world.service, transport });
    expect(await service.apps()).toEqual(await client.apps());
  });

  test('many calls at the same time get each its own answer', async () => {
    const ids = z
      .array(z.number())
      .parse(await client.call('res.country', 'search', [[]], { kwargs: { limit: 60 } }));
    const answers = await Promise.all(
      ids.map((id) => client.call('res.country', 'read', [[id], ['code']], { idempotent: true })),
    );
    expect(answers).toEqual(ids.map((id) => [{ id, code: expect.any(String) }]));
  });

  test('colliding writes are taken, each of them', async () => {
    const id = await world.make('res.partner', { name: 'Counted' });
    const writes = Array.from({ length: 8 }, (_, index) =>
      client.call('res.partner', 'write', [[id], { ref: String(index) }]),
    );
    expect(await Promise.all(writes)).toEqual(Array(8).fill(true));
  });

  test('the caller’s values stay as they were', async () => {
    const args = [[['name', '=', 'a\u0000']], 0, 1];
    const kwargs = { order: 'id', context: { lang: 'en_US' } };
    await client.call('res.partner', 'search', args, { kwargs });
    expect(args).toEqual([[['name', '=', 'a\u0000']], 0, 1]);
    expect(kwargs).toEqual({ order: 'id', context: { lang: 'en_US' } });
  });
}
