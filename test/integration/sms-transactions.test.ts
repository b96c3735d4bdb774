import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { postSms } from '../support/post-sms.ts';
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

const outcome = (name: string) => loop.metric('viaduct_sms_messages_total', { outcome: name });

function accepted(text: string): number {
  return [...loop.simulator.ledger.entries()].filter((entry) => entry.text === text).length;
}

/** Waits until so many more messages had this outcome than before. */
async function oneMore(name: string, before: number): Promise<void> {
  await until(
    () => outcome(name),
    (count) => count === before + 1,
  );
}

function forged(uuid: string, number: string, content: string): Promise<string> {
  const { iapToken: accountToken, databaseUuid } = loop;
  return postSms(loop.url, { accountToken, databaseUuid, uuid, number, content });
}

const newUuid = () => randomUUID().replaceAll('-', '');

describe('only what Odoo committed is sent', () => {
  test('an SMS of a transaction that raises afterwards is dropped, and counted', async () => {
    const contact = await sms.contact('+4520200001');
    const before = await outcome('rolled-back');
    const run = await sms.action(`
env['res.partner'].browse(${contact})._message_sms('Rolled back')
raise UserError('Not today.')`);
    await expect(run()).rejects.toThrow(/Not today/);
    await oneMore('rolled-back', before);
    expect(accepted('Rolled back')).toBe(0);
    expect(await sms.notifications(contact)).toEqual([]);
  });

  test('three colliding saves send three, however often Odoo repeated them', async () => {
    const contact = await sms.contact('+4520200002');
    const before = { taken: await outcome('taken'), dropped: await outcome('rolled-back') };
    const run = await sms.action(`
partner = env['res.partner'].browse(${contact})
partner._message_sms('Save %s' % env.context['save'])
env.cr.execute('select pg_sleep(0.5)')
partner.write({'ref': str(env.context['save'])})
env.flush_all()`);
    await Promise.all([1, 2, 3].map((save) => run({ save })));
    const shown = await until(
      () => sms.notifications(contact),
      (rows) => rows.length === 3 && rows.every((row) => row.notification_status === 'sent'),
    );
    expect(shown).toHaveLength(3);
    expect([1, 2, 3].map((save) => accepted(`Save ${save}`))).toEqual([1, 1, 1]);
    const posted = (await outcome('taken')) - before.taken;
    expect(posted).toBeGreaterThan(3);
    await until(
      () => outcome('rolled-back'),
      (count) => count - before.dropped === posted - 3,
    );
  });

  test('an SMS to a mere number goes out, though Odoo’s vacuum runs before Viaduct can look', async () => {
    const contact = await sms.contact('+4520200008');
    const run = await sms.action(`
env['sms.composer'].create({
    'composition_mode': 'numbers', 'numbers': '+4520200008', 'body': 'Not swept away'}).action_send_sms()
env['sms.sms'].sudo()._gc_device()`);
    await run({ active_id: contact });
    await until(
      () => Promise.resolve(accepted('Not swept away')),
      (count) => count === 1,
    );
    const gone = await sms.action(`env['sms.sms'].sudo()._gc_device()`);
    await until(
      async () => {
        await gone();
        return sms.messages([['body', '=', 'Not swept away']]);
      },
      (left) => left.length === 0,
    );
  });

  test('an SMS that takes Odoo long to commit is waited for', async () => {
    const contact = await sms.contact('+4520200003');
    const run = await sms.action(`
env['res.partner'].browse(${contact})._message_sms('Slow')
env.cr.execute('select pg_sleep(3)')`);
    await run();
    expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
    expect(accepted('Slow')).toBe(1);
  });

  test('an SMS that was cancelled before Viaduct looked is not sent', async () => {
    const contact = await sms.contact('+4520200004');
    const before = await outcome('cancelled');
    const run = await sms.action(`
message = env['res.partner'].browse(${contact})._message_sms('Cancelled')
env['sms.sms'].search([('mail_message_id', '=', message.id)]).action_set_canceled()`);
    await run();
    await oneMore('cancelled', before);
    expect(accepted('Cancelled')).toBe(0);
  });
});

