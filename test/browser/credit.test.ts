import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooCredit } from '../support/odoo-credit.ts';
import { until } from '../support/until.ts';

/** The pictures of the README; SCREENSHOT=1 takes them anew. */
const picture = (name: string) => new URL(`../../src/sms/${name}.png`, import.meta.url).pathname;

let loop: Loop;
let browser: Browser;
let admin: Session;
let credit: ReturnType<typeof odooCredit>;

beforeAll(async () => {
  [loop, browser] = await Promise.all([startLoop(), startBrowser()]);
  admin = await signIn(browser, loop.odoo, loop.odoo.admin);
  credit = odooCredit(loop.odoo, loop.accountId);
});

afterAll(async () => {
  await browser?.close();
  await loop?.dispose();
});

beforeEach(async () => {
  loop.simulator.account.setCredit(480.5);
  await credit.write({
    ...{ x_name: 'GatewayAPI of the shop', x_token: loop.secrets.apiToken },
    ...{ x_check_minimum: false, x_minimum_credits: 100 },
  });
  await beginTest(admin);
});

async function openAccount(page: Page): Promise<void> {
  await page.goto(`${loop.odoo.url}/odoo/iap-accounts/${loop.iapAccountId}`);
  await page.locator('button.oe_stat_button', { hasText: 'GatewayAPI' }).click();
  await page.locator('.o_field_widget[name=x_token]').waitFor();
}

async function takePicture(page: Page, name: string, height: number): Promise<void> {
  if (process.env['SCREENSHOT'] !== '1') return;
  await page.mouse.move(770, 790);
  await page.screenshot({ path: picture(name), clip: { x: 0, y: 0, width: 1540, height } });
}

const status = (page: Page) => page.locator('.o_field_widget[name=x_connection_status]');

test('the eye shows a secret until it is hidden again, and a visit begins masked', async () => {
  const { page, faults } = admin;
  await openAccount(page);
  const token = page.locator('.o_field_widget[name=x_token]');
  const secret = page.locator('.o_field_widget[name=x_webhook_jwt_secret]');
  expect(await token.locator('input').getAttribute('type')).toBe('password');
  await token.getByRole('button', { name: 'Show' }).click();
  expect(await token.locator('input').getAttribute('type')).toBe('text');
  expect(await token.locator('input').inputValue()).toBe(loop.secrets.apiToken);
  expect(await secret.locator('input').getAttribute('type')).toBe('password');
  await token.getByRole('button', { name: 'Hide' }).click();
  expect(await token.locator('input').getAttribute('type')).toBe('password');
  await token.getByRole('button', { name: 'Show' }).click();
  // Looking changed nothing that could be saved.
  expect(
    await page.locator('.o_form_status_indicator_buttons:visible button.o_form_button_save:visible').count(),
  ).toBe(0);
  await openAccount(page);
  expect(await token.locator('input').getAttribute('type')).toBe('password');
  expect(faults).toEqual([]);
});

test('Test Connection says OK with the balance, without a reload', async () => {
  const { page, faults } = admin;
  await openAccount(page);
  await page.getByRole('button', { name: 'Test Connection' }).click();
  await status(page).getByText('OK', { exact: true }).waitFor();
  await page.locator('[name=x_balance]').getByText('480.50').waitFor();
  expect(await page.locator('[name=x_currency]').textContent()).toContain('DKK');
  expect(faults).toEqual([]);
  await takePicture(page, 'account', 790);
});

test('Test Connection saves the token that was just written, and says that it was refused', async () => {
  const { page } = admin;
  await openAccount(page);
  await page.locator('.o_field_widget[name=x_token] input').fill('mistyped');
  await page.getByRole('button', { name: 'Test Connection' }).click();
  await status(page).getByText('refused the token with status 401').waitFor();
});

test('an answer leaves alone what somebody is writing meanwhile', async () => {
  const { page } = admin;
  await openAccount(page);
  loop.simulator.faults.add({ kind: 'hang-before', route: 'me', delayMs: 5_000, count: 1 });
  await page.getByRole('button', { name: 'Test Connection' }).click();
  await status(page).getByText('Waiting for Viaduct…').waitFor();
  await page.locator('.o_field_widget[name=x_sender] input').fill('Garden');
  await status(page).getByText('did not answer in time').waitFor();
  expect(await page.locator('.o_field_widget[name=x_sender] input').inputValue()).toBe('Garden');
});

test('Test Connection says so when Viaduct does not run', async () => {
  const { page } = admin;
  await loop.stopViaduct();
  await openAccount(page);
  await page.getByRole('button', { name: 'Test Connection' }).click();
  await status(page).getByText('Waiting for Viaduct…').waitFor();
  await status(page).getByText('Viaduct did not answer. Is it running?').waitFor();
  await loop.startViaduct();
  await until(credit.read, ({ x_test_asked_at }) => x_test_asked_at === false);
});

test('the IAP account that GatewayAPI serves is blue in the list, with provider and balance, and asks nobody', async () => {
  const { page, faults } = admin;
  await credit.testConnection();
  const { x_last_attempt } = await credit.read();
  await page.goto(`${loop.odoo.url}/odoo/iap-accounts`);
  const row = page.locator('.o_data_row', { hasText: 'GatewayAPI' });
  await row.waitFor();
  // Bootstrap's and Odoo's class for the blue of decoration-info.
  expect(await row.getAttribute('class')).toContain('text-info');
  expect(await row.textContent()).toContain('480.50 DKK');
  await takePicture(page, 'iap-accounts', 300);
  await row.click();
  await page.locator('[name=x_viaduct_connection_status]').getByText('OK').waitFor();
  expect(await page.locator('[name=x_viaduct_sender]').textContent()).not.toBe('');
  expect(await credit.read()).toMatchObject({ x_last_attempt });
  expect(faults).toEqual([]);
});

test('a balance below the minimum is a To-Do for the administrator, and done when it recovers', async () => {
  const { page, faults } = admin;
  loop.simulator.account.setCredit(42);
  await credit.write({ x_check_minimum: true, x_minimum_credits: 100 });
  await until(credit.read, ({ x_credit_low }) => x_credit_low);
  await openAccount(page);
  const todo = page.locator('.o-mail-Activity', {
    hasText: 'GatewayAPI low on credits for GatewayAPI of the shop',
  });
  await todo.waitFor();
  expect(await todo.textContent()).toMatch(/Current balance: 42\.00 DKK.*Minimum credits: 100/s);
  await page.getByText('The balance is 42.00 DKK, below the minimum of 100.').waitFor();
  await page.getByText('The balance is below its minimum.').waitFor();
  await takePicture(page, 'low-credit', 790);

  loop.simulator.account.setCredit(900);
  await page.getByRole('button', { name: 'Test Connection' }).click();
  await until(credit.read, ({ x_credit_low }) => !x_credit_low);
  await openAccount(page);
  await page.getByText('The balance is 900.00 DKK, no longer below the minimum of 100.').first().waitFor();
  expect(await todo.count()).toBe(0);
  expect(faults).toEqual([]);
});

test('a negative minimum is said to be no watch', async () => {
  const { page } = admin;
  await credit.write({ x_check_minimum: true, x_minimum_credits: -5 });
  await openAccount(page);
  await page.getByText('The minimum is negative, so the balance is not watched.').waitFor();
});
