import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Loop, startLoop } from '../support/loop.ts';
import { countCalls, runNow } from '../support/odoo-work.ts';
import { smsLog } from '../support/sms-log.ts';
import { until } from '../support/until.ts';

const EACH = 100;
const COUNTRIES = [
  { name: 'Denmark', number: (n: number) => `+4520${String(n).padStart(6, '0')}`, price: 0.15 },
  { name: 'Sweden', number: (n: number) => `+4670${String(n).padStart(7, '0')}`, price: 0.18 },
  { name: 'Germany', number: (n: number) => `+49151${String(n).padStart(8, '0')}`, price: 0.35 },
];
const RECIPIENTS = EACH * COUNTRIES.length;
const Ids = z.array(z.number());

let loop: Loop;

beforeAll(async () => {
  loop = await startLoop({ settings: { VIADUCT_SMS_WRITE_INTERVAL_MS: '2000' } });
});

afterAll(() => loop?.dispose());

async function create(model: string, ...values: object[]): Promise<number[]> {
  const context = { tracking_disable: true, mail_create_nosubscribe: true, mail_create_nolog: true };
  return Ids.parse(await loop.odoo.execute(model, 'create', [values], { context }));
}

/** A mailing of two segments to every third contact of each country in turn. */
async function makeMailing(): Promise<number> {
  const contacts = await create(
    'res.partner',
    ...Array.from({ length: RECIPIENTS }, (_, n) => {
      const phone = COUNTRIES[n % COUNTRIES.length]?.number(n);
      return { name: `Recipient ${n}`, phone };
    }),
  );
  const [modelId] = Ids.parse(
    await loop.odoo.execute('ir.model', 'search', [[['model', '=', 'res.partner']]]),
  );
  const [campaign] = await create('utm.campaign', { title: 'Autumn 2026' });
  const [mailing] = await create('mailing.mailing', {
    ...{ mailing_type: 'sms', sms_subject: 'Sale', body_plaintext: 'Everything must go. '.repeat(10).trim() },
    ...{ mailing_model_id: modelId, sms_allow_unsubscribe: false, sms_force_send: false },
    ...{ campaign_id: campaign, mailing_domain: JSON.stringify([['id', 'in', contacts]]) },
  });
  return mailing ?? 0;
}

/** Sum of the price and number of SMS by country, as the pivot asks for them. */
async function costByCountry() {
  const Groups = z.array(z.object({ x_country_id: z.tuple([z.number(), z.string()]), x_price: z.number() }));
  const asked = [[], ['x_price:sum'], ['x_country_id']];
  const groups = Groups.parse(await loop.odoo.execute('x_gatewayapi_sms', 'read_group', asked));
  return Object.fromEntries(groups.map(({ x_country_id: [, name], x_price }) => [name, x_price]));
}

test('a mailing to three countries is logged with its cost, without calls of Odoo for it', async () => {
  const credit = Number(loop.simulator.account.credit());
  const mailing = await makeMailing();
  const callsSince = await countCalls(loop);
  await loop.odoo.execute('mailing.mailing', 'action_put_in_queue', [[mailing]]);
  await runNow(loop, 'mass_mailing.ir_cron_mass_mailing_queue');
  await runNow(loop, 'sms.ir_cron_sms_scheduler_action');
  const rows = await until(
    () => smsLog(loop.odoo).rows([]),
    (found) => found.length === RECIPIENTS && found.every(({ x_state }) => x_state === 'delivered'),
    { timeoutMs: 110_000, everyMs: 1_000 },
  );
  const calls = await callsSince();
  process.stdout.write(`${RECIPIENTS} recipients in three countries: ${calls} calls of Odoo\n`);
  expect(calls).toBeLessThanOrEqual(6);

  expect(new Set(rows.map(({ x_mailing, x_campaign }) => `${x_mailing}, ${x_campaign}`))).toEqual(
    new Set(['Sale, Autumn 2026']),
  );
  expect(new Set(rows.map(({ x_partner_id }) => (x_partner_id ? x_partner_id[0] : 0))).size).toBe(RECIPIENTS);
  for (const { name, price } of COUNTRIES) {
    const ofCountry = rows.filter(({ x_country_id }) => (x_country_id ? x_country_id[1] : '') === name);
    expect(ofCountry.map(({ x_price, x_segments }) => ({ x_price, x_segments }))).toEqual(
      Array.from({ length: EACH }, () => ({ x_price: 2 * price, x_segments: 2 })),
    );
  }
  const costs = await costByCountry();
  for (const { name, price } of COUNTRIES) expect(costs[name]).toBeCloseTo(2 * EACH * price, 6);
  const spent = credit - Number(loop.simulator.account.credit());
  expect(rows.reduce((sum, { x_price }) => sum + x_price, 0)).toBeCloseTo(spent, 6);
});
