import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json } from '../../src/odoo/index.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { until } from '../support/until.ts';

const Messages = z.array(
  z.object({ id: z.number(), body: z.string(), author_id: z.tuple([z.number(), z.string()]) }),
);
const LogRows = z.array(
  z.object({
    x_uuid: z.string(),
    x_direction: z.string(),
    x_body: z.string(),
    x_number: z.string(),
    x_sender: z.string(),
    x_asked_at: z.string(),
    x_partner_id: z.union([z.tuple([z.number(), z.string()]), z.literal(false)]),
    x_country_id: z.union([z.tuple([z.number(), z.string()]), z.literal(false)]),
  }),
);
const Ids = z.array(z.number());

let loop: Loop;
let sms: ReturnType<typeof odooSms>;
let lastId = 70_000;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(() => loop?.dispose());

/** Somebody writes to our short code: the simulator posts it, signed, until it is taken. */
async function reply(phone: string, message: string, { id = 0, path = 'inbound' } = {}): Promise<string> {
  lastId += 1;
  const notification = {
    ...{ id: id || lastId, msisdn: Number(phone.replace(/\D/g, '')), receiver: 451204, message },
    ...{ senttime: 1_790_000_100, webhook_label: 'in1', country_code: 'DK', country_prefix: 45 },
  };
  const taken = loop.simulator.reports.stats().acknowledged;
  loop.simulator.reports.send({ url: `${loop.url}/gatewayapi/${path}`, notification });
  await until(
    () => loop.simulator.reports.stats().acknowledged,
    (count) => count > taken,
  );
  return `in:${notification.id}`;
}

