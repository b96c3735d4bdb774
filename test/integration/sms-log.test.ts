import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOdooClient } from '../../src/odoo/index.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { smsLog } from '../support/sms-log.ts';

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
