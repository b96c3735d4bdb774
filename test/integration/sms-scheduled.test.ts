import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { pressButton } from '../support/external-id.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

const Ids = z.array(z.number()).min(1);

let loop: Loop;
let sms: ReturnType<typeof odooSms>;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(() => loop?.dispose());

/** As Odoo writes times, in UTC. */
function odooTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

type Composition = {
  composition_mode: 'comment' | 'mass' | 'numbers';
  body: string;
  [field: string]: unknown;
};

/** Sends from the composer with its button "Send Later". */
async function compose(values: Composition, at: string): Promise<void> {
  const { execute } = loop.odoo;
  const [wizard] = Ids.parse(
    await execute('sms.composer', 'create', [[{ ...values, x_viaduct_send_at: at }]]),
  );
  await pressButton(loop.odoo, 'viaduct_sms.action_send_at', { model: 'sms.composer', id: wizard ?? 0 });
}

/** The SMS with this text that Odoo's administrators see as scheduled. */
async function scheduled(body: string): Promise<number[]> {
  const domain = [
    ...[
      ['body', '=', body],
      ['state', '=', 'process'],
      ['x_viaduct_send_at', '!=', false],
    ],
    ['to_delete', '!=', true],
  ];
  return z.array(z.number()).parse(await loop.odoo.execute('sms.sms', 'search', [domain]));
}

const sent = (body: string) => [...loop.simulator.ledger.entries()].filter(({ text }) => text === body);

/** An SMS that Odoo handed over after all others has gone out: those before it were looked at. */
async function othersWereLookedAt(phone: string): Promise<void> {
  const contact = await sms.contact(phone);
  await sms.sendFromContact(contact, `To ${phone}`);
  expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
}

describe('an SMS with a time', () => {
  test.each([
    ['a contact', 'comment'],
    ['many contacts, through Odoo’s queue,', 'mass'],
  ] as const)('to %s goes out at that time, and is delivered', async (_to, mode) => {
    const body = `Later by ${mode}`;
    const contact = await sms.contact(mode === 'comment' ? '+4520600101' : '+4520600102');
    const dueMs = Date.now() + 12_000;
    const records = { res_model: 'res.partner', res_id: contact, res_ids: JSON.stringify([contact]) };
    await compose({ composition_mode: mode, body, ...records }, odooTime(dueMs));
    if (mode === 'mass') await (await sms.action("env['sms.sms']._process_queue()"))();
    await until(
      () => scheduled(body),
      (found) => found.length === 1,
    );
    expect(sent(body)).toEqual([]);
    const [entry] = await until(
      () => sent(body),
      (entries) => entries.length > 0,
    );
    expect(entry?.acceptedAtMs).toBeGreaterThanOrEqual(Math.floor(dueMs / 1_000) * 1_000);
    if (mode === 'comment') {
      expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
    }
    await until(
      () => scheduled(body),
      (found) => found.length === 0,
    );
    expect(sent(body)).toHaveLength(1);
  });

  test('to a mere number, in the past, goes out at once', async () => {
    const values = { composition_mode: 'numbers', numbers: '+4520600103', body: 'Late' } as const;
    await compose(values, odooTime(Date.now() - 3_600_000));
    expect(
      await until(
        () => sent('Late'),
        (entries) => entries.length > 0,
      ),
    ).toMatchObject([{ msisdn: '4520600103' }]);
  });

  test('that is cancelled in Odoo before it is due is never sent', async () => {
    const body = 'Never';
    const contact = await sms.contact('+4520600104');
    const values = { composition_mode: 'comment', res_model: 'res.partner', res_id: contact, body } as const;
    const dueMs = Date.now() + 10_000;
    await compose(values, odooTime(dueMs));
    const found = await until(
      () => scheduled(body),
      (ids) => ids.length === 1,
    );
    await pressButton(loop.odoo, 'viaduct_sms.action_cancel_scheduled', {
      model: 'sms.sms',
      id: found[0] ?? 0,
    });
    expect(await sms.notifications(contact)).toMatchObject([{ notification_status: 'canceled' }]);
    await until(
      () => loop.metric('viaduct_sms_messages_total', { outcome: 'cancelled' }),
      (count) => count === 1,
    );
    expect(Date.now()).toBeGreaterThanOrEqual(Math.floor(dueMs / 1_000) * 1_000);
    expect(sent(body)).toEqual([]);
  });

  test('is not forgotten when Odoo deletes the SMS, or Viaduct starts anew', async () => {
    const body = 'After a restart';
    const contact = await sms.contact('+4520600105');
    const values = { composition_mode: 'comment', res_model: 'res.partner', res_id: contact, body } as const;
    const dueMs = Date.now() + 15_000;
    await compose(values, odooTime(dueMs));
    const found = await until(
      () => scheduled(body),
      (ids) => ids.length === 1,
    );
    await loop.odoo.execute('sms.sms', 'unlink', [found]);
    await loop.stopViaduct();
    await loop.startViaduct();
    await othersWereLookedAt('+4520600106');
    expect(sent(body)).toEqual([]);
    const [entry] = await until(
      () => sent(body),
      (entries) => entries.length > 0,
    );
    expect(entry?.acceptedAtMs).toBeGreaterThanOrEqual(Math.floor(dueMs / 1_000) * 1_000);
    expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
  });
});

test('the composer sends later what has a time, and at once what has none', async () => {
  const View = z.object({ arch: z.string() });
  const { arch } = View.parse(await loop.odoo.execute('sms.composer', 'get_view', [false, 'form']));
  const buttons = [...arch.matchAll(/<button[^>]*>/g)].map(([button]) => button);
  const atOnce = buttons.filter((button) => button.includes('name="action_send_sms'));
  expect(atOnce).toHaveLength(4);
  for (const button of atOnce) expect(button).toMatch(/invisible="[^"]* or \(?x_viaduct_send_at\)?"/);
  expect(buttons.filter((button) => button.includes('invisible="not x_viaduct_send_at"'))).toHaveLength(1);
});