async function logged(key: string) {
  const asked = [[['x_uuid', '=', key]], Object.keys(LogRows.element.shape)];
  const rows = await until(
    async () => LogRows.parse(await loop.odoo.execute('x_gatewayapi_sms', 'search_read', asked)),
    (found) => found.length > 0,
  );
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** Replies, and waits until Odoo has it. */
async function replied(phone: string, message: string) {
  return logged(await reply(phone, message));
}

async function chatter(partnerId: number) {
  const domain = [
    ['model', '=', 'res.partner'],
    ['res_id', '=', partnerId],
    ['message_type', '=', 'comment'],
  ];
  const rows = await loop.odoo.execute('mail.message', 'search_read', [
    domain,
    Object.keys(Messages.element.shape),
  ]);
  return Messages.parse(rows);
}

/** Who is told of a message in Odoo's inbox. */
async function toldOf(messageId: number): Promise<unknown[]> {
  const domain = [['mail_message_id', '=', messageId]];
  const fields = ['res_partner_id', 'notification_type'];
  const rows = await loop.odoo.execute('mail.notification', 'search_read', [domain, fields]);
  return z
    .array(z.object({ res_partner_id: z.tuple([z.number(), z.string()]), notification_type: z.string() }))
    .parse(rows)
    .map(({ res_partner_id: [, name], notification_type }) => [name, notification_type]);
}

/** An employee who reads his messages in Odoo, and what he does there. */
async function employee(name: string) {
  const account = await makeEmployee(loop.odoo, { name, groups: ['base.group_partner_manager'] });
  const [id] = Ids.parse(await loop.odoo.execute('res.users', 'search', [[['login', '=', account.login]]]));
  // Up to 18, who has no e-mail address sends no SMS.
  const values = { notification_type: 'inbox', email: `${account.login}@example.com` };
  await loop.odoo.execute('res.users', 'write', [[id], values]);
  const client = createOdooClient({ url: loop.odoo.url, database: loop.odoo.database, ...account });
  const execute = (model: string, method: string, args: readonly unknown[] = [], kwargs: object = {}) =>
    client.call(model, method, JsonArgs.parse(args), { kwargs: JsonObject.parse(kwargs) });
  return { sms: odooSms({ execute }), stop: () => client.stop() };
}
const JsonArgs = z.array(z.custom<Json>());
const JsonObject = z.record(z.string(), z.custom<Json>());

async function isBlacklisted(phone: string): Promise<boolean> {
  const count = await loop.odoo.execute('phone.blacklist', 'search_count', [[['number', '=', phone]]]);
  return z.number().parse(count) > 0;
}

describe('a reply', () => {
  test('is on the chatter of the contact, as text, and in the log', async () => {
    const contact = await sms.contact('+4520700101', 'Rikke Reply');
    const row = await replied('+4520700101', 'Yes <b>please</b> & thanks\nRikke');
    expect(row).toMatchObject({
      ...{ x_direction: 'in', x_body: 'Yes <b>please</b> & thanks\nRikke', x_number: '+4520700101' },
      ...{ x_sender: '451204', x_asked_at: '2026-09-21 14:15:00', x_partner_id: [contact, 'Rikke Reply'] },
      x_country_id: [expect.anything(), 'Denmark'],
    });
    const messages = await chatter(contact);
    expect(messages).toMatchObject([{ author_id: [contact, 'Rikke Reply'] }]);
    expect(messages[0]?.body).toContain('Yes &lt;b&gt;please&lt;/b&gt; &amp; thanks<br>Rikke');
    expect(messages[0]?.body).toContain('SMS from +4520700101 to 451204');
  });

  test('tells who last sent an SMS to the number, in his inbox, and sends no SMS for it', async () => {
    const [first, second] = [await employee('Anna First'), await employee('Bo Second')];
    const contact = await sms.contact('+4520700102');
    await first.sms.sendFromContact(contact, 'From Anna');
    await second.sms.sendFromContact(contact, 'From Bo');
    await sms.ended(contact);
    const accepted = loop.simulator.ledger.size();
    await replied('+4520700102', 'To whoever wrote last');
    const [message] = (await chatter(contact)).filter(({ body }) => body.includes('whoever'));
    expect(await toldOf(message?.id ?? 0)).toEqual([['Bo Second', 'inbox']]);
    expect(loop.simulator.ledger.size()).toBe(accepted);
    await Promise.all([first.stop(), second.stop()]);
  });

  test('that comes again, at the other address too, changes nothing', async () => {
    const contact = await sms.contact('+4520700103');
    await reply('+4520700103', 'Once', { id: 81_000 });
    await logged('in:81000');
    await reply('+4520700103', 'Once', { id: 81_000, path: 'dlr' });
    // A journal that forgot it, as after a lost disk: Odoo itself knows.
    const payload = { database: loop.databaseUuid, messages: [messageOf('81000', '4520700103')] };
    const service = createOdooClient({
      ...{ url: loop.odoo.url, database: loop.odoo.database },
      ...{ login: loop.environment['ODOO_LOGIN'] ?? '', password: loop.secrets.servicePassword },
    });
    expect(await service.procedure('viaduct_sms.inbound', payload)).toMatchObject({ posted: 0, repeated: 1 });
    const other = { ...payload, database: 'of somebody else' };
    expect(await service.procedure('viaduct_sms.inbound', other)).toMatchObject({ held: true, posted: 0 });
    await service.stop();
    expect(await chatter(contact)).toHaveLength(1);
  });

  test('of nobody is only in the log', async () => {
    expect(await replied('+4520700199', 'Who am I?')).toMatchObject({ x_partner_id: false });
  });

  test('finds the contact whose number is written without country code', async () => {
    const [denmark] = Ids.parse(await loop.odoo.execute('res.country', 'search', [[['code', '=', 'DK']]]));
    const [contact] = Ids.parse(
      await loop.odoo.execute('res.partner', 'create', [
        [{ name: 'Nanna National', phone: '20 70 01 04', country_id: denmark }],
      ]),
    );
    expect(await replied('+4520700104', 'National')).toMatchObject({
      x_partner_id: [contact, 'Nanna National'],
    });
  });

  test('is not of a contact abroad whose number ends alike', async () => {
    await sms.contact('+46 20 70 01 05', 'Sven Sweden');
    expect(await replied('+4520700105', 'Not from Sweden')).toMatchObject({ x_partner_id: false });
  });

  test('of a number that several have is of the one who was last sent an SMS', async () => {
    const [first, second] = [
      await sms.contact('+4520700106', 'Ole Older'),
      await sms.contact('+4520700106', 'Nina Newer'),
    ];
    expect(await replied('+4520700106', 'Before')).toMatchObject({ x_partner_id: [second, 'Nina Newer'] });
    await sms.sendFromContact(first, 'To Ole');
    expect(await replied('+4520700106', 'After')).toMatchObject({ x_partner_id: [first, 'Ole Older'] });
  });

  test('does not make the contact a follower of itself', async () => {
    const contact = await sms.contact('+4520700107');
    await replied('+4520700107', 'Follow me not');
    const [row] = z
      .array(z.object({ message_partner_ids: Ids }))
      .parse(await loop.odoo.execute('res.partner', 'read', [[contact], ['message_partner_ids']]));
    expect(row?.message_partner_ids).not.toContain(contact);
  });
});

describe('STOP', () => {
  test('puts the number on Odoo’s blacklist, and a mailing passes it by', async () => {
    const sender = await employee('Mona Marketer');
    const [stopped, other] = [await sms.contact('+4520700201', 'Stig'), await sms.contact('+4520700202')];
    await sender.sms.sendFromContact(stopped, 'Offer');
    await replied('+4520700201', ' Stop! ');
    expect(await isBlacklisted('+4520700201')).toBe(true);
    const [told] = (await chatter(stopped)).filter(({ body }) => body.includes('blacklist'));
    expect(await toldOf(told?.id ?? 0)).toEqual([['Mona Marketer', 'inbox']]);
    await sender.stop();
    expect(await mailed([stopped, other])).toEqual([
      { res_id: stopped, trace_status: 'cancel', failure_type: 'sms_blacklist' },
      { res_id: other, trace_status: expect.not.stringMatching('cancel'), failure_type: false },
    ]);
  });

  test('is said on the blacklist itself, and START takes the number off', async () => {
    await sms.contact('+4520700203');
    await replied('+4520700203', 'Afmeld');
    const domain = [
      ['number', '=', '+4520700203'],
      ['active', 'in', [true, false]],
    ];
    const [id] = Ids.parse(await loop.odoo.execute('phone.blacklist', 'search', [domain]));
    const reason = [
      ['model', '=', 'phone.blacklist'],
      ['res_id', '=', id],
      ['body', 'ilike', 'Afmeld'],
    ];
    expect(await loop.odoo.execute('mail.message', 'search_count', [reason])).toBe(1);
    await replied('+4520700203', 'start');
    expect(await isBlacklisted('+4520700203')).toBe(false);
  });

  test('within a sentence is a sentence', async () => {
    await sms.contact('+4520700204');
    await replied('+4520700204', 'Please stop by tomorrow');
    expect(await isBlacklisted('+4520700204')).toBe(false);
  });

  test('behind a leased keyword counts, and of a number that is no contact too', async () => {
    await loop.odoo.execute('x_gatewayapi_account', 'write', [
      [loop.accountId],
      { x_keywords: 'INFO, SHOP' },
    ]);
    await loop.stopViaduct();
    await loop.startViaduct();
    await replied('+4520700205', 'shop STOP');
    expect(await isBlacklisted('+4520700205')).toBe(true);
  });
});

/** Sends a campaign to these contacts, and gives what became of it. */
async function mailed(contacts: readonly number[]): Promise<unknown> {
  const [modelId] = Ids.parse(
    await loop.odoo.execute('ir.model', 'search', [[['model', '=', 'res.partner']]]),
  );
  const values = {
    ...{ mailing_type: 'sms', sms_subject: 'Autumn', body_plaintext: 'Everything must go.' },
    ...{ mailing_model_id: modelId, sms_allow_unsubscribe: false, sms_force_send: true },
    mailing_domain: JSON.stringify([['id', 'in', contacts]]),
  };
  const ids = Ids.parse(await loop.odoo.execute('mailing.mailing', 'create', [[values]]));
  await loop.odoo.execute('mailing.mailing', 'action_send_mail', [ids]);
  const fields = ['res_id', 'trace_status', 'failure_type'];
  const Traces = z.array(
    z.object({ res_id: z.number(), trace_status: z.string(), failure_type: z.unknown() }),
  );
  const asked = [[['mass_mailing_id', 'in', ids]], fields];
  return Traces.parse(await loop.odoo.execute('mailing.trace', 'search_read', asked, { order: 'res_id' }));
}

/** As the procedure gets it. */
function messageOf(providerId: string, msisdn: string) {
  const words = { receiver: '451204', text: 'Once', isBinary: false, optWord: null };
  return { providerId, msisdn, ...words, sentAt: '2026-09-21 14:15:00', country: 'DK' };
}
