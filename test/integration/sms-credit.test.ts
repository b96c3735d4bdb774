import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient } from '../../src/odoo/index.ts';
import { idOf } from '../support/external-id.ts';
import { iapService, type Loop, startLoop } from '../support/loop.ts';
import { odooCredit } from '../support/odoo-credit.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { postSms } from '../support/post-sms.ts';
import { until } from '../support/until.ts';

const Ids = z.array(z.number()).min(1);
const LONG_AGO = '2020-01-01 00:00:00';

let loop: Loop;
let credit: ReturnType<typeof odooCredit>;

beforeAll(async () => {
  loop = await startLoop();
  credit = odooCredit(loop.odoo, loop.accountId);
});

afterAll(() => loop?.dispose());

beforeEach(async () => {
  loop.simulator.faults.clear();
  loop.simulator.account.setCredit(500);
  await credit.write({ x_check_minimum: false, x_minimum_credits: 0, x_token: loop.secrets.apiToken });
});

/** Watches the account, and waits until that change was checked. */
async function watch(minimum: number, values: object = {}): Promise<void> {
  await credit.write({ ...values, x_last_attempt: false, x_check_minimum: true, x_minimum_credits: minimum });
  await checked();
}

/** The account after the check that is under way. Odoo's own schedule runs meanwhile too, and may ask for more. */
const checked = () =>
  until(credit.read, ({ x_last_attempt, x_recheck }) => x_last_attempt !== false && !x_recheck);

/** The account after the schedule ran, with its last check so long ago that it is due. */
async function checkedBySchedule() {
  await credit.write({ x_last_attempt: false, x_last_success: LONG_AGO });
  await credit.runSchedule();
  return checked();
}

describe('Test Connection', () => {
  test('says OK and brings the balance', async () => {
    loop.simulator.account.setCredit(321.5);
    expect(await credit.testConnection()).toMatchObject({
      ...{ x_connection_status: 'OK', x_balance: 321.5, x_currency: 'DKK' },
      ...{ x_last_attempt: expect.any(String), x_last_success: expect.any(String) },
    });
  });

  test('says that the token was refused, and keeps what was known', async () => {
    await credit.testConnection();
    await credit.write({ x_token: 'wrong', x_last_success: LONG_AGO });
    expect(await credit.testConnection()).toMatchObject({
      x_connection_status: expect.stringMatching(/^GatewayAPI \(127\.0\.0\.1:\d+\) refused the token/),
      ...{ x_balance: 500, x_last_success: LONG_AGO },
    });
  });

  test.each([
    ['gatewayapi.eu', 'GatewayAPI Base URL must start with http:// or https://'],
    ['https://evil.test', /^The base URL names the host evil\.test; allowed are/],
  ])('says what is wrong with the base URL %s', async (baseUrl, words) => {
    await credit.write({ x_base_url: baseUrl });
    const { x_connection_status } = await credit.testConnection();
    await credit.write({ x_base_url: loop.simulator.url });
    expect(x_connection_status).toMatch(words);
  });

  test.each(['reset-before', 'hang-before'] as const)(
    'says so when GatewayAPI does not answer (%s)',
    async (kind) => {
      loop.simulator.faults.add({ kind, route: 'me', delayMs: 10_000 });
      const { x_connection_status } = await credit.testConnection();
      expect(x_connection_status).toMatch(/^GatewayAPI \(127\.0\.0\.1:\d+\) cannot be reached: /);
    },
  );

  test('is for administrators only', async () => {
    const employee = createOdooClient({
      ...loop.odoo,
      ...(await makeEmployee(loop.odoo, { name: 'Curious' })),
    });
    const action = await idOf(loop.odoo, 'viaduct_sms.action_test_connection');
    const context = { active_model: 'x_gatewayapi_account', active_ids: [loop.accountId] };
    await expect(
      employee.call('ir.actions.server', 'run', [[action]], { kwargs: { context } }),
    ).rejects.toThrow();
    await employee.stop();
  });
});

