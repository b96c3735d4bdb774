import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { confirmDatabase } from '../support/confirm-database.ts';
import { type BegunLoop, type Loop, makeAccount, startLoop } from '../support/loop.ts';
import { otherOdoo, type TestOdoo } from '../support/odoo.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { newService, provisioned, provisionedTemplate } from '../support/provisioned.ts';
import { until } from '../support/until.ts';

type Sms = ReturnType<typeof odooSms>;

let loop: Loop;
let shopOdoo: TestOdoo;
let main: Sms;
let shop: Sms;
const shopService = newService();

/** A second database, with a user, an account and settings of its own; GatewayAPI's account is the same. */
async function addShop({ odoo, simulator, url, secrets, ends }: BegunLoop): Promise<Record<string, string>> {
  shopOdoo = await otherOdoo({ templateOf: provisionedTemplate });
  ends.push(shopOdoo.dispose);
  ends.push(await provisioned(shopOdoo, { service: shopService, url }));
  const account = await makeAccount(shopOdoo, { ...secrets, baseUrl: simulator.url });
  ends.push(account.remove);
  return {
    VIADUCT_DATABASES: 'main,shop',
    ODOO_MAIN_DATABASE: odoo.database,
    ODOO_SHOP_DATABASE: shopOdoo.database,
    ODOO_SHOP_LOGIN: shopService.login,
    ODOO_SHOP_PASSWORD: shopService.password,
  };
}

beforeAll(async () => {
  loop = await startLoop({ settings: addShop });
  main = odooSms(loop.odoo);
  shop = odooSms(shopOdoo);
  await part('database shop', (state) => state.up);
});

afterAll(() => loop?.dispose());

const Readiness = z.object({
  parts: z.array(z.object({ name: z.string(), up: z.boolean(), matters: z.boolean(), detail: z.string() })),
});
type Part = z.infer<typeof Readiness>['parts'][number];

async function readiness(): Promise<{ status: number; parts: Part[] }> {
  const response = await fetch(`${loop.url}/readyz`);
  return { status: response.status, parts: Readiness.parse(await response.json()).parts };
}

/** What `/readyz` says of a part, once it is so. */
async function part(name: string, isSo: (state: Part) => boolean): Promise<Part> {
  const missing = { name, up: false, matters: false, detail: 'missing' };
  return until(async () => (await readiness()).parts.find((state) => state.name === name) ?? missing, isSo);
}

async function send(sms: Sms, phone: string, text: string): Promise<number> {
  const contact = await sms.contact(phone);
  await sms.sendFromContact(contact, text);
  return contact;
}

async function setShop(key: string, value: string | false): Promise<void> {
  await shopOdoo.execute('ir.config_parameter', 'set_param', [key, value]);
}

const delivered = [{ notification_status: 'sent' }];

describe('two databases behind one Viaduct', () => {
  test('send and deliver, each under its own name', async () => {
    const ofMain = await send(main, '+4520500001', 'From main');
    const ofShop = await send(shop, '+4520500002', 'From the shop');
    expect(await main.ended(ofMain)).toMatchObject(delivered);
    expect(await shop.ended(ofShop)).toMatchObject(delivered);
    const taken = (database: string) =>
      loop.metric('viaduct_sms_messages_total', { database, outcome: 'taken' });
    expect([await taken('main'), await taken('shop')]).toEqual([1, 1]);
    expect((await readiness()).parts.map(({ name }) => name)).toEqual([
      ...['journal', 'odoo main', 'database main', 'bell main'],
      ...['odoo shop', 'database shop', 'bell shop', 'other databases'],
    ]);
  });

  test('one goes on while the other is neutralized, and the other after its confirmation', async () => {
    await setShop('database.is_neutralized', 'true');
    await send(shop, '+4520500003', 'From the copy');
    const held = await part('database shop', (state) => !state.up);
    expect(held).toMatchObject({ matters: false, detail: expect.stringMatching(/neutralized/) });
    expect((await readiness()).status).toBe(200);
    expect(await main.ended(await send(main, '+4520500004', 'Not held'))).toMatchObject(delivered);

    await setShop('database.is_neutralized', false);
    await confirmDatabase(shopOdoo);
    await part('database shop', (state) => state.up);
    expect(await shop.ended(await send(shop, '+4520500005', 'Confirmed'))).toMatchObject(delivered);
  });

  test('one goes on while the other lets Viaduct’s user in no more, and the other once it does', async () => {
    const [user] = z
      .array(z.number())
      .parse(await shopOdoo.execute('res.users', 'search', [[['login', '=', shopService.login]]]));
    const setPassword = (password: string) => shopOdoo.execute('res.users', 'write', [[user], { password }]);
    await setPassword('another than Viaduct has');
    const waiting = await send(shop, '+4520500006', 'While locked out');
    expect(await main.ended(await send(main, '+4520500007', 'Not locked out'))).toMatchObject(delivered);
    expect(await shop.notifications(waiting)).toMatchObject([{ notification_status: 'process' }]);
    await setPassword(shopService.password);
    // Viaduct looks at a database that refused it once a minute.
    await until(
      () => shop.notifications(waiting),
      ([row]) => row?.notification_status === 'sent',
      { timeoutMs: 100_000 },
    );
  });

  test('a copy that is configured beside its original is held, and the original goes on', async () => {
    await setShop('database.uuid', loop.databaseUuid);
    await confirmDatabase(shopOdoo);
    const isCopy = /one is a copy of the other/;
    const held = await part('database shop', ({ up, detail }) => !up && isCopy.test(String(detail)));
    expect(held.detail).toMatch(isCopy);
    const ofCopy = await send(shop, '+4520500008', 'From the copy beside');
    expect(await main.ended(await send(main, '+4520500009', 'The original'))).toMatchObject(delivered);
    expect((await part('database main', () => true)).up).toBe(true);
    expect(await shop.notifications(ofCopy)).not.toMatchObject(delivered);
    const texts = [...loop.simulator.ledger.entries()].map(({ text }) => text);
    expect(texts).toContain('The original');
    expect(texts).not.toContain('From the copy beside');
  });
});
