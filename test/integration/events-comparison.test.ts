import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { idOf } from '../support/external-id.ts';
import { runNow } from '../support/odoo-work.ts';
import { type OutboxOdoo, startOutbox } from '../support/outbox.ts';

let outbox: OutboxOdoo;
let contact: number;
let subscription: number;

const CONTACTS = ['res.partner.created', 'res.partner.updated', 'res.partner.deleted'];

beforeAll(async () => {
  outbox = await startOutbox();
  // The schedule would compare in between, and find first what the test wants to find.
  const schedule = await idOf(outbox.odoo, 'viaduct_events.ir_cron_comparison');
  await outbox.odoo.execute('ir.cron', 'write', [[schedule], { nextcall: '2099-01-01 00:00:00' }]);
  subscription = await outbox.subscribe('res.partner', CONTACTS);
  await outbox.sync();
  contact = await outbox.create('res.partner', { name: 'Anna' });
  await outbox.taken();
});

afterAll(() => outbox?.dispose());
beforeEach(async () => {
  await outbox.taken();
});

const sql = (statement: string) => outbox.run(`env.cr.execute("""${statement}""")\nenv.invalidate_all()`);
const write = (values: object) => outbox.odoo.execute('res.partner', 'write', [[contact], values]);

async function setRules(active: boolean): Promise<void> {
  const rows = await outbox.odoo.execute('x_viaduct_watch', 'search_read', [
    [],
    ['x_automation_id', 'x_unlink_automation_id'],
  ]);
  const Rule = z.tuple([z.number(), z.string()]);
  const ids = z
    .array(z.object({ x_automation_id: Rule, x_unlink_automation_id: Rule }))
    .parse(rows)
    .flatMap((row) => [row.x_automation_id[0], row.x_unlink_automation_id[0]]);
  await outbox.odoo.execute('base.automation', 'write', [ids, { active }]);
}

test('the first comparison of a model finds nothing: nobody subscribed to the past', async () => {
  expect(await outbox.compare()).toEqual({ held: false, missed: 0, more: false });
  expect(await outbox.compare()).toEqual({ held: false, missed: 0, more: false });
  expect(await outbox.taken()).toEqual([]);
});

test('what the rules told of is not found again, drained or not', async () => {
  await write({ city: 'Lyon' });
  const made = await outbox.create('res.partner', { name: 'Bert' });
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  expect(await outbox.taken()).toHaveLength(2);
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  await outbox.odoo.execute('res.partner', 'unlink', [[made]]);
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  expect(await outbox.taken()).toHaveLength(1);
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
});

test('what happened while the rules were off is found once, and the rules are switched on again', async () => {
  const lost = await outbox.create('res.partner', { name: 'Lost' });
  await outbox.taken();
  await setRules(false);
  const made = await outbox.create('res.partner', { name: 'Made', city: 'Metz' });
  await write({ city: 'Nice' });
  await outbox.odoo.execute('res.partner', 'unlink', [[lost]]);
  expect(await outbox.taken()).toEqual([]);
  expect(await outbox.sync()).toHaveLength(2);

  expect(await outbox.compare()).toMatchObject({ missed: 3 });
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  const events = await outbox.taken();
  expect(events.toSorted((a, b) => a.recordId - b.recordId)).toMatchObject([
    { recordId: contact, created: false, deleted: false, found: true, old: {}, new: { city: 'Nice' } },
    { recordId: lost, created: false, deleted: true, found: true, new: {} },
    { recordId: made, created: true, deleted: false, found: true, new: { name: 'Made', city: 'Metz' } },
  ]);
  const built = await outbox.build(subscription, events, { name: {} });
  expect(built).toMatchObject({ error: null, matched: [0, 1, 2] });
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  const [watch] = z
    .array(z.object({ x_missed: z.number(), x_missed_total: z.number(), x_words: z.string() }))
    .parse(
      await outbox.odoo.execute('x_viaduct_watch', 'search_read', [
        [],
        ['x_missed', 'x_missed_total', 'x_words'],
      ]),
    );
  expect(watch).toMatchObject({ x_missed: 0, x_missed_total: 3 });
  expect(watch?.x_words).toMatch(/: 1 made, 1 changed and 1 deleted without the rule telling of it\.$/);
});

test('changes by SQL are found, those of fields that nobody watches are not', async () => {
  const cut = await outbox.create('res.partner', { name: 'Cut' });
  await outbox.taken();
  await sql(
    `update res_partner set city = 'By SQL', write_date = now() at time zone 'utc' where id = ${contact}`,
  );
  await sql(`delete from res_partner where id = ${cut}`);
  expect(await outbox.compare()).toMatchObject({ missed: 2 });
  expect(await outbox.taken()).toMatchObject([
    { recordId: contact, found: true, new: { city: 'By SQL' } },
    { recordId: cut, deleted: true, found: true },
  ]);
  await sql(
    `update res_partner set comment = 'By SQL', write_date = now() at time zone 'utc' where id = ${contact}`,
  );
  await write({ comment: 'By hand' });
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  expect(await outbox.taken()).toEqual([]);
});

test('a change that follows one that still waits is found when that one is gone', async () => {
  await write({ city: 'Waits' });
  await sql(
    `update res_partner set city = 'After', write_date = now() at time zone 'utc' where id = ${contact}`,
  );
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  expect(await outbox.taken()).toMatchObject([{ found: false, new: { city: 'Waits' } }]);
  await runNow(outbox, 'viaduct_events.ir_cron_comparison');
  expect(await outbox.taken()).toMatchObject([{ found: true, new: { city: 'After' } }]);
});

test('other watched fields are a new beginning', async () => {
  await outbox.subscribe('res.partner', ['*.updated'], { x_payload: 'full' });
  await outbox.sync();
  expect(await outbox.compare()).toMatchObject({ missed: 0 });
  await sql(
    `update res_partner set comment = 'Watched', write_date = now() at time zone 'utc' where id = ${contact}`,
  );
  expect(await outbox.compare()).toMatchObject({ missed: 1 });
  expect(await outbox.taken()).toMatchObject([{ recordId: contact, found: true }]);
});
