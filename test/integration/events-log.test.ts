import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json } from '../../src/odoo/index.ts';
import { idOf, pressButton } from '../support/external-id.ts';
import { type EventsOdoo, odooEvents, startEventsOdoo } from '../support/odoo-events.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { makeEmployee } from '../support/odoo-users.ts';

let place: EventsOdoo;
let events: ReturnType<typeof odooEvents>;
let subscription: number;

beforeAll(async () => {
  place = await startEventsOdoo();
  events = odooEvents(place.odoo);
});

beforeEach(async () => {
  subscription = await events.subscribe();
});

afterAll(() => place?.dispose());

/** Runs a procedure as Viaduct does. */
const run = (name: string, payload: Record<string, Json>): Promise<unknown> =>
  place.service.procedure(`viaduct_events.${name}`, { database: place.databaseUuid, ...payload });

let nextKey = 0;

/** A line of the log as Viaduct writes it after a first attempt that failed. */
function line(values: Readonly<Record<string, Json>> = {}) {
  nextKey += 1;
  return {
    ...{ key: `event-${nextKey}:${subscription}`, rank: 1, direction: 'out', type: 'res.partner.updated' },
    ...{ eventKey: `event-${nextKey}`, subscriptionId: subscription, sourceId: null },
    ...{ model: 'res.partner', recordId: 7, state: 'waiting', status: 503, errorClass: 'status-5xx' },
    ...{
      durationMs: 120.4,
      url: 'https://example.com/hook',
      method: 'POST',
      requestHeaders: 'webhook-id: 1',
    },
    ...{ body: '{"event":"res.partner.updated"}', response: 'Sorry', eventAt: '2026-01-22T10:00:00Z' },
    ...{ firstAt: '2026-01-22T10:00:01Z', endedAt: null, nextAt: '2026-01-22T10:00:03Z' },
    attempts: [attempt(1, '2026-01-22T10:00:01.250Z', { status: 503, errorClass: 'status-5xx' })],
    ...values,
  };
}

const attempt = (number: number, at: string, values: Readonly<Record<string, Json>> = {}) => ({
  ...{ number, at, url: 'https://example.com/hook', status: 200, durationMs: 80, errorClass: null },
  ...{ words: null, response: 'Answer', ...values },
});

const FAILED = { state: 'failed', nextAt: null, endedAt: '2026-01-22T10:05:00Z' };

/** Makes one delivery and gives its row. */
async function logged(values: Readonly<Record<string, Json>> = {}) {
  const given = line(values);
  await run('log', { deliveries: [given] });
  const [row] = await events.deliveries([['x_key', '=', given.key]]);
  if (row === undefined) throw new Error(`There is no delivery ${given.key}.`);
  return { ...row, line: given };
}

const rowOf = async (id: number) => (await events.deliveries([['id', '=', id]]))[0];

/** Runs code in Odoo as its administrator, for what no administrator could do by hand. */
async function runCode(code: string): Promise<void> {
  await (await odooSms(place.odoo).action(code))();
}

