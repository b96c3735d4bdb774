import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient } from '../../src/odoo/index.ts';
import { idOf } from '../support/external-id.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { smsLog } from '../support/sms-log.ts';
import { until } from '../support/until.ts';

let loop: Loop;
let sms: ReturnType<typeof odooSms>;
let log: ReturnType<typeof smsLog>;

const TIME = expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/);

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
  log = smsLog(loop.odoo);
});

afterAll(() => loop?.dispose());

async function sendTo(phone: string, body: string): Promise<number> {
  const contact = await sms.contact(phone);
  await sms.sendFromContact(contact, body);
  return contact;
}

/** Runs code in Odoo as its administrator, for what no administrator could do by hand. */
async function runCode(code: string): Promise<void> {
  await (await sms.action(code))();
}

describe('the log of an SMS from the composer', () => {
  test('tells of a delivered one all that is known, with every state', async () => {
    const contact = await sendTo('+4520700001', `Hello ${'x'.repeat(160)}`);
    const row = await log.rowOf(contact, 'delivered');
    const [entry] = [...loop.simulator.ledger.entries()].filter(({ msisdn }) => msisdn === '4520700001');
    expect(row).toMatchObject({
      ...{ x_direction: 'out', x_name: '+4520700001', x_number: '+4520700001', x_sender: 'Viaduct' },
      ...{ x_account_id: [loop.accountId, 'Loop'], x_company_id: [1, expect.any(String)] },
      ...{ x_country_id: [expect.any(Number), 'Denmark'], x_body: `Hello ${'x'.repeat(160)}` },
      ...{ x_segments: 2, x_price: 0.3, x_currency: 'DKK', x_status: 'DELIVERED', x_words: false },
      ...{ x_gatewayapi_id: String(entry?.id), x_asked_at: TIME, x_accepted_at: TIME, x_ended_at: TIME },
    });
    const steps = await log.steps(row?.id ?? 0);
    expect(steps.map(({ x_status }) => x_status)).toEqual(['accepted', 'BUFFERED', 'ENROUTE', 'DELIVERED']);
    expect(steps.every(({ x_at, x_words }) => x_at !== false && x_words === false)).toBe(true);
  });

  test('tells of a failed one what the provider said', async () => {
    const contact = await sendTo('+4520709901', 'To nobody');
    expect(await log.rowOf(contact, 'failed')).toMatchObject({
      ...{ x_code: '0x1010', x_words: expect.stringMatching(/^UNDELIVERABLE Unknown subscriber/) },
      ...{ x_price: 0.15, x_ended_at: TIME },
    });
  });

  test('tells of a refused one the words, and that it cost nothing', async () => {
    loop.simulator.account.blacklist.add('4520700003');
    const contact = await sendTo('+4520700003', 'To the blacklist');
    expect(await log.rowOf(contact, 'refused')).toMatchObject({
      ...{ x_price: 0, x_currency: false, x_gatewayapi_id: false, x_segments: 1 },
      x_words: expect.stringContaining('0x0215'),
    });
  });

  test('tells of an unknown outcome, and then of its delivery report', async () => {
    loop.simulator.reports.setPaused(true);
    loop.simulator.faults.add({ kind: 'reset-after', count: 1 });
    const contact = await sendTo('+4520700004', 'Perhaps');
    const row = await log.rowOf(contact, 'unknown');
    expect(row).toMatchObject({ x_words: expect.stringMatching(/^Unknown outcome/), x_price: 0 });
    loop.simulator.reports.setPaused(false);
    expect(await log.rowOf(contact, 'delivered')).toMatchObject({ id: row?.id, x_words: false });
    const steps = await log.steps(row?.id ?? 0);
    expect(steps.map(({ x_status }) => x_status)).toEqual(['unknown', 'BUFFERED', 'ENROUTE', 'DELIVERED']);
  });

  test('tells of one whose row was deleted before it was logged', async () => {
    loop.simulator.faults.add({ kind: 'slow', count: 1, delayMs: 2_000 });
    const contact = await sendTo('+4520700006', 'Swept away');
    await runCode(`env.cr.execute("delete from sms_sms where body = 'Swept away'")`);
    expect(await sms.messages([['body', '=', 'Swept away']])).toEqual([]);
    const row = await log.rowOf(contact, 'delivered');
    const [known] = await until(
      () => log.rows([['id', '=', row?.id]]),
      ([now]) => now !== undefined && now.x_segments > 0,
    );
    expect(known).toMatchObject({ x_number: '+4520700006', x_body: 'Swept away', x_price: 0.15 });
  });

  test('tells of one to a mere number, without a contact', async () => {
    await sms.sendToNumbers(['+46701234567'], 'Till Sverige');
    const contact = await sendTo('+4520700005', 'After it');
    await log.rowOf(contact, 'delivered');
    expect(await log.rows([['x_number', '=', '+46701234567']])).toMatchObject([
      {
        x_partner_id: false,
        x_country_id: [expect.any(Number), 'Sweden'],
        x_price: 0.18,
        x_body: 'Till Sverige',
      },
    ]);
  });
});

