import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { iapService, type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

const Ids = z.array(z.number()).min(1);

let loop: Loop;
let sms: ReturnType<typeof odooSms>;
/** The first company sends from its account for all companies; the second is French, and sends from its own. */
let companies: { first: number; second: number };

async function create(model: string, values: object): Promise<number> {
  return Ids.parse(await loop.odoo.execute(model, 'create', [[values]]))[0] ?? 0;
}

async function search(model: string, domain: readonly unknown[]): Promise<number> {
  return Ids.parse(await loop.odoo.execute(model, 'search', [domain]))[0] ?? 0;
}

/** Both companies may be worked in, and the second has accounts of its own, at Odoo's and at GatewayAPI. */
async function addCompany(): Promise<void> {
  const first = await search('res.company', []);
  const france = await search('res.country', [['code', '=', 'FR']]);
  const second = await create('res.company', { name: 'Deuxième' });
  // On its partner: a company that is given a country itself gets the accounting of that country, which takes minutes.
  const address = await search('res.partner', [['ref_company_ids', '=', second]]);
  await loop.odoo.execute('res.partner', 'write', [[address], { country_id: france }]);
  const admin = await search('res.users', [['login', '=', loop.odoo.admin.login]]);
  await loop.odoo.execute('res.users', 'write', [[admin], { company_ids: [[6, 0, [first, second]]] }]);
  const iap = await create('iap.account', {
    ...{ name: 'SMS of the second', company_ids: [[6, 0, [second]]] },
    ...(await iapService(loop.odoo)),
  });
  await create('x_gatewayapi_account', {
    ...{ x_name: 'Second', x_iap_account_id: iap, x_base_url: loop.simulator.url, x_sender: 'Deuxieme' },
    ...{ x_token: loop.secrets.apiToken, x_webhook_jwt_secret: loop.secrets.webhookSecret },
  });
  companies = { first, second };
}

const partner = (company: number, phone: string) =>
  create('res.partner', { name: `Contact ${phone}`, phone, company_id: company });

/** Who sent each of these texts, and to which number. */
async function sent(...texts: string[]): Promise<{ text: string; sender: string; msisdn: string }[]> {
  const found = () =>
    texts.flatMap((text) =>
      [...loop.simulator.ledger.entries()]
        .filter((entry) => entry.text.startsWith(text))
        .map(({ sender, msisdn }) => ({ text, sender, msisdn })),
    );
  return until(found, (entries) => entries.length >= texts.length);
}

/**
 * Odoo's queue, run by the administrator in the first company, and so with that company's account of Odoo. One company at
 * a time: Odoo 19 cannot work off a queue that holds SMS of several.
 */
async function queueTo(texts: Readonly<Record<string, { partner: number; number: string }>>): Promise<void> {
  for (const [text, to] of Object.entries(texts)) {
    const post = `_message_sms('${text}', sms_numbers=['${to.number}'], put_in_queue=True)`;
    const code = `env['res.partner'].browse(${to.partner}).${post}\nenv['sms.sms']._process_queue()`;
    await (await sms.action(code))();
  }
}

const Notifications = z.array(z.object({ failure_type: z.unknown(), failure_reason: z.unknown() }));

/** What the chatter shows of SMS to a number that is no contact's. */
function notificationsTo(number: string) {
  const asked = [[['sms_number', '=', number]], Object.keys(Notifications.element.shape)];
  return async () => Notifications.parse(await loop.odoo.execute('mail.notification', 'search_read', asked));
}

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
  await addCompany();
  // Started anew, it knows the second account: the bell may take a moment longer than the first SMS.
  await loop.stopViaduct();
  await loop.startViaduct();
  await until(
    async () => (await fetch(`${loop.url}/readyz`)).status,
    (status) => status === 200,
  );
});

afterAll(() => loop?.dispose());

describe('an SMS of each of two companies goes out as its own company’s', () => {
  test('from the contact’s form, whichever company the user works in', async () => {
    const ofFirst = await partner(companies.first, '+4520600001');
    const ofSecond = await partner(companies.second, '+33612345601');
    await sms.sendFromContact(ofFirst, 'Form of the first');
    await sms.sendFromContact(ofSecond, 'Form of the second');
    expect(await sent('Form of the first', 'Form of the second')).toEqual([
      { text: 'Form of the first', sender: 'Viaduct', msisdn: '4520600001' },
      { text: 'Form of the second', sender: 'Deuxieme', msisdn: '33612345601' },
    ]);
    expect(await sms.ended(ofSecond)).toMatchObject([{ notification_status: 'sent' }]);
  });

  test('through Odoo’s queue, with national numbers read in the country of each', async () => {
    await queueTo({
      'Queue of the first': {
        partner: await partner(companies.first, '+4520600002'),
        number: '20 60 00 12',
      },
      'Queue of the second': {
        partner: await partner(companies.second, '+33612345602'),
        number: '06 12 34 56 12',
      },
    });
    expect(await sent('Queue of the first', 'Queue of the second')).toEqual([
      { text: 'Queue of the first', sender: 'Viaduct', msisdn: '4520600012' },
      { text: 'Queue of the second', sender: 'Deuxieme', msisdn: '33612345612' },
    ]);
  });

  test('through SMS Marketing', async () => {
    const receiver = await partner(companies.second, '+33612345603');
    const mailing = await create('mailing.mailing', {
      ...{ mailing_type: 'sms', sms_subject: 'Automne', body_plaintext: 'Mailing of the second' },
      ...{ mailing_model_id: await search('ir.model', [['model', '=', 'res.partner']]) },
      ...{ sms_allow_unsubscribe: false, sms_force_send: true },
      mailing_domain: JSON.stringify([['id', '=', receiver]]),
    });
    await loop.odoo.execute('mailing.mailing', 'action_send_mail', [[mailing]]);
    expect(await sent('Mailing of the second')).toEqual([
      { text: 'Mailing of the second', sender: 'Deuxieme', msisdn: '33612345603' },
    ]);
  });

  test('also with an account of Odoo that no account of ours serves', async () => {
    await loop.odoo.execute('x_gatewayapi_account', 'unlink', [[loop.accountId]]);
    // Otherwise the account that is gone may be used for up to a minute.
    await loop.stopViaduct();
    await loop.startViaduct();
    const ofFirst = await partner(companies.first, '+4520600004');
    await queueTo({
      'Unserved of the second': {
        partner: await partner(companies.second, '+33612345604'),
        number: '+33612345614',
      },
      'Unserved of the first': { partner: ofFirst, number: '+4520600014' },
    });
    expect(await sent('Unserved of the second')).toMatchObject([{ sender: 'Deuxieme' }]);
    const [failed] = await until(notificationsTo('+4520600014'), ([row]) => row?.failure_type === 'sms_acc');
    expect(failed?.failure_reason).toMatch(/no GatewayAPI account for this company/);
    const texts = [...loop.simulator.ledger.entries()].map(({ text }) => text);
    expect(texts).not.toContain('Unserved of the first');
  });
});
