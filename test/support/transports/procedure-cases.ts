import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../src/clock.ts';
import { createKeyWatch, readHello, readKeyEnd } from '../../../src/odoo/index.ts';
import { provision } from '../../../src/odoo/provisioning/index.ts';
import type { TransportSuite } from '../describe-transport.ts';

const MANIFESTS = new URL('../../../addon-manifests', import.meta.url).pathname;

const CODE = `
payload = env.context['viaduct']
if payload.get('refuse'):
    raise UserError('Not this way.')
action = {'result': {'got': payload.get('echo'), 'su': env.su, 'login': env.user.login}}
`;

const RENEW = 'viaduct_base.renew_key';

/** What stands above the transports, over this one. */
export function procedureCases({ client, transport, world }: TransportSuite): void {
  const addon = `viaduct_try_${randomBytes(4).toString('hex')}`;
  const service = world.connect({ ...world.service, transport });

  beforeAll(async () => {
    const models = await client.call('ir.model', 'search', [[['model', '=', 'res.users']]]);
    const group = await client.call('ir.model.data', 'check_object_reference', [
      ...['viaduct_base', 'group_service'],
    ]);
    const action = await world.make('ir.actions.server', {
      ...{ name: 'Try', state: 'code', code: CODE },
      model_id: z.tuple([z.number()]).parse(models)[0],
      // Without a group, up to 18, only those may run it who may change its model.
      [world.odoo.version.groupsField]: [[6, 0, [z.tuple([z.string(), z.number()]).parse(group)[1]]]],
    });
    const reference = { model: 'ir.actions.server', res_id: action };
    await world.make('ir.model.data', { module: addon, name: 'procedure_try', ...reference });
  });

  test('a procedure gets and gives every JSON value', async () => {
    const echo = {
      texts: ['', ' é👍\r\n<&]]>', '\u0085'],
      numbers: [0, 1, -0.5, 2 ** 31, 2 ** 40, -(2 ** 53 - 1), 1e-9],
      nothing: [null, false, [], {}],
      nested: { deep: [[[null]]] },
    };
    const answer = await service.procedure(`${addon}.try`, { echo });
    expect(answer).toEqual({ got: echo, su: false, login: world.service.login });
  });

  test('a procedure costs one call, and cleans what cannot be stored', async () => {
    const before = service.callCount();
    const answer = await service.procedure(`${addon}.try`, { echo: 'a\u0000\ud800' });
    expect(answer).toMatchObject({ got: 'a\ufffd' });
    expect(service.callCount() - before).toBe(1);
  });

  test('a procedure refuses in its own words', async () => {
    await expect(service.procedure(`${addon}.try`, { refuse: true })).rejects.toMatchObject({
      ...{ kind: 'validation', outcome: 'refused' },
      message: expect.stringContaining('Not this way.'),
    });
    await expect(service.procedure(`${addon}.other`, {})).rejects.toMatchObject({
      code: 'odoo-procedure-missing',
    });
  });

  test('the database says hello', async () => {
    const hello = await readHello(service);
    expect(hello.apps).toEqual(expect.arrayContaining(['base', 'sms', 'viaduct_base']));
  });

  test('the end of the API key is told, where Odoo knows one', async () => {
    const end = await readKeyEnd(service, world.service.password);
    const hoursLeft = end === null ? null : Math.ceil((end.getTime() - Date.now()) / 3_600_000);
    expect(hoursLeft).toBe(world.major < 18 ? null : 24);
    expect(await readKeyEnd(service, 'f'.repeat(40))).toBeNull();
  });

  test('a key that ends soon is renewed, and the new one signs in', async (context) => {
    const payload = { index: world.service.password.slice(0, 8) };
    if (!world.odoo.version.keysEnd) {
      await expect(service.procedure(RENEW, payload)).rejects.toThrow(/have no end/);
      return;
    }
    const kept: string[] = [];
    const password = {
      now: () => kept.at(-1) ?? world.service.password,
      replace: async (key: string) => void kept.push(key),
    };
    const { promise: renewed, resolve, reject } = Promise.withResolvers<Date>();
    const watch = createKeyWatch({
      ...{ odoo: service, password, mayRenew: () => true, clock: systemClock },
      ...{ onRenewed: resolve, onNearEnd: (_, why) => reject(why) },
    });
    watch.start();
    context.onTestFinished(watch.stop);
    const end = await renewed;
    expect(Math.round((end.getTime() - Date.now()) / 86_400_000)).toBe(90);
    const { login } = world.service;
    const anew = world.connect({ login, password: password.now(), transport });
    expect(await readKeyEnd(anew, password.now())).toEqual(end);
    const again = anew.procedure(RENEW, { index: password.now().slice(0, 8) });
    await expect(again).rejects.toThrow(/ends within 30 days is renewed/);
  });

  test('provisioning again finds nothing to do', async () => {
    const { login } = world.service;
    const options = { manifestsDirectory: MANIFESTS, steps: [], onStep: () => {} };
    const done = await provision({
      ...{ admin: client, ...options },
      service: { login, password: 'unused', canSignIn: async () => true },
    });
    expect(done.changes).toEqual([]);
  });
}
