import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { GONE, OK, type Receiver, startReceiver } from '../../fixtures/receiver/index.ts';
import { createOdooClient } from '../../src/odoo/index.ts';
import { idOf, pressButton } from '../support/external-id.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { type Fields, odooData } from '../support/odoo-data.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { EVENT_SETTINGS, eventsAt, watchedSubscriptions } from '../support/sent-events.ts';
import { until } from '../support/until.ts';

/** From a change in a real Odoo to a receiver, and back into Odoo's log. */
let loop: Loop;
let receiver: Receiver;
let events: ReturnType<typeof watchedSubscriptions>;
let records: ReturnType<typeof odooData>;

beforeAll(async () => {
  receiver = await startReceiver();
  loop = await startLoop({ settings: EVENT_SETTINGS });
  events = watchedSubscriptions(loop.odoo);
  records = odooData(loop.odoo.execute);
}, 240_000);

afterAll(async () => {
  await loop?.dispose();
  await receiver?.stop();
});

const TYPES = ['res.partner.created', 'res.partner.updated', 'res.partner.deleted'];
const subscribe = (path: string, more: Fields = {}) =>
  events.subscribe('res.partner', TYPES, { x_url: receiver.url + path, ...more });
const write = (ids: number | number[], values: object) =>
  loop.odoo.execute('res.partner', 'write', [[ids].flat(), values]);
const seen = (path: string) => eventsAt(receiver, path);
const names = (path: string) => seen(path).map(({ event, data }) => [event, data['name']]);

describe('a change', () => {
  test('that is rolled back is never announced, and the next one is', async () => {
    await subscribe('/rolled-back');
    const id = await records.create('res.partner', { name: 'Before' });
    // The second record is not there: Odoo takes back the first write with it.
    await expect(write([id, 999_999_999], { name: 'Never' })).rejects.toThrow();
    await write(id, { name: 'After' });
    await until(
      () => names('/rolled-back'),
      (found) => found.length >= 2,
    );
    expect(names('/rolled-back')).toEqual([
      ['res.partner.created', 'Before'],
      ['res.partner.updated', 'After'],
    ]);
  });

  test('that follows another at once has its own values', async () => {
    await subscribe('/quick');
    const id = await records.create('res.partner', { name: 'Zero' });
    await Promise.all([write(id, { name: 'One' })]);
    await write(id, { name: 'Two' });
    await until(
      () => names('/quick'),
      (found) => found.length === 3,
    );
    expect(seen('/quick').map(({ data }) => [data['name'], data['old_values']])).toEqual([
      ['Zero', undefined],
      ['One', { name: 'Zero' }],
      ['Two', { name: 'One' }],
    ]);
  });

  test('is signed so that the standard’s own library takes it, with both secrets while one is replaced', async () => {
    const [secret, oldSecret] = [
      'whsec_bmV3IHNlY3JldCBvZiB0aGUgdGVzdCE=',
      'whsec_b2xkIHNlY3JldCBvZiB0aGUgdGVzdCE=',
    ];
    const rotation = { x_old_secret: oldSecret, x_old_secret_until: '2099-01-01 00:00:00' };
    await subscribe('/signed', { x_secret: secret, x_api_key: 'a-key-of-the-receiver', ...rotation });
    await records.create('res.partner', { name: 'Signed' });
    const [request] = await until(
      () => receiver.requests('/signed'),
      (found) => found.length === 1,
    );
    if (request === undefined) throw new Error('Nothing came.');
    const headers = z.record(z.string(), z.string()).parse(request.headers);
    for (const known of [secret, oldSecret])
      expect(new Webhook(known).verify(request.body, headers)).toMatchObject({
        event: 'res.partner.created',
      });
    expect(headers['authorization']).toBe('Bearer a-key-of-the-receiver');
  });

  test('made by the subscriber himself is left out, if he says who he is', async () => {
    const id = await subscribe('/own', { x_ignore_own: true });
    const [row] = z
      .array(z.object({ x_origin_token: z.string() }))
      .parse(await loop.odoo.execute('x_viaduct_subscription', 'read', [[id], ['x_origin_token']]));
    const context = { viaduct_origin: row?.x_origin_token };
    await loop.odoo.execute('res.partner', 'create', [[{ name: 'Mine' }]], { context });
    await records.create('res.partner', { name: 'Another’s' });
    await until(
      () => names('/own'),
      (found) => found.length > 0,
    );
    expect(names('/own')).toEqual([['res.partner.created', 'Another’s']]);
  });
});

