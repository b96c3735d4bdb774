import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { smsLog } from '../support/sms-log.ts';

/** The pictures of the README; SCREENSHOT=1 takes them anew. */
const PICTURE = new URL('../../src/sms/log.png', import.meta.url).pathname;
const PICTURE_OF_COST = new URL('../../src/sms/log-cost.png', import.meta.url).pathname;
const RECEIVERS = [
  ['+4520110001', 'Ida Iversen', 'Your table for four is ready at seven. See you tonight!'],
  ['+46701234567', 'Sven Svensson', 'Din beställning är klar.'],
  [
    '+4915112345678',
    'Greta Gruber',
    `Ihr Termin ist morgen um neun. ${'Bitte Unterlagen mitbringen. '.repeat(6)}`,
  ],
  ['+33612345678', 'Chloé Clément', 'Votre colis est arrivé.'],
  ['+4520119901', 'Nobody There', 'Are you there?'],
  ['+4520119907', 'Off Line', 'Are you on the way?'],
] as const;

let loop: Loop;
let browser: Browser;
let admin: Session;

beforeAll(async () => {
  [loop, browser] = await Promise.all([startLoop(), startBrowser()]);
  const sms = odooSms(loop.odoo);
  const contacts: number[] = [];
  for (const [phone, name, text] of RECEIVERS) {
    const contact = await sms.contact(phone, name);
    await sms.sendFromContact(contact, text);
    contacts.push(contact);
  }
  const log = smsLog(loop.odoo);
  for (const contact of contacts.slice(0, -1)) await log.rowOf(contact, 'delivered', 'failed');
  await log.rowOf(contacts.at(-1) ?? 0, 'on_its_way');
  admin = await signIn(browser, loop.odoo, loop.odoo.admin);
});

afterAll(async () => {
  await browser?.close();
  await loop?.dispose();
});

/** The log as its menu opens it. */
async function openLog(): Promise<Page> {
  const { page } = admin;
  await beginTest(admin);
  await page.goto(`${loop.odoo.url}/odoo/action-viaduct_sms.action_gatewayapi_sms`);
  await page.locator('.o_list_view .o_data_row').first().waitFor();
  return page;
}

const rowOf = (page: Page, text: string) => page.locator('.o_data_row', { hasText: text });

test('an administrator reads in the list what became of each SMS, what waits in blue and what failed in red', async () => {
  const page = await openLog();
  expect(await page.locator('.o_data_row').count()).toBe(RECEIVERS.length);
  expect(await rowOf(page, 'Nobody There').getAttribute('class')).toContain('text-danger');
  expect(await rowOf(page, 'Off Line').getAttribute('class')).toContain('text-info');
  expect(await rowOf(page, 'Ida Iversen').getAttribute('class')).not.toMatch(/text-(danger|info)/);
  expect(await rowOf(page, 'Greta Gruber').textContent()).toMatch(/Germany.*Delivered.*2.*0\.7000.*DKK/);
  expect(await page.getByRole('button', { name: 'New', exact: true }).count()).toBe(0);
  expect(admin.faults).toEqual([]);
  if (process.env['SCREENSHOT'] === '1') {
    await page.screenshot({ path: PICTURE, clip: { x: 0, y: 0, width: 1540, height: 420 } });
  }
});

test('an administrator opens an SMS and sees every state, and nothing that he could change', async () => {
  const page = await openLog();
  await rowOf(page, 'Nobody There').locator('td').nth(1).click();
  await page.locator('.o_form_view .alert-danger', { hasText: 'Unknown subscriber' }).waitFor();
  const states = await page.locator('[name=x_state_ids] .o_data_row td[name=x_status]').allTextContents();
  // The two in the middle happen within one second.
  expect([states[0], ...states.slice(1, -1).toSorted(), states.at(-1)]).toEqual([
    ...['accepted', 'BUFFERED', 'ENROUTE', 'UNDELIVERABLE'],
  ]);
  expect(await page.locator('.o_form_sheet input:visible, .o_form_sheet textarea:visible').count()).toBe(0);
  expect(admin.faults).toEqual([]);
});

test('the cost is shown by month and country, as a graph and as a pivot', async () => {
  const page = await openLog();
  await page.locator('.o_switch_view.o_graph').click();
  await page.locator('.o_graph_view canvas').waitFor();
  if (process.env['SCREENSHOT'] === '1') {
    // The bars grow for a second.
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: PICTURE_OF_COST, clip: { x: 0, y: 45, width: 1540, height: 500 } });
  }
  await page.locator('.o_switch_view.o_pivot').click();
  const france = page.locator('.o_pivot tr', { hasText: 'France' });
  await france.waitFor();
  expect(await france.locator('.o_pivot_cell_value').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringContaining('0.30')]),
  );
  expect(admin.faults).toEqual([]);
});

test('an administrator removes the content of a number from the form of one of its SMS', async () => {
  const page = await openLog();
  await rowOf(page, 'Sven Svensson').locator('td').nth(1).click();
  await page.getByText('Din beställning är klar.').waitFor();
  await page.getByRole('button', { name: 'Remove Content of This Number' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.locator('[name=x_number] input').inputValue()).toBe('+46701234567');
  await dialog.getByRole('button', { name: 'Remove Content' }).click();
  await page.getByText('Number, contact and text were removed on request.').waitFor();
  expect(await page.locator('h1', { hasText: '+46 •••' }).count()).toBe(1);
  expect(await page.getByText('Din beställning är klar.').count()).toBe(0);
  expect(admin.faults).toEqual([]);
});

test('an administrator removes the content of a number that he writes himself', async () => {
  const page = await openLog();
  await page.getByRole('button', { name: 'Remove Content of a Number' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('[name=x_number] input').fill('+33 6 12 34 56 78');
  await dialog.getByRole('button', { name: 'Remove Content' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await smsLog(loop.odoo).rows([['x_number', '=', '+33 •••']])).toMatchObject([
    { x_removed: true, x_body: false, x_partner_id: false, x_price: 0.3 },
  ]);
  expect(admin.faults).toEqual([]);
});

test('an administrator gets from the account to its SMS', async () => {
  const { page } = admin;
  await beginTest(admin);
  await page.goto(`${loop.odoo.url}/odoo/action-viaduct_sms.action_gatewayapi_account/${loop.accountId}`);
  await page.locator('button.oe_stat_button', { hasText: 'SMS Log' }).click();
  await page.locator('.o_list_view .o_data_row').first().waitFor();
  expect(await page.locator('.o_data_row').count()).toBe(RECEIVERS.length);
  expect(admin.faults).toEqual([]);
});