describe('the log of deliveries', () => {
  test('takes a batch in one call, with every attempt', async () => {
    const [first, second] = [line(), line({ recordId: 5_000_000_000, subscriptionId: 999_999 })];
    expect(await run('log', { deliveries: [first, second] })).toMatchObject({
      held: false,
      identity: { uuid: place.databaseUuid },
    });
    const rows = await events.deliveries([['x_key', 'in', [first.key, second.key]]]);
    expect(rows).toMatchObject([
      {
        ...{ x_name: 'res.partner.updated 7', x_direction: 'out', x_state: 'waiting', x_attempts: 1 },
        ...{ x_subscription_id: [subscription, 'Shop'], x_status: 503, x_error_class: 'status-5xx' },
        ...{ x_duration_ms: 120, x_body: '{"event":"res.partner.updated"}', x_response: 'Sorry' },
        ...{ x_event_at: '2026-01-22 10:00:00', x_next_at: '2026-01-22 10:00:03', x_ended_at: false },
        ...{ x_hour: '2026-01-22 10:00', x_request_headers: 'webhook-id: 1', x_removed: false },
      },
      { x_name: 'res.partner.updated 5000000000', x_record_id: 0, x_subscription_id: false },
    ]);
    expect(await events.attempts(rows[0]?.id ?? 0)).toMatchObject([
      { x_number: 1, x_at: '2026-01-22 10:00:01', x_status: 503, x_url: 'https://example.com/hook' },
    ]);
  });

  test('goes forward only, and twice the same changes nothing', async () => {
    const { id, line: waiting } = await logged();
    const delivered = {
      ...{ key: waiting.key, rank: 5, state: 'delivered', status: 204, durationMs: 40, response: 'Thanks' },
      ...{
        endedAt: '2026-01-22T10:00:04Z',
        attempts: [attempt(2, '2026-01-22T10:00:03.9Z', { status: 204 })],
      },
    };
    for (let turn = 0; turn < 2; turn += 1) await run('log', { deliveries: [waiting, delivered] });
    await run('log', { deliveries: [{ ...waiting, rank: 4 }] });
    expect(await rowOf(id)).toMatchObject({
      ...{ x_state: 'delivered', x_rank: 5, x_status: 204, x_error_class: false, x_duration_ms: 40 },
      ...{ x_attempts: 2, x_next_at: false, x_ended_at: '2026-01-22 10:00:04', x_success: 100 },
      ...{
        x_body: '{"event":"res.partner.updated"}',
        x_response: 'Thanks',
        x_first_at: '2026-01-22 10:00:01',
      },
    });
    expect((await events.attempts(id)).map(({ x_number }) => x_number)).toEqual([1, 2]);
  });

  test('takes nothing for another database', async () => {
    const given = line();
    expect(await run('log', { database: 'another', deliveries: [given] })).toMatchObject({ held: true });
    expect(await events.deliveries([['x_key', '=', given.key]])).toEqual([]);
  });

  test('is summed up in the subscription for the last seven days', async () => {
    await run('log', {
      deliveries: [
        ...[60, 100].map((durationMs) => line({ state: 'delivered', durationMs })),
        ...[line({ state: 'delivered', durationMs: 20 }), line({ ...FAILED, durationMs: 9000 }), line()],
      ],
    });
    const count = z.number();
    const shape = { x_sent_count: count, x_failed_count: count, x_success_rate: count, x_mean_ms: count };
    expect(await events.read('x_viaduct_subscription', subscription, shape)).toMatchObject({
      ...{ x_sent_count: 3, x_failed_count: 1, x_success_rate: 0.75, x_mean_ms: 60 },
    });
  });
});

