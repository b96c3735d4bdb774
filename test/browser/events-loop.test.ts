import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../../fixtures/receiver/index.ts';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooEvents } from '../support/odoo-events.ts';
import { until } from '../support/until.ts';

/** The picture of the README; SCREENSHOT=1 takes it anew. */
const PICTURE = new URL('../../src/events/delivery.png', import.meta.url).pathname;

let loop: Loop;
let browser: Browser;
let admin: Session;
let receiver: Receiver;
let events: ReturnType<typeof odooEvents>;

beforeAll(async () => {
  [loop, browser, receiver] = await Promise.all([startLoop(), startBrowser(), startReceiver()]);
  events = odooEvents(loop.odoo);
  admin = await signIn(browser, loop.odoo, loop.odoo.admin);
});

afterAll(async () => {
  await browser?.close();
  await loop?.dispose();
  await receiver?.stop();
});

const tab = (page: Page, name: string) => page.locator('.nav-link', { hasText: name }).click();

/** Fills in a field of many or one, and chooses what is offered under this name. */
async function choose(page: Page, field: string, words: string): Promise<void> {
  await page.locator(`[name=${field}] input`).first().fill(words);
  await page.locator('.o-autocomplete--dropdown-item').getByText(words, { exact: true }).first().click();
}

/** Makes a subscription by hand, and gives its id. */
async function subscribe(page: Page): Promise<number> {
  await page.goto(`${loop.odoo.url}/odoo/action-viaduct_events.action_subscription/new`);
  await page.locator('[name=x_name] input').fill('Contacts to the desk');
  await choose(page, 'x_model_id', 'Contact');
  await page.locator('[name=x_url] input').fill(`${receiver.url}/hooks/contacts`);
  await choose(page, 'x_event_ids', 'res.partner.updated');
  await tab(page, 'Delivery');
  await page.locator('[name=x_allow_private] input').check();
  await page.locator('.o_form_button_save').click();
  const [id = 0] = await until(
    () => events.ids('x_viaduct_subscription', [['x_url', 'like', receiver.url]]),
    (ids) => ids.length === 1,
  );
  return id;
}

/** Changes the phone number of a contact, in its form. */
async function changePhone(page: Page, contact: number, phone: string): Promise<void> {
  await page.goto(`${loop.odoo.url}/odoo/action-contacts.action_contacts/${contact}`);
  await page.locator('.o_form_view [name=phone] input').fill(phone);
  await page.locator('.o_form_button_save').click();
}

/** What came of one type of event. */
const received = (type: string) =>
  receiver
    .requests('/hooks/contacts')
    .filter(({ body }) => new RegExp(`^.{0,4}"event": ?"${type}"`).test(body));

const keyOf = (row: { headers: Readonly<Record<string, unknown>> } | undefined) => row?.headers['webhook-id'];

test('an administrator subscribes, presses Test, changes a contact, sees the delivery and replays it', async () => {
  const { page } = admin;
  await beginTest(admin);
  const subscription = await subscribe(page);

  await tab(page, 'Test');
  await page.getByRole('button', { name: 'Send Test' }).click();
  await page.locator('[name=x_test_result] .text-success', { hasText: '200' }).waitFor();
  expect(JSON.parse(receiver.requests()[0]?.body ?? '{}')).toMatchObject({ event: 'viaduct.test' });

  await until(
    () =>
      events.ids('x_viaduct_watch', [
        ['x_model', '=', 'res.partner'],
        ['x_automation_id', '!=', false],
      ]),
    (watched) => watched.length === 1,
  );
  const contact = await events.create('res.partner', { name: 'Ida Iversen' });
  await changePhone(page, contact, '+45 20 11 00 01');
  const changes = () => received('res.partner.updated');
  await until(changes, (found) => found.length === 1);
  expect(JSON.parse(changes()[0]?.body ?? '{}')).toMatchObject({
    ...{ event: 'res.partner.updated', data: { id: contact, phone: '+45 20 11 00 01' } },
  });
  await until(
    () =>
      events.ids('x_viaduct_delivery', [
        ['x_record_id', '=', contact],
        ['x_state', '=', 'delivered'],
      ]),
    (found) => found.length === 1,
  );

  await page.goto(`${loop.odoo.url}/odoo/action-viaduct_events.action_subscription/${subscription}`);
  await page.locator('button.oe_stat_button', { hasText: 'Deliveries' }).click();
  await page.locator('.o_data_row', { hasText: 'res.partner.updated' }).locator('td[name=x_type]').click();
  await page.locator('.o_form_view [name=x_body]', { hasText: '+45 20 11 00 01' }).waitFor();
  expect(await page.locator('[name=x_request_headers]').textContent()).toContain('webhook-signature');
  if (process.env['SCREENSHOT'] === '1') await page.screenshot({ path: PICTURE });
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
  await until(changes, (found) => found.length === 2);
  const [first, second] = changes();
  expect(keyOf(second)).toBe(keyOf(first));
  expect(second?.body).toBe(first?.body);
  await page.reload();
  await tab(page, 'Attempts');
  await until(
    () => page.locator('[name=x_attempt_ids] .o_data_row').count(),
    (count) => count === 2,
  );
  expect(admin.faults).toEqual([]);
});

test('a preview shows the payload of the latest record, and a button of the model sends records', async () => {
  const { page } = admin;
  await beginTest(admin);
  const [subscription = 0] = await events.ids('x_viaduct_subscription', []);
  await page.goto(`${loop.odoo.url}/odoo/action-viaduct_events.action_subscription/${subscription}`);
  await tab(page, 'Payload');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.locator('[name=x_preview]', { hasText: '"event": "res.partner.updated"' }).waitFor();

  await page.getByRole('button', { name: 'Create Button' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ok' }).click();
  await page.getByRole('button', { name: 'Remove Button' }).waitFor();
  const contact = await events.create('res.partner', { name: 'Sven Svensson' });
  const entry = page.locator('.o-dropdown--menu .o_menu_item', { hasText: 'Send to Contacts to the desk' });
  // Odoo's client shows what it kept of a view, and reads it anew for the next time.
  await until(
    async () => {
      await page.goto(`${loop.odoo.url}/odoo/action-contacts.action_contacts/${contact}`);
      await page.locator('.o_cp_action_menus button').first().click();
      await page.locator('.o-dropdown--menu .o_menu_item').first().waitFor();
      return entry.isVisible();
    },
    (isVisible) => isVisible,
  );
  await entry.click();
  const sent = () => received('res.partner.sent');
  await until(sent, (found) => found.length === 1);
  expect(JSON.parse(sent()[0]?.body ?? '{}')).toMatchObject({ count: 1, records: [{ id: contact }] });
  expect(admin.faults).toEqual([]);
});

test('the rule that Viaduct made, whose filter is no mere domain, opens in Odoo’s form', async () => {
  const { page, faults } = admin;
  await beginTest(admin);
  const [rule] = await events.ids('base.automation', [
    ['name', '=', 'Viaduct: created or changed (res.partner)'],
  ]);
  await page.goto(`${loop.odoo.url}/odoo/action-base_automation.base_automation_act/${rule}?debug=1`);
  // Odoo's words for what is no mere domain; it has asked its server by then.
  await page.locator('[name=filter_domain]', { hasText: 'Invalid domain' }).waitFor();
  await tab(page, 'Notes');
  await page.locator('[name=description]', { hasText: 'Viaduct makes this rule' }).waitFor();
  expect(await page.locator('.o_error_dialog').count()).toBe(0);
  expect(faults).toEqual([]);
});
