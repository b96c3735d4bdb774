import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { type EventsOdoo, odooEvents, startEventsOdoo } from '../support/odoo-events.ts';
import { until } from '../support/until.ts';

let place: EventsOdoo;
let events: ReturnType<typeof odooEvents>;
let browser: Browser;
let admin: Session;
let subscription: number;

beforeAll(async () => {
  [place, browser] = await Promise.all([startEventsOdoo(), startBrowser()]);
  events = odooEvents(place.odoo);
  subscription = await events.subscribe({ x_name: 'Orders to the shop' });
  await place.service.procedure('viaduct_events.log', {
    database: place.databaseUuid,
    deliveries: [
      ...[40, 80].map((ms, n) => delivery(n, { state: 'delivered', status: 200, durationMs: ms })),
      delivery(2, { state: 'failed', status: 503, errorClass: 'status-5xx', durationMs: 1500 }),
      delivery(3, { state: 'waiting' }),
    ],
  });
  admin = await signIn(browser, place.odoo, place.odoo.admin);
});

afterAll(async () => {
  await browser?.close();
  await place?.dispose();
});

function delivery(number: number, values: { state: string; [name: string]: string | number }) {
  const at = `2026-01-22T10:0${number}:00Z`;
  return {
    ...{
      key: `event-${number}:${subscription}`,
      eventKey: `event-${number}`,
      rank: number,
      direction: 'out',
    },
    ...{ type: 'res.partner.updated', subscriptionId: subscription, model: 'res.partner' },
    ...{ recordId: 10 + number, url: 'https://example.com/hook', method: 'POST', body: `{"n": ${number}}` },
    ...{ requestHeaders: 'webhook-id: 1', eventAt: at, firstAt: at, endedAt: at, response: 'Sorry' },
    attempts: [
      { number: 1, at, url: 'https://example.com/hook', status: 503, durationMs: 12, words: 'Not now' },
    ],
    ...values,
  };
}

/** Begins a test with what a menu of Viaduct opens. */
async function open(action: string, record: { id?: number } = {}): Promise<Page> {
  await beginTest(admin);
  return goTo(action, record);
}

async function goTo(action: string, { id }: { id?: number } = {}): Promise<Page> {
  const { page } = admin;
  const { url, version } = place.odoo;
  const name = `viaduct_events.${action}`;
  await page.goto(
    version.major >= 18
      ? `${url}/odoo/action-${name}${id === undefined ? '' : `/${id}`}`
      : `${url}/web#action=${name}${id === undefined ? '' : `&id=${id}&view_type=form`}`,
  );
  await page
    .locator(id === undefined ? '.o_list_view .o_list_renderer' : '.o_form_view')
    .first()
    .waitFor();
  return page;
}

const rowOf = (page: Page, text: string): Locator => page.locator('.o_data_row', { hasText: text });

test('an administrator makes a subscription, whose secret is there and masked', async () => {
  const page = await open('action_subscription');
  await page.getByRole('button', { name: 'New', exact: true }).first().click();
  await page.locator('[name=x_name] input').fill('Contacts to the desk');
  await page.locator('[name=x_model_id] input').fill('Contact');
  await page
    .locator('.o-autocomplete--dropdown-item', { hasText: /^Contact$/ })
    .first()
    .click();
  await page.locator('[name=x_url] input').fill('https://desk.example.com/contacts');
  await page.locator('[name=x_event_ids] input').fill('res.partner.cr');
  await page.locator('.o-autocomplete--dropdown-item', { hasText: 'res.partner.created' }).click();
  await page.locator('.nav-link', { hasText: 'Security' }).click();
  const secret = page.locator('[name=x_secret] input');
  expect(await secret.getAttribute('type')).toBe('password');
  await page.locator('.o_form_button_save').click();
  const [made = 0] = await until(
    () => events.ids('x_viaduct_subscription', [['x_name', '=', 'Contacts to the desk']]),
    (ids) => ids.length === 1,
  );
  expect(made).toBeGreaterThan(subscription);
  expect(await secret.inputValue()).toMatch(/^whsec_/);
  expect(admin.faults).toEqual([]);
});

test('Send Test waits for Viaduct, and shows its answer without a reload', async () => {
  const page = await open('action_subscription', { id: subscription });
  await page.locator('.nav-link', { hasText: 'Test' }).click();
  await page.getByRole('button', { name: 'Send Test' }).click();
  const answer = page.locator('[name=x_test_result]');
  await answer.getByText('Waiting for Viaduct…').waitFor();
  await place.service.procedure('viaduct_events.report', {
    database: place.databaseUuid,
    tests: [{ subscription, result: 'OK: 200 in 12 ms' }],
  });
  await answer.locator('.text-success', { hasText: 'OK: 200 in 12 ms' }).waitFor();
  expect(admin.faults).toEqual([]);
});

