import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

let loop: Loop;
let sms: ReturnType<typeof odooSms>;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(async () => {
  await loop?.dispose();
});

// A message has no name in Odoo 19.
const Failed = z.tuple([z.object({ mail_message_id: z.tuple([z.number(), z.unknown()]) })]);

function accepted(msisdn: string) {
  return [...loop.simulator.ledger.entries()].filter((entry) => entry.msisdn === msisdn);
}

test('an SMS from a contact is delivered, and the chatter says so', async () => {
  const contact = await sms.contact('+45 20 10 00 01');
  await sms.sendFromContact(contact, 'Your table is ready.');
  expect(await sms.ended(contact)).toEqual([
    { notification_status: 'sent', failure_type: false, failure_reason: false },
  ]);
  expect(accepted('4520100001')).toMatchObject([{ text: 'Your table is ready.', sender: 'Viaduct' }]);
});

test('text beyond GSM 03.38 arrives as it was written', async () => {
  const contact = await sms.contact('+45 20 10 00 02');
  const text = 'Grüße, Zoë 👍 — Привет, 世界';
  await sms.sendFromContact(contact, text);
  expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
  expect(accepted('4520100002')).toMatchObject([{ text, isMangled: false, encoding: 'UCS2' }]);
});

test.each([
  ['9901', 'bounce', 'sms_invalid_destination', /UNDELIVERABLE Unknown subscriber \(0x1010\)/],
  ['9902', 'exception', 'sms_expired', /EXPIRED Absent subscriber/],
  ['9903', 'bounce', 'sms_rejected', /REJECTED Screening block/],
  ['9904', 'exception', 'sms_not_delivered', /SKIPPED/],
  ['9905', 'exception', 'sms_not_delivered', /DELETED/],
])('a number ending in %s shows as %s with the provider’s words', async (suffix, status, type, words) => {
  const contact = await sms.contact(`+452010${suffix}`);
  await sms.sendFromContact(contact, 'Will it arrive?');
  expect(await sms.ended(contact)).toEqual([
    { notification_status: status, failure_type: type, failure_reason: expect.stringMatching(words) },
  ]);
});

test('the dialog of a failed SMS, where Odoo has one, shows the provider’s words and sends again', async () => {
  const contact = await sms.contact('+4520119901');
  await sms.sendFromContact(contact, 'Will it arrive now?');
  await sms.ended(contact);
  const domain = [['res_partner_id', '=', contact]];
  const found = await loop.odoo.execute('mail.notification', 'search_read', [domain, ['mail_message_id']]);
  const [{ mail_message_id: message }] = Failed.parse(found);
  // All by default, as a click on the failure opens it: the recipients are read together with the message.
  const opened = loop.odoo.execute('sms.resend', 'create', [{}], {
    context: { default_mail_message_id: message[0] },
  });
  if (!loop.odoo.version.hasResendDialog) {
    await expect(opened).rejects.toThrow(/sms\.resend/);
    return;
  }
  const dialog = await opened;
  const rows = await loop.odoo.execute('sms.resend.recipient', 'search_read', [
    [['sms_resend_id', '=', dialog]],
    ['x_viaduct_words'],
  ]);
  expect(rows).toMatchObject([{ x_viaduct_words: expect.stringMatching(/Unknown subscriber \(0x1010\)/) }]);
  await loop.odoo.execute('sms.resend', 'action_resend', [[dialog]]);
  await until(
    () => accepted('4520119901').length,
    (count) => count === 2,
  );
});

test('an SMS that a network accepted on the receiver’s behalf counts as delivered', async () => {
  const contact = await sms.contact('+4520109906');
  await sms.sendFromContact(contact, 'Hello');
  expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
});

test('an SMS without an end stays on its way', async () => {
  const contact = await sms.contact('+4520109907');
  await sms.sendFromContact(contact, 'Hello');
  const [shown] = await until(
    () => sms.notifications(contact),
    ([row]) => row?.notification_status === 'pending',
  );
  expect(shown).toMatchObject({ failure_type: false, failure_reason: false });
});

test('a number that no phone has is refused at once, with words, and never sent', async () => {
  const contact = await sms.contact('+45 20 10 00 03');
  // As an automation may: the composer would ask the user to correct it.
  const run = await sms.action(
    `env['res.partner'].browse(${contact})._message_sms('Too short', partner_ids=[${contact}], sms_pid_to_number={${contact}: '+4512'})`,
  );
  await run();
  // No waiting: it is shown as soon as the transaction is committed.
  expect(await sms.notifications(contact)).toEqual([
    {
      notification_status: 'exception',
      failure_type: 'sms_number_format',
      failure_reason: loop.odoo.version.keepsWordsOfAnswers && expect.stringMatching(/impossible length/),
    },
  ]);
  expect([...loop.simulator.ledger.entries()].map(({ text }) => text)).not.toContain('Too short');
});

test('numbers without a contact are sent to, and their SMS end as delivered', async () => {
  const numbers = ['+4520100011', '+4520100012'];
  await sms.sendToNumbers(numbers, 'No document here');
  const domain = [['number', 'in', numbers]];
  const rows = await until(
    () => sms.messages(domain),
    (found) => found.length === 2 && found.every(({ state }) => state === 'sent'),
  );
  expect(rows.every(({ to_delete }) => to_delete)).toBe(true);
  expect(numbers.map((number) => accepted(number.slice(1)).length)).toEqual([1, 1]);
});

test('one bad number at the provider leaves the other SMS of its batch alone', async () => {
  loop.simulator.account.blacklist.add('4520100022');
  const contacts = await Promise.all(
    ['+4520100021', '+4520100022', '+4520100023'].map((number) => sms.contact(number)),
  );
  const values = {
    ...{ composition_mode: 'mass', res_model: 'res.partner', res_ids: JSON.stringify(contacts) },
    ...{ body: 'To three', mass_force_send: true, mass_keep_log: true },
  };
  const composer = await loop.odoo.execute('sms.composer', 'create', [[values]]);
  await loop.odoo.execute('sms.composer', 'action_send_sms', [composer]);
  const states = await until(
    () => sms.messages([['number', 'in', ['+4520100021', '+4520100022', '+4520100023']]]),
    (rows) => rows.length === 3 && rows.every(({ state }) => ['sent', 'error'].includes(state)),
  );
  expect(states.map(({ state }) => state).sort()).toEqual(['error', 'sent', 'sent']);
  expect(accepted('4520100022')).toEqual([]);
});

test('no secret, number or text was logged on the way', async () => {
  const log = loop.logText();
  expect(log).not.toBe('');
  for (const hidden of [...Object.values(loop.secrets), loop.iapToken, 'Your table is ready', '4520100001']) {
    expect(log).not.toContain(hidden);
  }
});
