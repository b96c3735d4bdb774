import { afterAll, afterEach, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Receiver, startReceiver } from '../../fixtures/receiver/index.ts';
import { openPostgres } from '../../src/odoo/index.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooData } from '../support/odoo-data.ts';
import { EVENT_SETTINGS, eventsAt, watchedSubscriptions } from '../support/sent-events.ts';
import { until } from '../support/until.ts';

/** Events that PostgreSQL itself tells of, and Odoo's bus where it cannot. */
let loop: Loop;
let receiver: Receiver;
let contact: number;
let cities = 0;

beforeAll(async () => {
  receiver = await startReceiver();
  loop = await startLoop({
    settings: async ({ odoo }) => ({ ...EVENT_SETTINGS, ODOO_POSTGRES_URL: await odoo.postgresUrl() }),
  });
  await watchedSubscriptions(loop.odoo).subscribe('res.partner', ['res.partner.updated'], {
    x_url: `${receiver.url}/told`,
  });
  contact = await odooData(loop.odoo.execute).create('res.partner', { name: 'Contact' });
  await listens(true);
}, 240_000);

afterAll(async () => {
  await loop?.dispose();
  await receiver?.stop();
});

afterEach(() => listens(true));

const Ready = z.object({
  parts: z.array(z.object({ name: z.string(), up: z.boolean(), detail: z.string() })),
});
const part = async () => {
  const { parts } = Ready.parse(await (await fetch(`${loop.url}/readyz`)).json());
  return parts.find(({ name }) => name === 'postgresql');
};
const listens = (isUp: boolean) => until(part, (found) => found?.up === isUp, { everyMs: 20 });

/** Rings of Odoo's bus about the outbox so far; nobody may read them himself. */
async function ringsOfBus(): Promise<number> {
  const code =
    "action = {'rings': env['bus.bus'].sudo().search_count([('message', 'like', 'viaduct.outbox')])}";
  return z.object({ rings: z.number() }).parse(await odooData(loop.odoo.execute).run(code)).rings;
}

/** Changes the contact and waits for its event; tells how often the bus rang for it. */
async function change(): Promise<number> {
  const before = await ringsOfBus();
  const city = `City ${cities++}`;
  await loop.odoo.execute('res.partner', 'write', [[contact], { city }]);
  await until(
    () => eventsAt(receiver, '/told').map(({ data }) => data['city']),
    (told) => told.includes(city),
    // Sooner than a look without any bell.
    { timeoutMs: 4_000, everyMs: 10 },
  );
  return (await ringsOfBus()) - before;
}

/** Another connection of the same role. */
async function connection() {
  const url = await loop.odoo.postgresUrl();
  const postgres = openPostgres({ url, database: loop.odoo.database, timeoutMs: 10_000 });
  onTestFinished(postgres.close);
  return postgres;
}

test('a change is told by PostgreSQL, and Odoo’s bus does not ring', async () => {
  expect(await change()).toBe(0);
  expect(await loop.metric('viaduct_outbox_listening')).toBe(1);
});

test('the role that listens reads and changes nothing in Odoo', async () => {
  const { query } = await connection();
  await expect(query('select login from res_users')).rejects.toThrow('permission denied');
  await expect(query('select x_new from x_viaduct_event')).rejects.toThrow('permission denied');
  await expect(query("update res_partner set city = ''")).rejects.toThrow('permission denied');
});

test('Odoo may end the session, as it does before it copies or deletes the database', async () => {
  const role = new URL(await loop.odoo.postgresUrl()).username;
  const code = `
env.cr.execute("""select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and usename = '${role}'""")
action = {'ended': env.cr.fetchone()[0]}`;
  expect(await odooData(loop.odoo.execute).run(code)).toMatchObject({ ended: 1 });
});

describe('Odoo’s bus rings', () => {
  test('while another transaction holds the place of the listener open, which then takes it', async () => {
    const { query, close } = await connection();
    await loop.stopViaduct();
    await query('begin');
    await query("select pg_advisory_xact_lock_shared(x'76696164756374'::bigint)");
    await loop.startViaduct();
    await listens(false);
    const rings = await change().finally(close);
    expect(rings).toBe(1);
    await listens(true);
    expect(await change()).toBe(0);
  });

  test('where PostgreSQL takes no such role, which the log says without its password', async () => {
    await loop.stopViaduct();
    const right = loop.environment['ODOO_POSTGRES_URL'] ?? '';
    const wrong = new URL(right);
    wrong.password = 'quite-wrong';
    await loop.startViaduct({ ODOO_POSTGRES_URL: wrong.href });
    await listens(false);
    await until(
      () => loop.logText(),
      (text) => text.includes('password authentication failed'),
    );
    const rings = await change();
    await loop.stopViaduct();
    await loop.startViaduct();
    expect(rings).toBe(1);
    expect(loop.logText()).toContain('PostgreSQL cannot be listened to');
    expect(loop.logText()).not.toContain('quite-wrong');
    expect(loop.logText()).not.toContain(new URL(right).password);
  });

  // Nobody but PostgreSQL's superuser ends the session of another role.
  if (inject('odooPlace').kind === 'stack') {
    test('from the moment at which the session of the listener ends, until it is back', async () => {
      const role = new URL(await loop.odoo.postgresUrl()).username;
      const sql = async (text: string) => loop.odoo.stack?.query(loop.odoo.database, text);
      await sql(`alter role ${role} nologin`);
      await sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
      expect(await change()).toBe(1);
      expect(await part()).toMatchObject({ up: false });
      await sql(`alter role ${role} login`);
      await listens(true);
      expect(await change()).toBe(0);
    });
  }
});
