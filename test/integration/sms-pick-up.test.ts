import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../docker/ports.ts';
import { createOdooClient, type OdooClient } from '../../src/odoo/index.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

const Ids = z.array(z.number());
const Found = z.object({ sms: z.array(z.object({ uuid: z.string() })) });
const FAILED = { notification_status: 'exception', failure_type: 'sms_server' };

let loop: Loop;
let sms: ReturnType<typeof odooSms>;
let service: OdooClient;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
  service = createOdooClient({
    ...{ url: loop.odoo.url, database: loop.odoo.database },
    ...{ login: loop.environment['ODOO_LOGIN'] ?? '', password: loop.secrets.servicePassword },
  });
});

afterAll(async () => {
  await service?.stop();
  await loop?.dispose();
});

/** How often GatewayAPI was given this text. */
const sent = (text: string) => [...loop.simulator.ledger.entries()].filter((entry) => entry.text === text);

async function uuidOf(text: string): Promise<string> {
  const [row] = await sms.messages([['body', '=', text]]);
  return row?.uuid ?? '';
}

/** The uuids of what failed since Viaduct was away, as Viaduct would be told. */
async function unreached(): Promise<string[]> {
  const asked = { database: loop.databaseUuid, hours: 24, after: 0, limit: 500 };
  return Found.parse(await service.procedure('viaduct_sms.unreached', asked)).sms.map(({ uuid }) => uuid);
}

/** Does something while Viaduct is away, and waits until it has come back and looked. */
async function whileAway(work: () => Promise<void>): Promise<void> {
  await loop.stopViaduct();
  await work();
  await loop.startViaduct();
}

/** Sends to a contact while Viaduct is away. */
async function failedContact(phone: string, text: string): Promise<number> {
  const contact = await sms.contact(phone);
  await sms.sendFromContact(contact, text);
  expect(await sms.notifications(contact)).toMatchObject([FAILED]);
  return contact;
}

/** Of this start of Viaduct. */
const queuedAgain = () => loop.metric('viaduct_sms_messages_total', { outcome: 'queued-again' });

/** Which nobody may write by himself. */
async function changeNotifications(contact: number, values: string): Promise<void> {
  const found = `env['mail.notification'].sudo().search([('res_partner_id', '=', ${contact})])`;
  await (await sms.action(`${found}.write(${values})`))();
}

describe('SMS that Odoo marked as server errors while Viaduct was away', () => {
  test('are sent once it is back: from a contact’s form, to mere numbers and of a campaign', async () => {
    let contact = 0;
    let mailing = 0;
    await whileAway(async () => {
      contact = await failedContact('+4520800101', 'Form while away');
      await sms.sendToNumbers(['+4520800102'], 'Number while away');
      mailing = await campaign(await sms.contact('+4520800103'), 'Campaign while away');
      expect(await traces(mailing)).toMatchObject([{ trace_status: 'error', failure_type: 'sms_server' }]);
    });
    await until(
      () => sms.notifications(contact),
      ([row]) => row?.notification_status === 'sent',
      { timeoutMs: 100_000 },
    );
    await until(
      () => traces(mailing),
      ([row]) => row?.trace_status === 'sent',
    );
    await until(
      () => sms.messages([['body', '=', 'Number while away']]),
      ([row]) => row?.state === 'sent',
    );
    for (const text of ['Form while away', 'Number while away', 'Campaign while away']) {
      expect(sent(text)).toHaveLength(1);
    }
    expect(await queuedAgain()).toBe(3);
    expect(await unreached()).toEqual([]);
  });

  test('are sent once, though a person presses resend in the same moment', async () => {
    let contact = 0;
    await whileAway(async () => {
      contact = await failedContact('+4520800104', 'Two at once');
    });
    const [row] = await sms.messages([['body', '=', 'Two at once']]);
    const uuids = [row?.uuid ?? ''];
    const payload = { database: loop.databaseUuid, uuids };
    await Promise.allSettled([
      loop.odoo.execute('sms.sms', 'resend_failed', [[row?.id]]),
      service.procedure('viaduct_sms.queue_again', payload),
      loop.odoo.execute('sms.sms', 'resend_failed', [[row?.id]]),
      service.procedure('viaduct_sms.queue_again', payload),
    ]);
    await until(
      () => sms.notifications(contact),
      ([shown]) => shown?.notification_status === 'sent',
      { timeoutMs: 100_000 },
    );
    expect(sent('Two at once')).toHaveLength(1);
  });
});