describe('the credit watch', () => {
  test('alerts once when the balance falls below the minimum, over a restart too, and once when it recovers', async () => {
    await watch(100, { x_email_when_low: true, x_low_credit_email: 'owner@example.com' });
    expect(await credit.notices()).toEqual([]);

    loop.simulator.account.setCredit(99.99);
    expect(await checkedBySchedule()).toMatchObject({ x_credit_low: true, x_balance: 99.99 });
    await loop.stopViaduct();
    await loop.startViaduct();
    loop.simulator.account.setCredit(50);
    expect(await checkedBySchedule()).toMatchObject({ x_credit_low: true, x_balance: 50 });
    expect(await credit.notices()).toMatchObject([
      { subject: 'GatewayAPI Low Credits Alert: Loop', body: expect.stringContaining('99.99 DKK') },
    ]);
    expect(await credit.todos()).toMatchObject([
      {
        summary: 'GatewayAPI low on credits for Loop',
        note: expect.stringMatching(/<b>99\.99 DKK<\/b>.*<b>100<\/b>/),
        user_id: [await idOf(loop.odoo, 'base.user_admin'), expect.any(String)],
      },
    ]);
    const mails = await loop.odoo.execute('mail.mail', 'search_read', [
      [['email_to', '=', 'owner@example.com']],
      ['subject'],
    ]);
    expect(mails).toMatchObject([{ subject: 'GatewayAPI Low Credits Alert: Loop' }]);

    loop.simulator.account.setCredit(100);
    expect(await checkedBySchedule()).toMatchObject({ x_credit_low: false, x_balance: 100 });
    await checkedBySchedule();
    expect((await credit.notices()).map(({ subject }) => subject)).toEqual([
      'GatewayAPI Low Credits Alert: Loop',
      'GatewayAPI Credits Recovered: Loop',
    ]);
    expect(await credit.todos()).toEqual([]);
  });

  test('checks the account at once when its minimum changes, and forgets the alert when nobody watches', async () => {
    await watch(100);
    await watch(600);
    expect(await credit.read()).toMatchObject({ x_credit_low: true });
    expect(await credit.todos()).toHaveLength(1);
    await credit.write({ x_check_minimum: false });
    expect(await credit.read()).toMatchObject({ x_credit_low: false });
    expect(await credit.todos()).toEqual([]);
  });

  test('takes a failed check for none: it is made again when the schedule runs next', async () => {
    await watch(100);
    loop.simulator.faults.add({ kind: 'unavailable', route: 'me' });
    expect(await checkedBySchedule()).toMatchObject({
      ...{ x_last_success: LONG_AGO, x_last_attempt: expect.any(String) },
      x_connection_status: expect.stringContaining('answered with status 503'),
    });
    loop.simulator.faults.clear();
    await credit.write({ x_last_attempt: false });
    await credit.runSchedule();
    expect((await checked()).x_last_success).not.toBe(LONG_AGO);
  });

  test('goes by the interval of the account', async () => {
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    await watch(100, { x_check_interval_number: 1, x_check_interval_unit: 'weeks' });
    await credit.write({ x_last_success: hourAgo });
    await credit.runSchedule();
    // Still asked for, and not due: nothing but a shorter interval has it checked.
    expect(await credit.read()).toMatchObject({
      x_last_success: hourAgo,
      x_watch_asked_at: expect.any(String),
    });
    await credit.write({ x_check_interval_unit: 'hours', x_last_attempt: false });
    await credit.runSchedule();
    expect((await checked()).x_last_success).not.toBe(hourAgo);
  });

  test('asks nobody about an account with a negative minimum', async () => {
    await credit.write({ x_check_minimum: true, x_minimum_credits: -1, x_last_attempt: false });
    await credit.runSchedule();
    expect(await credit.read()).toMatchObject({ x_watch_asked_at: false, x_last_attempt: false });
  });
});

