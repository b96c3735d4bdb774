import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { until } from '../support/until.ts';

/** The picture of the README; SCREENSHOT=1 takes it anew. */
const PICTURE = new URL('../../src/sms/delivered.png', import.meta.url).pathname;

const Ids = z.tuple([z.number()]);

let loop: Loop;
let browser: Browser;
let sms: ReturnType<typeof odooSms>;
let salesperson: Session;

beforeAll(async () => {
  [loop, browser] = await Promise.all([startLoop(), startBrowser()]);
  sms = odooSms(loop.odoo);
  const account = await makeEmployee(loop.odoo, {
    name: 'Sara Sales',
    groups: ['sales_team.group_sale_salesman', 'base.group_partner_manager'],
  });
  salesperson = await signIn(browser, loop.odoo, account);
});

afterAll(async () => {
  await browser?.close();
  await loop?.dispose();
});

/** The salesperson before the form of a contact with this number. */
async function atContact(
  phone: string,
  name: string,
  details: object = {},
): Promise<Session & { contact: number }> {
  const values = { name, phone, ...details };
  const [contact] = Ids.parse(await loop.odoo.execute('res.partner', 'create', [[values]]));
  await beginTest(salesperson);
  await salesperson.page.goto(`${loop.odoo.url}/odoo/contacts/${contact}`);
  await salesperson.page.locator('.o-mail-Chatter').waitFor();
  return { ...salesperson, contact };
}

/** Opens Odoo's composer by the button beside the phone number, and writes. */
async function writeSms(page: Page, text: string): Promise<Locator> {
  const phone = page.locator('.o_field_phone').first();
  // Odoo shows the button while the pointer is over the field.
  await phone.hover();
  await phone.locator('.o_field_phone_sms').click();
  const composer = page.getByRole('dialog').filter({ hasText: 'Send SMS' });
  await composer.locator('textarea').fill(text);
  return composer;
}

async function sendSms(page: Page, text: string): Promise<Locator> {
  return send(page, await writeSms(page, text), text);
}

/** Sends what the composer holds, and gives the message in the chatter. */
async function send(page: Page, composer: Locator, text: string): Promise<Locator> {
  await composer.getByRole('button', { name: 'Send', exact: true }).click();
  await composer.waitFor({ state: 'detached' });
  const message = page.locator('.o-mail-Message', { hasText: text });
  await message.waitFor();
  return message;
}

const popover = (page: Page): Locator => page.locator('.o-mail-MessageNotificationPopover');

/** What the chatter says when the user clicks on the SMS icon: the state (the icon's title), and the words beside it. */
async function askState(page: Page, message: Locator): Promise<{ state: string | null; words: string }> {
  await message.locator('.o-mail-Message-notification').click();
  await popover(page).waitFor();
  const state = await popover(page).locator('i').first().getAttribute('title');
  return { state, words: (await popover(page).textContent()) ?? '' };
}

async function closePopover(page: Page): Promise<void> {
  await page.locator('.o-mail-Chatter').click({ position: { x: 5, y: 400 } });
  await popover(page).waitFor({ state: 'detached' });
}

/** Asks until the state is this one, without ever loading the page again: Odoo's bus brings it. */
async function untilState(page: Page, message: Locator, state: string): Promise<string> {
  const seen = await until(
    async () => {
      if (await popover(page).isVisible()) await closePopover(page);
      return askState(page, message);
    },
    (asked) => asked.state === state,
  );
  return seen.words;
}

/** Puts other words on the failed notification of a contact, as another provider might. */
async function setProviderWords(contact: number, words: string): Promise<void> {
  const domain = `[('res_partner_id', '=', ${contact}), ('notification_type', '=', 'sms')]`;
  const write = await sms.action(
    `env['mail.notification'].sudo().search(${domain}).write({'failure_reason': ${JSON.stringify(words)}})`,
  );
  await write();
}

