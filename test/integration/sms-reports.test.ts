import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

let loop: Loop;
let sms: ReturnType<typeof odooSms>;
let laterSms = 100;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(async () => {
  await loop?.dispose();
});

const newUuid = () => randomUUID().replaceAll('-', '');

type Report = { status: 'BUFFERED' | 'ENROUTE' | 'DELIVERED' | 'UNDELIVERABLE'; secret?: string };

/** Has the simulator post a report about an SMS, true or not. */
function report(userref: string, { status, secret }: Report): void {
  const time = Math.floor(Date.now() / 1_000);
  const notification = { id: 900_000, msisdn: 4520300000, time, status, userref };
  const url = `${loop.url}/gatewayapi/dlr`;
  loop.simulator.reports.send({ url, notification, ...(secret === undefined ? {} : { secret }) });
}

const reports = (status: string) => loop.metric('viaduct_sms_reports_total', { status });

/** Waits until Viaduct has one more report of this status. */
async function arrives(status: string, post: () => void): Promise<void> {
  const before = await reports(status);
  post();
  await until(
    () => reports(status),
    (count) => count > before,
  );
}

const Trackers = z.array(
  z.object({
    sms_uuid: z.string(),
    x_viaduct_rank: z.number(),
    x_viaduct_status: z.union([z.string(), z.literal(false)]),
  }),
);

async function trackers(contact: number) {
  const domain = [['mail_notification_id.res_partner_id', '=', contact]];
  const fields = ['sms_uuid', 'x_viaduct_rank', 'x_viaduct_status'];
  return Trackers.parse(await loop.odoo.execute('sms.tracker', 'search_read', [domain, fields]));
}

async function deliveredContact(phone: string) {
  const contact = await sms.contact(phone);
  await sms.sendFromContact(contact, `To ${phone}`);
  expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
  const [tracker] = await trackers(contact);
  return { contact, uuid: tracker?.sms_uuid ?? '' };
}

/** States are written in the order they came: an SMS that came after all others has been through the whole loop. */
async function everythingWasWritten(): Promise<void> {
  laterSms += 1;
  await deliveredContact(`+4520309${laterSms}`);
}

describe('delivery reports', () => {
  test('in disorder and in duplicate end as delivered', async () => {
    loop.simulator.reports.configure({ disorder: 1, duplicate: 1, stepMs: [1, 20] });
    const contacts = await Promise.all([1, 2, 3, 4, 5].map((n) => sms.contact(`+452030010${n}`)));
    for (const contact of contacts) await sms.sendFromContact(contact, 'Shuffled');
    for (const contact of contacts) {
      expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
    }
    await until(
      () => loop.simulator.reports.stats(),
      ({ pending, queued, inFlight }) => pending + queued + inFlight === 0,
    );
    await everythingWasWritten();
    for (const contact of contacts) {
      expect(await sms.notifications(contact)).toMatchObject([{ notification_status: 'sent' }]);
      expect(await trackers(contact)).toMatchObject([{ x_viaduct_rank: 40, x_viaduct_status: 'DELIVERED' }]);
    }
    loop.simulator.reports.configure({ disorder: 0, duplicate: 0 });
  });

  test('never move an SMS backwards', async () => {
    const { contact, uuid } = await deliveredContact('+4520300201');
    for (const status of ['BUFFERED', 'UNDELIVERABLE', 'ENROUTE'] as const) {
      await arrives(status, () => report(uuid, { status }));
    }
    await everythingWasWritten();
    expect(await sms.notifications(contact)).toMatchObject([
      { notification_status: 'sent', failure_reason: false },
    ]);
  });

  test('that somebody else signed are refused, and change nothing', async () => {
    const contact = await sms.contact('+4520309907');
    await sms.sendFromContact(contact, 'Stuck');
    const [tracker] = await until(
      () => trackers(contact),
      ([row]) => row?.x_viaduct_status === 'BUFFERED',
    );
    const forged = { status: 'DELIVERED', secret: 'not the secret' } as const;
    await arrives('refused', () => report(tracker?.sms_uuid ?? '', forged));
    await everythingWasWritten();
    expect(await sms.notifications(contact)).toMatchObject([{ notification_status: 'pending' }]);
  });

  test('that overtake Odoo’s commit are kept until it comes', async () => {
    const uuid = newUuid();
    const run = await sms.action(`
env['sms.sms'].create({'number': '+4520300301', 'body': 'Early', 'uuid': '${uuid}', 'state': 'process'})
env.flush_all()
env.cr.execute('select pg_sleep(3)')`);
    const committed = run();
    await arrives('DELIVERED', () => report(uuid, { status: 'DELIVERED' }));
    expect(await sms.messages([['uuid', '=', uuid]])).toEqual([]);
    await committed;
    await until(
      () => sms.messages([['uuid', '=', uuid]]),
      ([row]) => row?.state === 'sent',
    );
  });

  test('of SMS that other systems sent through the account are acknowledged', async () => {
    const failed = loop.simulator.reports.stats().failedAttempts;
    await arrives('ENROUTE', () => report('order 4711', { status: 'ENROUTE' }));
    expect(loop.simulator.reports.stats().failedAttempts).toBe(failed);
  });
});

// Only containers of our own may be killed.
if (inject('odooPlace').kind === 'stack') {
  test('reports that arrive while Odoo is down are written once it is back, although Viaduct was restarted', async () => {
    loop.simulator.reports.setPaused(true);
    const contacts = await Promise.all([1, 2, 3].map((n) => sms.contact(`+452030040${n}`)));
    for (const contact of contacts) await sms.sendFromContact(contact, 'Through the night');
    const entries = () =>
      [...loop.simulator.ledger.entries()].filter(({ text }) => text === 'Through the night');
    await until(entries, (found) => found.length === contacts.length);
    await loop.odoo.stack?.odoo.kill();
    try {
      loop.simulator.reports.setPaused(false);
      // BUFFERED, ENROUTE and DELIVERED.
      await until(entries, (found) => found.every(({ reports }) => reports.acknowledged === 3));
      await loop.stopViaduct();
    } finally {
      await loop.odoo.stack?.odoo.start();
    }
    await loop.startViaduct();
    for (const contact of contacts) {
      expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
    }
  });
}
