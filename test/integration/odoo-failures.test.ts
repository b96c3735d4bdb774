import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { z } from 'zod';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

// Odoo loads its registry anew in each of these, which takes a busy machine a minute.
vi.setConfig({ testTimeout: 300_000 });

let loop: Loop;
let sms: ReturnType<typeof odooSms>;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(async () => {
  await loop?.dispose();
});

const Ids = z.array(z.number());

/** Sends to that many contacts in one transaction each, as their users would. */
async function sendTo(phones: readonly string[], text: string): Promise<number[]> {
  const contacts = await Promise.all(phones.map((phone) => sms.contact(phone)));
  for (const contact of contacts) await sms.sendFromContact(contact, text);
  return contacts;
}

const phonesFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `+4520${String(first + index).padStart(6, '0')}`);

const taken = (text: string) =>
  [...loop.simulator.ledger.entries()].filter((entry) => entry.text === text).length;

async function expectDelivered(contacts: readonly number[], text: string): Promise<void> {
  for (const contact of contacts) {
    expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
  }
  expect(taken(text)).toBe(contacts.length);
}

const isReady = (status: number) =>
  until(
    async () => (await fetch(`${loop.url}/readyz`)).status,
    (found) => found === status,
  );

/** Presses "Upgrade" on an app, as an administrator does after new files of Odoo were put in place. */
async function upgrade(app: string): Promise<void> {
  const ids = Ids.parse(await loop.odoo.execute('ir.module.module', 'search', [[['name', '=', app]]]));
  await until(
    async () =>
      loop.odoo.execute('ir.module.module', 'button_immediate_upgrade', [ids]).then(
        () => 'upgraded',
        (error: unknown) => String(error),
      ),
    (outcome) => outcome === 'upgraded',
    { timeoutMs: 100_000, everyMs: 1_000 },
  );
}

test('an app of Odoo is upgraded in place while SMS flow: they are delivered, once each, and Viaduct goes on', async () => {
  const before = await sendTo(phonesFrom(510_000, 5), 'Before the upgrade');
  const upgraded = upgrade('sms');
  const phones = phonesFrom(510_100, 5);
  const during = await Promise.all(
    phones.map((phone) =>
      until(
        () => sendTo([phone], 'During the upgrade').catch(() => []),
        (contacts) => contacts.length === 1,
        { timeoutMs: 100_000 },
      ),
    ),
  );
  await upgraded;
  await expectDelivered(before, 'Before the upgrade');
  await expectDelivered(during.flat(), 'During the upgrade');
  const after = await sendTo(phonesFrom(510_200, 2), 'After the upgrade');
  await expectDelivered(after, 'After the upgrade');
  // Up to 18, Odoo itself leaves imported addons "to upgrade": Viaduct's next beat puts that right.
  const domain = [['name', '=like', 'viaduct%']];
  const states = await until(
    () => loop.odoo.execute('ir.module.module', 'search_read', [domain, ['state']]),
    (rows) => !JSON.stringify(rows).includes('to upgrade'),
    { timeoutMs: 100_000 },
  );
  const addons = await readdir(new URL('../../addon-manifests', import.meta.url));
  expect(states).toEqual(addons.map(() => ({ id: expect.any(Number), state: 'installed' })));
});

// Only containers of our own may be killed. Odoo comes last: its cron thread may have died with PostgreSQL.
if (inject('odooPlace').kind === 'stack') {
  test('PostgreSQL is killed under load: what was taken is delivered once it is back, once each', async () => {
    loop.simulator.reports.setPaused(true);
    const text = 'Under load';
    const contacts = await sendTo(phonesFrom(520_000, 20), text);
    await loop.odoo.stack?.postgres.kill();
    try {
      loop.simulator.reports.setPaused(false);
      await isReady(503);
    } finally {
      await loop.odoo.stack?.postgres.start();
    }
    await isReady(200);
    await expectDelivered(contacts, text);
  });

  test('Odoo is stopped and started: Viaduct says so, and goes on by itself', async () => {
    loop.simulator.reports.setPaused(true);
    const contacts = await sendTo(phonesFrom(530_000, 3), 'Around a restart');
    await loop.odoo.stack?.odoo.stop();
    try {
      loop.simulator.reports.setPaused(false);
      await isReady(503);
    } finally {
      await loop.odoo.stack?.odoo.start();
    }
    await isReady(200);
    await expectDelivered(contacts, 'Around a restart');
    await expectDelivered(await sendTo(phonesFrom(530_100, 1), 'After a restart'), 'After a restart');
  });
}
