import { hash } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { beginTest, type Session, signIn, startBrowser } from '../support/browser.ts';
import { type RecordsOdoo, startRecordsOdoo } from '../support/odoo-records.ts';

const PICTURE = (name: string) => new URL(`../../src/records/${name}.png`, import.meta.url).pathname;
const isPictured = process.env['SCREENSHOT'] === '1';

let place: RecordsOdoo;
let browser: Browser;
let admin: Session;
let endpoint: number;

beforeAll(async () => {
  [place, browser] = await Promise.all([startRecordsOdoo(), startBrowser()]);
  const { id } = await place.employee('Shop Robot', ['sales_team.group_sale_salesman']);
  endpoint = await place.endpoint(
    id,
    [
      { model: 'res.partner', rights: 'rcw', values: { x_methods: 'message_post' } },
      { model: 'res.country', rights: 'r' },
    ],
    { x_name: 'Orders of the shop', x_networks: '203.0.113.0/24' },
  );
  await place.procedures.readEndpoints('https://viaduct.example.com');
  await place.procedures.log([
    ...[3, 7, 12, 16].map((durationMs, n) => call(n, { durationMs })),
    call(4, { method: 'unlink', status: 403, outcome: 'refused', errorCode: 'right-not-allowed' }),
    call(5, {
      door: 'drop-in',
      method: 'create',
      status: 422,
      outcome: 'refused',
      errorCode: 'odoo-validation',
    }),
    call(6, { door: 'json-rpc', method: 'search_read', records: 80, durationMs: 41 }),
    call(7, {
      method: 'write',
      status: 503,
      outcome: 'failed',
      errorCode: 'odoo-unavailable',
      durationMs: 12_000,
    }),
  ]);
  admin = await signIn(browser, place.odoo, place.odoo.admin);
});

afterAll(async () => {
  await browser?.close();
  await place?.dispose();
});

type Line = Parameters<RecordsOdoo['procedures']['log']>[0][number];

function call(number: number, values: Partial<Line> = {}): Line {
  return {
    ...{ key: `call-${number}`, endpoint, keyId: null, verb: 'POST', door: 'v1', method: 'search' },
    ...{ at: new Date(Date.now() - number * 60_000).toISOString(), model: 'res.partner', status: 200 },
    ...{ outcome: 'ok', errorCode: null, durationMs: 9, origin: '203.0.113.9', records: 1 },
    ...{ input: '{"domain":[["email","=","a@example.com"]]}', output: '{"records":[{"id":7}]}', ...values },
  };
}

async function open(action: string, id?: number): Promise<Page> {
  await beginTest(admin);
  const { page } = admin;
  const { url, version } = place.odoo;
  const name = `viaduct_records.${action}`;
  await page.goto(
    version.major >= 18
      ? `${url}/odoo/action-${name}${id === undefined ? '' : `/${id}`}`
      : `${url}/web#action=${name}${id === undefined ? '' : `&id=${id}&view_type=form`}`,
  );
  const place_ = id === undefined ? '.o_list_view .o_list_renderer' : '.o_form_view';
  await page.locator(place_).first().waitFor();
  return page;
}

test('an administrator makes an endpoint that lets contacts be read', async () => {
  const page = await open('action_endpoint');
  await page.getByRole('button', { name: 'New', exact: true }).first().click();
  await page.locator('[name=x_name] input').fill('Contacts of the desk');
  await page.locator('[name=x_grant_ids] .o_field_x2many_list_row_add a').click();
  const line = page.locator('.modal-dialog');
  await line.locator('[name=x_model_id] input').fill('Contact');
  await page
    .locator('.o-autocomplete--dropdown-item', { hasText: /^Contact$/ })
    .first()
    .click();
  await line.locator('[name=x_write] input').check();
  await line.locator('.o_form_button_save').first().click();
  await page.locator('.o_data_row', { hasText: 'Contact' }).waitFor();
  await page.locator('.o_form_button_save').click();
  await page.getByRole('button', { name: 'New Key' }).waitFor();
  const [made = 0] = await place.search('x_viaduct_endpoint', [['x_name', '=', 'Contacts of the desk']]);
  const [grant = 0] = await place.search('x_viaduct_grant', [['x_endpoint_id', '=', made]]);
  const shape = { x_model: z.string(), x_read: z.boolean(), x_write: z.boolean(), x_unlink: z.boolean() };
  expect(await place.read('x_viaduct_grant', grant, shape)).toMatchObject({
    ...{ x_model: 'res.partner', x_read: true, x_write: true, x_unlink: false },
  });
  expect(admin.faults).toEqual([]);
});

