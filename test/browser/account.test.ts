import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { installFrench } from '../support/french.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { until } from '../support/until.ts';

let loop: Loop;
let browser: Browser;
let admin: Session;

beforeAll(async () => {
  [loop, browser] = await Promise.all([startLoop(), startBrowser()]);
  admin = await signIn(browser, loop.odoo, loop.odoo.admin);
});

afterAll(async () => {
  await browser?.close();
  await loop?.dispose();
});

/** The names of the apps that the user may open. */
async function apps(page: Page): Promise<string[]> {
  await page.locator('.o_navbar_apps_menu button').click();
  const entries = page.locator('.o-dropdown--menu .o_app');
  await entries.first().waitFor();
  const names = await entries.allTextContents();
  await page.keyboard.press('Escape');
  return names.map((name) => name.trim());
}

/** Opens the form of the GatewayAPI account as an administrator does: from the IAP account. */
async function openAccount(page: Page): Promise<void> {
  await page.goto(`${loop.odoo.url}/odoo/iap-accounts/${loop.iapAccountId}`);
  await page.locator('button.oe_stat_button', { hasText: 'GatewayAPI' }).click();
  await page.locator('.o_field_widget[name=x_token]').waitFor();
}

test('an administrator finds the GatewayAPI account behind its button, with both secrets masked', async () => {
  const { page, faults } = admin;
  await beginTest(admin);
  await openAccount(page);
  for (const secret of ['x_token', 'x_webhook_jwt_secret']) {
    expect(await page.locator(`[name=${secret}] input`).getAttribute('type')).toBe('password');
  }
  await page.locator('[name=x_sender] input').fill('Garden');
  await page.locator('.o_form_button_save').click();
  const Sender = z.tuple([z.object({ x_sender: z.string() })]);
  const [saved] = await until(
    async () =>
      Sender.parse(await loop.odoo.execute('x_gatewayapi_account', 'read', [[loop.accountId], ['x_sender']])),
    ([row]) => row.x_sender === 'Garden',
  );
  expect(saved.x_sender).toBe('Garden');
  expect(faults).toEqual([]);
});

test('an IAP account of SMS sends nobody to buy credit from Odoo', async () => {
  const { page } = admin;
  await beginTest(admin);
  await page.goto(`${loop.odoo.url}/odoo/iap-accounts/${loop.iapAccountId}`);
  await page.getByText('Viaduct sends the SMS of this account through GatewayAPI.').waitFor();
  for (const odoosOwn of ['Buy Credit', 'Register', 'You cannot send SMS']) {
    expect(await page.getByText(odoosOwn).filter({ visible: true }).count()).toBe(0);
  }
});

test('a plain employee sees no menu of Viaduct and cannot open its accounts by their address', async () => {
  await beginTest(admin);
  expect(await apps(admin.page)).toContain('Viaduct');

  const employee = await makeEmployee(loop.odoo, { name: 'Erik Employee' });
  const session = await signIn(browser, loop.odoo, employee);
  const { page } = session;
  await beginTest(session);
  expect(await apps(page)).not.toContain('Viaduct');
  await page.goto(`${loop.odoo.url}/odoo/action-viaduct_sms.action_gatewayapi_account`);
  const refusal = page.getByRole('dialog').filter({ hasText: 'x_gatewayapi_account' });
  await refusal.waitFor();
  expect(await refusal.textContent()).toMatch(/access/i);
  expect(await page.content()).not.toContain(loop.secrets.apiToken);
});

test('a French administrator reads the account in French', async () => {
  await installFrench(loop.odoo);
  const user = await makeEmployee(loop.odoo, {
    name: 'Aline Admin',
    groups: ['base.group_system'],
    language: 'fr_FR',
  });
  const session = await signIn(browser, loop.odoo, user);
  const { page, faults } = session;
  await beginTest(session);
  await openAccount(page);
  const form = page.locator('.o_form_view');
  for (const label of ["Jeton d'API", 'Expéditeur', 'Secret du webhook', 'Accusés de réception']) {
    expect(await form.getByText(label).first().isVisible()).toBe(true);
  }
  expect(faults).toEqual([]);
});