describe('an SMS sent again under its uuid', () => {
  test('goes through after a refusal', async () => {
    const contact = await sms.contact('+4520200005');
    loop.simulator.account.setCredit(0);
    await sms.sendFromContact(contact, 'On credit');
    expect(await sms.ended(contact)).toEqual([
      {
        notification_status: 'exception',
        failure_type: 'sms_credit',
        failure_reason: expect.stringMatching(/GatewayAPI.*0x0216/),
      },
    ]);
    loop.simulator.account.setCredit(1_000);
    const [failed] = await sms.messages([['number', '=', '+4520200005']]);
    expect(failed).toMatchObject({ state: 'error', to_delete: false });
    await loop.odoo.execute('sms.sms', 'resend_failed', [[failed?.id]]);
    await until(
      () => sms.notifications(contact),
      ([row]) => row?.notification_status === 'sent',
    );
    expect(loop.simulator.ledger.timesAccepted({ userref: failed?.uuid ?? '' })).toBe(1);
  });

  test('is not sent a second time after an acceptance', async () => {
    const contact = await sms.contact('+4520200006');
    await sms.sendFromContact(contact, 'Once');
    expect(await sms.ended(contact)).toMatchObject([{ notification_status: 'sent' }]);
    const [row] = await sms.messages([['number', '=', '+4520200006']]);
    const before = await outcome('taken');
    await loop.odoo.execute('sms.sms', 'write', [[row?.id], { state: 'outgoing', to_delete: false }]);
    await loop.odoo.execute('sms.sms', 'send', [[row?.id]]);
    await oneMore('taken', before);
    // Another SMS that comes after it has been through: so this one's turn was over.
    const other = await sms.contact('+4520200007');
    await sms.sendFromContact(other, 'After it');
    expect(await sms.ended(other)).toMatchObject([{ notification_status: 'sent' }]);
    expect(accepted('Once')).toBe(1);
    expect(await sms.notifications(contact)).toMatchObject([{ notification_status: 'sent' }]);
  });
});

describe('a send that Odoo never asked for', () => {
  test('with the account’s token and an invented uuid is dropped, and counted', async () => {
    const before = await outcome('rolled-back');
    expect(await forged(newUuid(), '+4520200008', 'Forged')).toBe('processing');
    await oneMore('rolled-back', before);
    expect(accepted('Forged')).toBe(0);
  });

  test('with the uuid of an SMS in Odoo’s queue does not reach another number, and leaves that SMS alone', async () => {
    const before = await outcome('forged');
    const [id] = [
      await loop.odoo.execute('sms.sms', 'create', [[{ number: '+4520200009', body: 'True' }]]),
    ].flat();
    const [row] = await sms.messages([['id', '=', id]]);
    await forged(row?.uuid ?? '', '+4520200010', 'Forged too');
    await oneMore('forged', before);
    await loop.odoo.execute('sms.sms', 'send', [[id]]);
    await until(
      () => accepted('True'),
      (count) => count === 1,
    );
    expect(accepted('Forged too')).toBe(0);
  });

  test('with another token or another database gets no further than the answer', async () => {
    const taken = await outcome('taken');
    const one = { uuid: newUuid(), number: '+4520200011', content: 'Stranger' };
    const { iapToken: accountToken, databaseUuid } = loop;
    const answers = [
      await postSms(loop.url, { ...one, accountToken: 'guessed', databaseUuid }),
      await postSms(loop.url, { ...one, accountToken, databaseUuid: randomUUID() }),
    ];
    expect(answers).toEqual(['unregistered', expect.stringMatching(/does not serve this database/)]);
    expect(await outcome('taken')).toBe(taken);
  });
});