describe('the report on a subscription', () => {
  const SHAPE = {
    ...{ x_state: z.string(), x_state_words: z.unknown(), x_failing_since: z.unknown() },
    ...{ x_test_result: z.unknown(), x_test_asked_at: z.unknown() },
    ...{ x_preview: z.unknown(), x_preview_asked_at: z.unknown() },
  };
  const todos = () =>
    place.odoo.execute('mail.activity', 'search_read', [
      [
        ['res_model', '=', 'x_viaduct_subscription'],
        ['res_id', '=', subscription],
      ],
      ['summary', 'user_id'],
    ]);
  const notes = () =>
    events.ids('mail.message', [
      ['model', '=', 'x_viaduct_subscription'],
      ['res_id', '=', subscription],
      ['body', 'ilike', 'destination'],
    ]);

  test('gives the owner of a paused destination one To-Do, which is done when it recovers', async () => {
    const failingSince = '2026-01-22T10:00:00Z';
    const paused = { subscription, state: 'paused', words: 'timeout <10 times>', failingSince };
    for (let turn = 0; turn < 2; turn += 1) await run('report', { states: [paused] });
    expect(await events.read('x_viaduct_subscription', subscription, SHAPE)).toMatchObject({
      ...{ x_state: 'paused', x_state_words: 'timeout <10 times>', x_failing_since: '2026-01-22 10:00:00' },
    });
    expect(await todos()).toMatchObject([
      { summary: 'Webhook paused: Shop', user_id: [2, expect.any(String)] },
    ]);
    expect(await notes()).toHaveLength(1);
    await run('report', { states: [{ subscription, state: 'stopped', words: '410', failingSince }] });
    expect(await todos()).toMatchObject([{ summary: 'Webhook stopped: Shop' }]);
    await run('report', { states: [{ subscription, state: 'ok', words: null, failingSince: null }] });
    expect(await todos()).toEqual([]);
    expect(await events.read('x_viaduct_subscription', subscription, SHAPE)).toMatchObject({
      ...{ x_state: 'ok', x_state_words: false, x_failing_since: false },
    });
  });

  test('answers a test and a preview that were asked for', async () => {
    for (const button of ['action_send_test', 'action_preview']) await press(button);
    const asked = await events.read('x_viaduct_subscription', subscription, SHAPE);
    expect(asked?.x_test_asked_at).not.toBe(false);
    expect(asked?.x_preview_asked_at).not.toBe(false);
    await run('report', {
      tests: [{ subscription, result: 'OK: 200 in 12 ms' }],
      previews: [{ subscription, text: '{"id": 7}' }],
    });
    expect(await events.read('x_viaduct_subscription', subscription, SHAPE)).toMatchObject({
      ...{ x_test_result: 'OK: 200 in 12 ms', x_test_asked_at: false },
      ...{ x_preview: '{"id": 7}', x_preview_asked_at: false },
    });
  });
});

const press = (button: string) =>
  pressButton(place.odoo, `viaduct_events.${button}`, { model: 'x_viaduct_subscription', id: subscription });

/** Fills in a dialog and presses its button. */
async function ask(dialog: 'replay' | 'expunge', values: Readonly<Record<string, Json>>): Promise<void> {
  const model = `x_viaduct_${dialog}`;
  const id = await events.create(model, values);
  await pressButton(place.odoo, `viaduct_events.action_${dialog}`, { model, id });
}

const chosen = (...ids: number[]) => ({ x_delivery_ids: [[6, 0, ids]] });

describe('a replay', () => {
  test('is asked for one delivery, and taken back once Viaduct has sent it', async () => {
    const { id } = await logged(FAILED);
    await ask('replay', chosen(id));
    expect((await rowOf(id))?.x_replay_asked_at).not.toBe(false);
    await expect(ask('replay', chosen(id))).rejects.toThrow('1 still waiting');
    await run('report', { replayed: [id] });
    expect((await rowOf(id))?.x_replay_asked_at).toBe(false);
  });

  test('is refused with words for what waits, was received or has no content', async () => {
    const failed = await logged(FAILED);
    const waiting = await logged();
    const received = await logged({ direction: 'in', state: 'received', subscriptionId: null });
    const removed = await logged(FAILED);
    await ask('expunge', chosen(removed.id));
    const all = chosen(failed.id, waiting.id, received.id, removed.id);
    await expect(ask('replay', all)).rejects.toThrow(
      /Nothing was replayed.*1 still waiting.*1 without content.*1 received/s,
    );
    expect((await rowOf(failed.id))?.x_replay_asked_at).toBe(false);
  });

  test('of all that failed since a time leaves the older ones and other subscriptions alone', async () => {
    const [old, since] = ['2026-02-01T08:00:00Z', '2026-02-01T10:00:00Z'];
    const before = await logged({ ...FAILED, endedAt: old });
    const after = await logged({ ...FAILED, endedAt: since });
    const delivered = await logged({ state: 'delivered', endedAt: since });
    const elsewhere = await logged({
      ...FAILED,
      ...{ endedAt: since, subscriptionId: await events.subscribe({ x_name: 'Other' }) },
    });
    await ask('replay', { x_since: '2026-02-01 09:00:00', x_subscription_id: subscription });
    const asked = await events.ids('x_viaduct_delivery', [
      ['id', 'in', [before.id, after.id, delivered.id, elsewhere.id]],
      ['x_replay_asked_at', '!=', false],
    ]);
    expect(asked).toEqual([after.id]);
  });
});