test('a destination that was stopped is told at once, with a To-Do, and goes on by a button', async () => {
  await place.service.procedure('viaduct_events.report', {
    database: place.databaseUuid,
    states: [{ subscription, state: 'stopped', words: 'It said 410.', failingSince: '2026-01-22T10:00:00Z' }],
  });
  const page = await open('action_subscription', { id: subscription });
  await page.locator('.ribbon', { hasText: 'Fails' }).waitFor();
  await page.locator('.alert-warning', { hasText: 'It said 410.' }).waitFor();
  await page.locator('.o-mail-Activity', { hasText: 'Webhook stopped' }).waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.locator('.alert-warning').waitFor({ state: 'detached' });
  expect(await page.locator('.o_statusbar_status, .o_form_statusbar').first().textContent()).toContain(
    'Working',
  );
  expect(admin.faults).toEqual([]);
});

test('an administrator reads in the list what became of each delivery, and replays one that failed', async () => {
  const page = await open('action_delivery');
  expect(await page.locator('.o_data_row').count()).toBe(4);
  const failed = rowOf(page, 'status-5xx');
  expect(await failed.getAttribute('class')).toContain('text-danger');
  expect(await rowOf(page, 'Waiting').getAttribute('class')).toContain('text-info');
  await failed.locator('td[name=x_type]').click();
  await page.locator('.o_form_view [name=x_body]', { hasText: '{"n": 2}' }).waitFor();
  await page.locator('.nav-link', { hasText: 'Attempts' }).click();
  await rowOf(page, 'Not now').waitFor();
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await rowOf(page, 'res.partner.updated 12').last().waitFor();
  await dialog.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.locator('.o_notification', { hasText: 'Deliveries that Viaduct sends again: 1' }).waitFor();
  const asked = await events.ids('x_viaduct_delivery', [['x_replay_asked_at', '!=', false]]);
  expect(asked).toHaveLength(1);
  expect(admin.faults).toEqual([]);
});

test('a delivery that waits is not replayed, with words', async () => {
  const page = await open('action_delivery');
  const replay = page.getByRole('button', { name: 'Replay', exact: true });
  // The list may draw itself anew just after it was opened, and forget a first click.
  await until(
    async () => {
      if (!(await replay.isVisible())) {
        await page
          .locator('thead input[type=checkbox]')
          .check()
          .catch(() => undefined);
      }
      return replay.isVisible();
    },
    (isVisible) => isVisible,
  );
  await replay.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByText('Nothing was replayed.').waitFor();
});

test('graph and pivot show means, not sums, of response times and success', async () => {
  const page = await open('action_delivery');
  await page.locator('.o_switch_view.o_graph').click();
  await page.locator('.o_graph_view canvas').waitFor();
  await page.locator('.o_switch_view.o_pivot').click();
  const total = page.locator('.o_pivot tbody tr').first();
  await total.waitFor();
  const cells = (await total.locator('.o_pivot_cell_value').allTextContents()).map((text) => text.trim());
  // Two of three that ended; 40, 80 and 1,500 ms.
  expect(cells).toEqual(expect.arrayContaining(['66.67', '540', '4']));
  expect(admin.faults).toEqual([]);
});

test('the filters and groups of deliveries all work', async () => {
  const page = await open('action_delivery');
  const toggle = page.locator('.o_searchview_dropdown_toggler');
  await toggle.click();
  for (const filter of ['Last 24 Hours', 'Hour (UTC)', 'Error', 'With an Error']) {
    const entry = page.locator('.o-dropdown--menu .o_menu_item', {
      hasText: new RegExp(`^${filter.replace(/[()]/g, '\\$&')}$`),
    });
    await entry.first().click();
    await entry.first().locator('xpath=self::*[contains(@class, "selected")]').waitFor();
    await entry.first().click();
  }
  expect(admin.faults).toEqual([]);
});

test('sources show their key masked, and the catalogue and watched models open', async () => {
  const source = await events.create('x_viaduct_source', { x_name: 'Warehouse' });
  const page = await open('action_source', { id: source });
  const key = page.locator('[name=x_key] input');
  expect(await key.getAttribute('type')).toBe('password');
  const before = await key.inputValue();
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  await page.getByRole('button', { name: 'Regenerate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Ok' }).click();
  await until(
    () => key.inputValue(),
    (now) => now !== before && /^[0-9a-f]{64}$/.test(now),
  );
  expect(await (await goTo('action_event_type')).locator('.o_data_row').count()).toBe(20);
  await goTo('action_watch');
  await goTo('action_event');
  expect(admin.faults).toEqual([]);
});