test.each(['x_gatewayapi_sms', 'x_gatewayapi_sms_state'])('an employee may not see %s', async (model) => {
  const employee = createOdooClient({
    ...loop.odoo,
    ...(await makeEmployee(loop.odoo, { name: 'Emil Employee', groups: ['base.group_partner_manager'] })),
  });
  await expect(employee.call(model, 'search_count', [[]])).rejects.toMatchObject({ kind: 'access' });
  await employee.stop();
  await expect(loop.odoo.execute(model, 'search_count', [[]])).resolves.toBeGreaterThan(0);
});

test('old entries are deleted every day, by the days of their account', async () => {
  const setDays = (days: number) =>
    loop.odoo.execute('x_gatewayapi_account', 'write', [[loop.accountId], { x_log_days: days }]);
  const account = await loop.odoo.execute('x_gatewayapi_account', 'read', [[loop.accountId], ['x_log_days']]);
  expect(account).toMatchObject([{ x_log_days: 365 }]);
  const cron = await idOf(loop.odoo, 'viaduct_sms.ir_cron_log_retention');
  const runCron = () => loop.odoo.execute('ir.cron', 'method_direct_trigger', [[cron]]);

  const all = await log.rows([]);
  const [older, old] = all;
  for (const [row, days] of [
    [older, 400],
    [old, 20],
  ] as const) {
    await runCode(
      `env.cr.execute("update x_gatewayapi_sms set create_date = create_date - interval '${days} days' where id = ${row?.id}")`,
    );
  }
  await setDays(0);
  await runCron();
  expect(await log.rows([])).toHaveLength(all.length);
  await setDays(365);
  await runCron();
  expect((await log.rows([])).map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id));
  expect(await log.steps(older?.id ?? 0)).toEqual([]);
  await setDays(10);
  await runCron();
  expect((await log.rows([])).map(({ id }) => id)).toEqual(all.slice(2).map(({ id }) => id));
});

test('the content of one number is removed on request, also of what is reported later', async () => {
  loop.simulator.reports.setPaused(true);
  const contact = await sendTo('+4520709902', 'My secret');
  const other = await sendTo('+4520700007', 'Not mine');
  const row = await log.rowOf(contact, 'accepted');
  const removal = z
    .tuple([z.number()])
    .parse(
      await loop.odoo.execute('x_gatewayapi_sms_removal', 'create', [[{ x_number: '+45 20 70 99 02' }]]),
    );
  const context = { active_model: 'x_gatewayapi_sms_removal', active_id: removal[0], active_ids: removal };
  const action = await idOf(loop.odoo, 'viaduct_sms.action_remove_number');
  const remove = () => loop.odoo.execute('ir.actions.server', 'run', [[action]], { context });
  await remove();
  const removed = {
    x_name: '+45 •••',
    x_number: '+45 •••',
    x_partner_id: false,
    x_body: false,
    x_removed: true,
  };
  expect(await log.rows([['id', '=', row?.id]])).toMatchObject([
    { ...removed, x_state: 'accepted', x_price: 0.15 },
  ]);
  expect(await sms.messages([['body', 'ilike', 'My secret']])).toEqual([]);

  loop.simulator.reports.setPaused(false);
  await log.rowOf(other, 'delivered');
  const [late] = await until(
    () => log.rows([['id', '=', row?.id]]),
    ([now]) => now?.x_state === 'failed',
  );
  expect(late).toMatchObject({ ...removed, x_words: false, x_status: 'EXPIRED' });
  expect((await log.steps(row?.id ?? 0)).map(({ x_words }) => x_words)).not.toContainEqual(
    expect.any(String),
  );
  expect(await log.rows([['x_partner_id', '=', other]])).toMatchObject([{ x_body: 'Not mine' }]);
  await expect(remove()).rejects.toThrow('The SMS log holds nothing of +45 20 70 99 02.');
});