test('content is removed on request, also of what is written later, but not of what waits', async () => {
  const { id, line: failed } = await logged({ ...FAILED, recordId: 4711 });
  const waiting = await logged({ recordId: 4711 });
  const other = await logged(FAILED);
  await ask('expunge', { x_model: 'res.partner', x_record_id: 4711 });
  await run('log', {
    deliveries: [{ ...failed, rank: 9, attempts: [attempt(2, '2026-01-22T11:00:00Z', { words: 'late' })] }],
  });
  const removed = {
    x_url: false,
    x_body: false,
    x_response: false,
    x_request_headers: false,
    x_removed: true,
  };
  expect(await rowOf(id)).toMatchObject({ ...removed, x_state: 'failed', x_record_id: 4711 });
  expect(await events.attempts(id)).toMatchObject([
    { x_number: 1, x_url: false, x_response: false },
    { x_number: 2, x_url: false, x_words: false, x_response: false },
  ]);
  expect((await rowOf(waiting.id))?.x_removed).toBe(false);
  expect((await rowOf(other.id))?.x_body).toBe('{"event":"res.partner.updated"}');
  await expect(ask('expunge', { x_model: 'res.partner', x_record_id: 4711 })).rejects.toThrow(
    'There is nothing to remove',
  );
});

test('old deliveries are deleted every day, but for those that wait', async () => {
  const [database = 0] = await events.ids('x_viaduct_database', []);
  const days = { x_event_days: z.number() };
  expect(await events.read('x_viaduct_database', database, days)).toEqual({ x_event_days: 15 });
  const [old, waiting, recent] = [await logged(FAILED), await logged(), await logged(FAILED)];
  await runCode(
    `env.cr.execute("update x_viaduct_delivery set create_date = create_date - interval '16 days' where id in (${old.id}, ${waiting.id})")`,
  );
  const cron = await idOf(place.odoo, 'viaduct_events.ir_cron_delivery_retention');
  const left = async () => {
    await place.odoo.execute('ir.cron', 'method_direct_trigger', [[cron]]);
    return events.ids('x_viaduct_delivery', [['id', 'in', [old.id, waiting.id, recent.id]]]);
  };
  const setDays = (x_event_days: number) =>
    place.odoo.execute('x_viaduct_database', 'write', [[database], { x_event_days }]);
  await setDays(0);
  expect(await left()).toEqual([old.id, waiting.id, recent.id]);
  await setDays(15);
  expect(await left()).toEqual([waiting.id, recent.id]);
  expect(await events.attempts(old.id)).toEqual([]);
});