test('a salesperson sends an SMS from a contact and sees it delivered without reloading', async () => {
  const { page, contact, faults } = await atContact('+45 20 11 00 01', 'Ida Iversen', {
    ...{ function: 'Head Gardener', website: 'https://example.com' },
    ...{ street: 'Havnegade 12', zip: '5000', city: 'Odense C' },
  });
  const message = await sendSms(page, 'Your table for four is ready at seven. See you tonight!');
  expect(await untilState(page, message, 'Delivered')).toContain('Ida Iversen');
  expect(await sms.notifications(contact)).toMatchObject([{ notification_status: 'sent' }]);
  expect([...loop.simulator.ledger.entries()].map(({ msisdn }) => msisdn)).toContain('4520110001');
  expect(faults).toEqual([]);
  if (process.env['SCREENSHOT'] === '1') {
    await page.mouse.move(700, 700);
    await page.screenshot({ path: PICTURE, clip: { x: 0, y: 0, width: 1540, height: 590 } });
  }
});

test('a number that nobody has turns red by itself and shows the provider’s words', async () => {
  const { page, faults } = await atContact('+45 20 11 99 01', 'Nobody There');
  const message = await sendSms(page, 'Are you there?');
  await message.locator('.o-mail-Message-notification.text-danger').waitFor();
  const { state, words } = await askState(page, message);
  expect(state).toBe('Bounced');
  expect(words).toMatch(/Nobody There\s*\(Invalid Destination: .*Unknown subscriber/);
  expect(faults).toEqual([]);
});

test('a number that GatewayAPI refuses at once shows its words', async () => {
  loop.simulator.account.blacklist.add('4520110003');
  const { page, faults } = await atContact('+45 20 11 00 03', 'Bo Blocked');
  const message = await sendSms(page, 'Hello Bo');
  await message.locator('.o-mail-Message-notification.text-danger').waitFor();
  const { state, words } = await askState(page, message);
  expect(state).toBe('Error');
  expect(words).toMatch(/Bo Blocked\s*\(.+: .*blacklist/i);
  expect(faults).toEqual([]);
});

test('words with markup in them are shown as they were written', async () => {
  const { page, contact, faults } = await atContact('+45 20 12 99 01', 'Markup');
  const message = await sendSms(page, 'Any markup?');
  await message.locator('.o-mail-Message-notification.text-danger').waitFor();
  const words = '<img src="x" onerror="throw 1"> & <b>bold</b>';
  await setProviderWords(contact, words);
  expect((await askState(page, message)).words).toContain(words);
  expect(await popover(page).locator('img, b').count()).toBe(0);
  expect(faults).toEqual([]);
});

test('where Odoo refuses to tell the words, its own label stays and nothing breaks', async () => {
  const { page, faults } = await atContact('+45 20 13 99 01', 'Hidden Words');
  const message = await sendSms(page, 'May I read it?');
  await message.locator('.o-mail-Message-notification.text-danger').waitFor();
  const error = { code: 200, message: 'Odoo Server Error', data: { name: 'AccessError', message: 'No' } };
  await page.route('**/mail.notification/read', (route) =>
    route.fulfill({ json: { jsonrpc: '2.0', id: null, error } }),
  );
  expect((await askState(page, message)).words).toMatch(/Hidden Words\s*\(Invalid Destination\)/);
  await closePopover(page);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(faults).toEqual([]);
});

test('an impossible number is refused with words, by Odoo’s composer or else in the chatter', async () => {
  const { page, faults } = await atContact('+45 12', 'Short Number');
  const composer = await writeSms(page, 'Too short');
  // Odoo itself looks at numbers only where Python's phonenumbers is installed.
  const warning = composer.getByText('Invalid number:');
  if (await warning.isVisible()) {
    expect(await composer.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  } else {
    const { state, words } = await askState(page, await send(page, composer, 'Too short'));
    expect(state).toBe('Error');
    expect(words).toMatch(/Wrong Number Format: .*impossible length/);
  }
  expect([...loop.simulator.ledger.entries()].map(({ text }) => text)).not.toContain('Too short');
  expect(faults).toEqual([]);
});