describe('the notification action', () => {
  test('is the administrator’s own, which nothing overwrites', async () => {
    const own = await credit.action('iap.account', `record.write({'name': 'Told by my own action'})`);
    await watch(600, { x_notification_action_id: own });
    expect(await credit.read()).toMatchObject({ x_notification_action_id: [own, expect.any(String)] });
    expect(await loop.odoo.execute('iap.account', 'read', [[loop.iapAccountId], ['name']])).toMatchObject([
      { name: 'Told by my own action' },
    ]);
    expect(await credit.todos()).toEqual([]);
  });

  test.each([
    ['fails', 'x_gatewayapi_account', `raise UserError('It cannot.')`, 'It cannot.'],
    ['is of another model', 'res.partner', `env['res.partner'].create({'name': 'Never'})`, 'was not run'],
  ])('gives way to Odoo’s default when it %s', async (_what, model, code, words) => {
    await watch(600, { x_notification_action_id: await credit.action(model, code) });
    expect(await credit.todos()).toHaveLength(1);
    expect(await credit.chatter()).toContain(words);
    expect(await loop.odoo.execute('res.partner', 'search_count', [[['name', '=', 'Never']]])).toBe(0);
  });
});

test('a plain employee sees on the IAP account what is no secret, and finds no way to the rest', async () => {
  await credit.testConnection();
  const account = await makeEmployee(loop.odoo, { name: 'Erik Employee' });
  const employee = createOdooClient({ ...loop.odoo, ...account });
  const fields = [
    'x_viaduct_provider',
    'x_viaduct_sender',
    'x_viaduct_balance',
    'x_viaduct_connection_status',
  ];
  expect(await employee.call('iap.account', 'read', [[loop.iapAccountId], fields])).toMatchObject([
    {
      ...{ x_viaduct_provider: 'gatewayapi', x_viaduct_sender: 'Viaduct' },
      ...{ x_viaduct_balance: '500.00 DKK', x_viaduct_connection_status: 'OK' },
    },
  ]);
  const all = await employee.call('iap.account', 'read', [[loop.iapAccountId]]);
  for (const secret of [loop.secrets.apiToken, loop.secrets.webhookSecret]) {
    expect(JSON.stringify(all)).not.toContain(secret);
  }
  await expect(employee.call('x_gatewayapi_account', 'search_read', [[], ['x_sender']])).rejects.toThrow();
  // Refused, or (17) answered alike whatever the guess.
  const guess = (text: string) =>
    employee.call('iap.account', 'search', [[['x_viaduct_sender.x_token', '=like', text]]]).catch(() => null);
  expect(await guess(`${loop.secrets.apiToken.slice(0, 7)}%`)).toEqual(await guess('other%'));
  await employee.stop();
});

test('an account is known the moment it is made, and unknown the moment it is gone', async () => {
  const values = { name: 'Short-lived', ...(await iapService(loop.odoo)) };
  const [iap] = Ids.parse(await loop.odoo.execute('iap.account', 'create', [[values]]));
  const [row] = z
    .array(z.object({ account_token: z.string() }))
    .parse(await loop.odoo.execute('iap.account', 'read', [[iap], ['account_token']]));
  const send = (uuid: string) =>
    postSms(loop.url, {
      ...{ accountToken: row?.account_token ?? '', databaseUuid: loop.databaseUuid },
      ...{ uuid: uuid.padStart(32, '0'), number: '+4520110001', content: 'Never committed' },
    });
  expect(await send('1')).toBe('processing');
  await loop.odoo.execute('iap.account', 'unlink', [[iap]]);
  let next = 2;
  const refused = await until(
    () => send(String(next++)),
    (state) => state !== 'processing',
    { timeoutMs: 5_000 },
  );
  expect(refused).toBe('unregistered');
});

test('an account of Odoo’s other services stays as Odoo makes it', async () => {
  const values = await iapService(loop.odoo, 'reveal');
  const [iap] = Ids.parse(await loop.odoo.execute('iap.account', 'create', [[values]]));
  const fields = ['x_viaduct_provider', 'x_viaduct_base_url', 'x_viaduct_balance'];
  expect(await loop.odoo.execute('iap.account', 'read', [[iap], fields])).toMatchObject([
    { x_viaduct_provider: 'odoo', x_viaduct_base_url: false },
  ]);
  expect(
    await loop.odoo.execute('x_gatewayapi_account', 'search_count', [[['x_iap_account_id', '=', iap]]]),
  ).toBe(0);
  await loop.odoo.execute('iap.account', 'unlink', [[iap]]);
});