describe('the buttons of a subscription', () => {
  const SECRETS = { x_secret: z.string(), x_old_secret: z.unknown(), x_old_secret_until: z.unknown() };

  test('rotate the secret, and keep the old one for a day', async () => {
    const before = await events.read('x_viaduct_subscription', subscription, SECRETS);
    expect(before).toMatchObject({ x_old_secret: false, x_old_secret_until: false });
    await press('action_rotate_secret');
    const after = await events.read('x_viaduct_subscription', subscription, SECRETS);
    const key = /^whsec_([A-Za-z0-9+/]{43}=)$/.exec(after?.x_secret ?? '')?.[1] ?? '';
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(after?.x_secret).not.toBe(before?.x_secret);
    expect(after?.x_old_secret).toBe(before?.x_secret);
    const until = Date.parse(`${after?.x_old_secret_until}Z`);
    expect(Math.abs(until - Date.now() - 24 * 3_600_000)).toBeLessThan(10 * 60_000);
  });

  test('pause it and go on, also after Viaduct stopped it', async () => {
    const shape = { x_paused: z.boolean(), x_state: z.string() };
    const read = () => events.read('x_viaduct_subscription', subscription, shape);
    await press('action_pause');
    expect(await read()).toMatchObject({ x_paused: true });
    await run('report', { states: [{ subscription, state: 'stopped', words: '410', failingSince: null }] });
    await press('action_resume');
    expect(await read()).toMatchObject({ x_paused: false, x_state: 'ok' });
  });

  test('make a button on the model, which sends what its user can read and goes with the subscription', async () => {
    await press('action_make_button');
    const shape = { x_button_id: z.tuple([z.number(), z.string()]) };
    const button = (await events.read('x_viaduct_subscription', subscription, shape))?.x_button_id[0] ?? 0;
    const bound = { name: z.string(), binding_model_id: z.tuple([z.number(), z.string()]) };
    expect(await events.read('ir.actions.server', button, bound)).toMatchObject({ name: 'Send to Shop' });
    const seen = await events.create('res.partner', { name: 'Seen' });
    const elsewhere = await events.create('res.company', { name: `Elsewhere ${subscription}` });
    const unseen = await events.create('res.partner', { name: 'Unseen', company_id: elsewhere });
    const login = await makeEmployee(place.odoo, {
      name: 'Paula Presser',
      groups: ['base.group_partner_manager'],
    });
    const employee = createOdooClient({ ...place.odoo, ...login });
    const send = (id: number) =>
      employee.call('ir.actions.server', 'run', [[button]], {
        kwargs: { context: { active_model: 'res.partner', active_id: id, active_ids: [id] } },
      });
    await send(seen);
    const sent = await events.ids('x_viaduct_event', [['x_subscription_id', '=', subscription]]);
    expect(sent).toHaveLength(1);
    expect(await run('drain', { done: [], limit: 10 })).toMatchObject({
      events: [
        { kind: 'manual', model: 'res.partner', recordId: 0, ids: [seen], subscriptionId: subscription },
      ],
    });
    await send(unseen).catch(() => undefined);
    expect(await events.ids('x_viaduct_event', [['x_subscription_id', '=', subscription]])).toEqual(sent);
    await employee.stop();
    await place.odoo.execute('x_viaduct_subscription', 'unlink', [[subscription]]);
    expect(await events.ids('ir.actions.server', [['id', '=', button]])).toEqual([]);
  });
});

describe('an employee', () => {
  test('sees nothing of events and can do nothing to them', async () => {
    const { id } = await logged(FAILED);
    const login = await makeEmployee(place.odoo, {
      name: 'Emil Employee',
      groups: ['base.group_partner_manager'],
    });
    const employee = createOdooClient({ ...place.odoo, ...login });
    const refused = { kind: 'access' };
    const models = ['event', 'subscription', 'event_type', 'watch', 'seen', 'source', 'delivery', 'attempt'];
    for (const model of [...models, 'replay', 'expunge']) {
      await expect(employee.call(`x_viaduct_${model}`, 'search_count', [[]])).rejects.toMatchObject(refused);
    }
    const actions = [
      ...['send_test', 'preview', 'rotate_secret', 'pause', 'resume', 'make_button', 'remove_button'],
      ...['replay', 'expunge', 'regenerate_key'],
    ].map((name) => `action_${name}`);
    for (const action of [...actions, 'procedure_log', 'procedure_report', 'ir_cron_delivery_retention']) {
      const actionId = await actionOf(`viaduct_events.${action}`);
      const context = { active_model: 'x_viaduct_subscription', active_id: subscription };
      await expect(
        employee.call('ir.actions.server', 'run', [[actionId]], { kwargs: { context } }),
        action,
      ).rejects.toMatchObject(refused);
    }
    await employee.stop();
    expect(await rowOf(id)).toMatchObject({ x_replay_asked_at: false, x_removed: false });
  });
});

/** The server action of an external id, which for a scheduled action is the one behind it. */
async function actionOf(externalId: string): Promise<number> {
  const id = await idOf(place.odoo, externalId);
  if (!externalId.includes('ir_cron')) return id;
  const shape = { ir_actions_server_id: z.tuple([z.number(), z.string()]) };
  return (await events.read('ir.cron', id, shape))?.ir_actions_server_id[0] ?? 0;
}