describe('not touched are', () => {
  test('those that Viaduct took although Odoo waited in vain for the answer', async () => {
    loop.simulator.faults.add({ kind: 'too-many-requests', retryAfterSeconds: 3_600 });
    const swallower = await startSwallower(loop.url);
    await pointOdooTo(swallower.url);
    await failedContact('+4520800201', 'Taken in time');
    await pointOdooTo(loop.url);
    await swallower.stop();
    const uuid = await uuidOf('Taken in time');
    expect(await unreached()).toEqual([uuid]);
    // Viaduct looks for it the more rarely the longer Odoo leaves it uncommitted.
    const asksForPatience = async () => loop.simulator.faults.fired()['too-many-requests'] ?? 0;
    await until(asksForPatience, (count) => count > 0, { timeoutMs: 60_000 });
    loop.simulator.faults.clear();
    await whileAway(async () => void (await failedContact('+4520800211', 'Beside it')));
    await until(
      () => sent('Beside it'),
      (entries) => entries.length === 1,
      { timeoutMs: 100_000 },
    );
    await until(queuedAgain, (count) => count > 0);
    expect(await queuedAgain()).toBe(1);
    expect(await sms.messages([['uuid', '=', uuid]])).toMatchObject([{ state: 'error' }]);
    // GatewayAPI asked for an hour's patience, and gets it.
    expect(sent('Taken in time')).toEqual([]);
  });

  test('those that Viaduct itself refused', async () => {
    loop.simulator.faults.add({ kind: 'refusal', code: '0x0216' });
    const contact = await sms.contact('+4520800202');
    await sms.sendFromContact(contact, 'Refused');
    await sms.ended(contact);
    loop.simulator.faults.clear();
    const uuid = await uuidOf('Refused');
    // As an SMS that was given up after a day is shown.
    await (
      await sms.action(
        `env['sms.sms'].search([('uuid', '=', '${uuid}')]).write({'failure_type': 'sms_server'})`,
      )
    )();
    expect(await unreached()).not.toContain(uuid);
  });

  test('those with whose failure a person has put up', async () => {
    let contact = 0;
    await loop.stopViaduct();
    contact = await failedContact('+4520800203', 'Given up');
    const uuid = await uuidOf('Given up');
    expect(await unreached()).toContain(uuid);
    await changeNotifications(contact, `{ 'notification_status': 'canceled' }`);
    expect(await unreached()).not.toContain(uuid);
    const asked = { database: loop.databaseUuid, uuids: [uuid] };
    expect(await service.procedure('viaduct_sms.queue_again', asked)).toMatchObject({ queued: [] });
    await loop.startViaduct();
  });

  test('those in whose place another SMS was sent, as the dialog for failed SMS does up to Odoo 18', async () => {
    await loop.stopViaduct();
    const contact = await failedContact('+4520800204', 'Superseded');
    const uuid = await uuidOf('Superseded');
    await changeNotifications(contact, `{ 'sms_id_int': 999_999_999 }`);
    expect(await unreached()).not.toContain(uuid);
    await loop.startViaduct();
  });

  test('those from before this database was confirmed, and those that are too old', async () => {
    await loop.stopViaduct();
    await failedContact('+4520800205', 'Aged');
    const uuid = await uuidOf('Aged');
    const age = async (change: string) => (await sms.action(`env.cr.execute("update ${change}")`))();
    await age(`sms_sms set create_date = create_date - interval '25 hours' where uuid = '${uuid}'`);
    await age(`x_viaduct_database set x_confirmed_at = x_confirmed_at - interval '50 hours'`);
    expect(await unreached()).not.toContain(uuid);
    await age(`sms_sms set create_date = create_date + interval '2 hours' where uuid = '${uuid}'`);
    expect(await unreached()).toContain(uuid);
    await age(`x_viaduct_database set x_confirmed_at = x_confirmed_at + interval '50 hours'`);
    expect(await unreached()).not.toContain(uuid);
    await loop.startViaduct();
  });

  test('those of another database', async () => {
    const asked = { database: 'of somebody else', hours: 24, after: 0, limit: 500 };
    expect(await service.procedure('viaduct_sms.unreached', asked)).toMatchObject({ held: true, sms: [] });
    const uuids = [await uuidOf('Aged')];
    const queue = { database: 'of somebody else', uuids };
    expect(await service.procedure('viaduct_sms.queue_again', queue)).toMatchObject({
      held: true,
      queued: [],
    });
  });
});

/** Odoo's way to Viaduct. */
async function pointOdooTo(url: string): Promise<void> {
  await loop.odoo.execute('ir.config_parameter', 'set_param', ['sms.endpoint', url]);
}

/** Passes on what it is asked and never answers: Odoo waits its 15 s in vain. */
async function startSwallower(target: string) {
  const server = createServer((request) => {
    const body = Readable.toWeb(request);
    const headers = { 'content-type': 'application/json' };
    void fetch(`${target}${request.url}`, { method: 'POST', headers, body, duplex: 'half' });
  });
  const { hostname } = new URL(target);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, hostname, resolve));
  return {
    url: `http://${hostname}:${port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const Traces = z.array(z.object({ trace_status: z.string(), failure_type: z.unknown() }));

/** Sends a campaign to one contact at once. */
async function campaign(contact: number, body: string): Promise<number> {
  const models = await loop.odoo.execute('ir.model', 'search', [[['model', '=', 'res.partner']]]);
  const values = {
    ...{ mailing_type: 'sms', sms_subject: 'Autumn', body_plaintext: body, sms_force_send: true },
    ...{ mailing_model_id: Ids.parse(models)[0], sms_allow_unsubscribe: false },
    mailing_domain: JSON.stringify([['id', '=', contact]]),
  };
  const ids = Ids.parse(await loop.odoo.execute('mailing.mailing', 'create', [[values]]));
  await loop.odoo.execute('mailing.mailing', 'action_send_mail', [ids]);
  return ids[0] ?? 0;
}

async function traces(mailing: number) {
  const asked = [[['mass_mailing_id', '=', mailing]], Object.keys(Traces.element.shape)];
  return Traces.parse(await loop.odoo.execute('mailing.trace', 'search_read', asked));
}