test('a new key is shown once, and is nowhere after that', async () => {
  const page = await open('action_endpoint', endpoint);
  await page.getByRole('button', { name: 'New Key' }).click();
  await page.locator('.modal-footer .btn-primary', { hasText: 'Ok' }).click();
  const shown = page.locator('.modal-dialog [name=x_key]');
  await shown.waitFor();
  const key = /vdk_[0-9a-f]{64}/.exec((await shown.allInnerTexts()).join())?.[0] ?? '';
  await page.getByRole('button', { name: 'I Have Copied It' }).click();
  await shown.waitFor({ state: 'detached' });
  const { endpoints } = await place.procedures.readEndpoints('https://viaduct.example.com');
  const [kept] = endpoints.find(({ id }) => id === endpoint)?.keys ?? [];
  expect(kept).toMatchObject({ hash: hash('sha256', key), hint: key.slice(-4) });
  await page.locator('.nav-link', { hasText: 'Keys' }).click();
  await page.locator('[name=x_key_ids] .o_data_row', { hasText: key.slice(-4) }).waitFor();
  expect(await page.content()).not.toContain(key);
  expect(await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))).not.toContain(key);
  expect(admin.faults).toEqual([]);
});

test('the form shows the address, what is allowed, and how it goes', async () => {
  const page = await open('action_endpoint', endpoint);
  await page.locator('.oe_stat_button', { hasText: 'Calls' }).getByText('8', { exact: true }).waitFor();
  await page.locator('.oe_stat_button', { hasText: 'Not Done' }).getByText('3', { exact: true }).waitFor();
  await page.locator('[name=x_api_url]', { hasText: 'https://viaduct.example.com/v1' }).waitFor();
  expect(await page.locator('[name=x_grant_ids] .o_data_row').count()).toBe(2);
  if (isPictured) await page.screenshot({ path: PICTURE('endpoint') });
  expect(admin.faults).toEqual([]);
});

test('a public endpoint is told in red', async () => {
  const alert = 'Public: no key is asked for.';
  const authenticate = (by: string) =>
    place.odoo.execute('x_viaduct_endpoint', 'write', [[endpoint], { x_auth: by }]);
  expect(await (await open('action_endpoint', endpoint)).getByText(alert).isVisible()).toBe(false);
  await authenticate('public');
  const page = await open('action_endpoint', endpoint);
  await page.locator('.alert-danger', { hasText: alert }).waitFor();
  expect(await page.getByRole('button', { name: 'New Key' }).isVisible()).toBe(false);
  await authenticate('key');
  expect(admin.faults).toEqual([]);
});

test('the log shows each call, and opens to what was asked and answered', async () => {
  const page = await open('action_call');
  await page
    .locator('.o_data_row', { hasText: 'right-not-allowed' })
    .locator('.badge', { hasText: 'Refused' })
    .waitFor();
  expect(await page.locator('.o_data_row').count()).toBe(8);
  if (isPictured)
    await page.screenshot({ path: PICTURE('log'), clip: { x: 0, y: 0, width: 1540, height: 480 } });
  await page.locator('.o_data_row', { hasText: 'odoo-unavailable' }).click();
  await page.locator('.o_form_view [name=x_input]', { hasText: 'a@example.com' }).waitFor();
  for (const view of ['graph', 'pivot']) {
    await open('action_call');
    await page.locator(`.o_switch_view.o_${view}`).click();
    await page.locator(`.o_${view}_view .o_${view}_renderer, .o_${view}_view .o_${view}`).first().waitFor();
  }
  expect(admin.faults).toEqual([]);
});

test('a Viaduct administrator is not offered what only Odoo’s own may grant', async () => {
  const keeper = await place.employee('Keeper', ['viaduct_base.group_administrator']);
  const session = await signIn(browser, place.odoo, keeper);
  const own = await place.endpoint(keeper.id, [{ model: 'res.partner' }]);
  await session.page.goto(`${place.odoo.url}/odoo/action-viaduct_records.action_endpoint/${own}`);
  await session.page.locator('[name=x_grant_ids] .o_data_row').click();
  const dialog = session.page.locator('.modal-dialog');
  await dialog.locator('[name=x_methods]').waitFor();
  expect(await dialog.locator('[name=x_action_ids]').count()).toBe(0);
  expect(session.faults).toEqual([]);
});