describe('who reads the payload', () => {
  test('is chosen freely only by who may change Odoo’s settings', async () => {
    const groups = ['viaduct_base.group_administrator'];
    const account = await makeEmployee(loop.odoo, { name: 'Webhook Keeper', groups });
    const keeper = createOdooClient({ ...loop.odoo, ...account });
    const [modelId] = await records.search('ir.model', [['model', '=', 'res.partner']]);
    const values = { x_name: 'Mine', x_model_id: modelId ?? 0, x_url: 'https://example.com/' };
    const [own] = z
      .array(z.number())
      .parse(await keeper.call('x_viaduct_subscription', 'create', [[values]]));
    const asAdministrator = { x_user_id: await idOf(loop.odoo, 'base.user_admin') };
    const foreign = await subscribe('/foreign');
    await expect(
      keeper.call('x_viaduct_subscription', 'write', [[own ?? 0], asAdministrator]),
    ).rejects.toThrow('Only who may change the settings');
    await expect(
      keeper.call('x_viaduct_subscription', 'write', [[foreign], { x_url: 'https://evil.example/' }]),
    ).rejects.toMatchObject({ kind: 'access' });
    await keeper.stop();
  });
});

describe('what a receiver answers', () => {
  test('is in Odoo’s log, with every attempt', async () => {
    const id = await subscribe('/fails', { x_schedule: '0, 0.2, 0.2' });
    receiver.behave('/fails', { kind: 'answer', status: 500, body: 'Broken', times: 2 });
    await records.create('res.partner', { name: 'Third time lucky' });
    const Deliveries = z.array(
      z.object({ id: z.number(), x_state: z.string(), x_attempts: z.number(), x_status: z.number() }),
    );
    const fields = ['x_state', 'x_attempts', 'x_status'];
    const [delivery] = await until(
      async () =>
        Deliveries.parse(
          await loop.odoo.execute('x_viaduct_delivery', 'search_read', [
            [['x_subscription_id', '=', id]],
            fields,
          ]),
        ),
      ([found]) => found?.x_state === 'delivered',
    );
    expect(delivery).toMatchObject({ x_attempts: 3, x_status: 200 });
    const attempts = await loop.odoo.execute('x_viaduct_attempt', 'search_read', [
      [['x_delivery_id', '=', delivery?.id]],
      ['x_number', 'x_status', 'x_response'],
      ...[0, 0, 'x_number'],
    ]);
    expect(attempts).toMatchObject([
      { x_number: 1, x_status: 500, x_response: 'Broken' },
      { x_number: 2, x_status: 500, x_response: 'Broken' },
      { x_number: 3, x_status: 200 },
    ]);
    const ids = receiver.requests('/fails').map(({ headers }) => headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  });

  test('410 stops the subscription, which says so in Odoo, and keeps what is left until a person resumes it', async () => {
    const id = await subscribe('/gone');
    receiver.behave('/gone', GONE);
    await records.create('res.partner', { name: 'Nobody there' });
    expect(await condition(id, 'stopped')).toContain('410');
    receiver.behave('/gone', OK);
    await pressButton(loop.odoo, 'viaduct_events.action_resume', { model: 'x_viaduct_subscription', id });
    await condition(id, 'ok');
    await until(
      () => names('/gone').map(([, name]) => name),
      (found) => found.filter((name) => name === 'Nobody there').length === 2,
    );
  });

  test('what can never be sent is said in Odoo before anything happens, until it is mended', async () => {
    const id = await subscribe('/mended', { x_schedule: '0, soon' });
    expect(await condition(id, 'failing')).toContain('"soon" is no number of seconds');
    await loop.odoo.execute('x_viaduct_subscription', 'write', [[id], { x_schedule: '0, 60' }]);
    expect(await condition(id, 'ok')).toBe(false);
  });
});

/** Waits until Odoo shows this condition of a subscription, and gives its details. */
async function condition(id: number, wanted: string): Promise<string | false> {
  const State = z.tuple([
    z.object({ x_state: z.string(), x_state_words: z.union([z.string(), z.literal(false)]) }),
  ]);
  const fields = ['x_state', 'x_state_words'];
  const read = () => loop.odoo.execute('x_viaduct_subscription', 'read', [[id], fields]);
  const [state] = await until(
    async () => State.parse(await read()),
    ([{ x_state }]) => x_state === wanted,
  );
  return state.x_state_words;
}

test('10,000 changes made while Viaduct is down arrive afterwards, each once, in order', async () => {
  const [records, rounds] = [500, 20];
  await events.unsubscribeAll();
  await subscribe('/down', { x_concurrency: 32 });
  const rows = Array.from({ length: records }, (_, index) => ({ name: `Down ${index}`, ref: '0' }));
  const ids = z.array(z.number()).parse(await loop.odoo.execute('res.partner', 'create', [rows]));
  await until(
    () => receiver.requests('/down').length,
    (count) => count === records,
    { timeoutMs: 60_000 },
  );
  await loop.stopViaduct();
  receiver.forget();
  for (let round = 1; round <= rounds; round += 1) await write(ids, { ref: String(round) });
  await loop.startViaduct();
  await until(
    () => receiver.requests('/down').length,
    (count) => count >= records * rounds,
    { timeoutMs: 240_000 },
  );
  const refs = new Map<number, unknown[]>();
  for (const { data } of seen('/down')) refs.set(data.id, [...(refs.get(data.id) ?? []), data['ref']]);
  const inOrder = Array.from({ length: rounds }, (_, round) => String(round + 1));
  expect([...refs.keys()].sort()).toEqual([...ids].sort());
  for (const id of ids) expect(refs.get(id)).toEqual(inOrder);
}, 600_000);
