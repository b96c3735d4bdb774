import { expect, test } from 'vitest';
import type { TransportSuite } from '../describe-transport.ts';

/** Where Odoo does not have the transport: refused before anything is done, with the cure. */
export function absentCases({ client, world }: TransportSuite): void {
  const refusal = {
    kind: 'protocol',
    outcome: 'not-done',
    retry: 'after-config',
    code: 'odoo-transport-absent',
    message: expect.stringMatching(/JSON-2.*ODOO_TRANSPORT/),
  };

  test('a call is refused with what to do', async () => {
    await expect(client.call('res.users', 'context_get', [])).rejects.toMatchObject(refusal);
    await expect(client.call('res.partner', 'create', [[{ name: 'Never' }]])).rejects.toMatchObject(refusal);
  });

  test('auto finds the way that is there', async () => {
    const auto = world.connect(world.admin);
    await expect(auto.call('res.users', 'context_get', [])).resolves.toMatchObject({
      lang: expect.any(String),
    });
    expect(auto.transport()).toBe('json-rpc');
  });
}
