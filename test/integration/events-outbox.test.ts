import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient } from '../../src/odoo/index.ts';
import { idOf } from '../support/external-id.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { type OutboxOdoo, startOutbox } from '../support/outbox.ts';

let outbox: OutboxOdoo;
let product: number;
let customer: number;

const Id = z.number();
const ORDERS = ['sale.order.created', 'sale.order.updated', 'sale.order.state.changed', 'sale.order.deleted'];
const CONTACTS = ['res.partner.created', 'res.partner.updated', 'res.partner.deleted'];

beforeAll(async () => {
  outbox = await startOutbox();
  await outbox.subscribe('sale.order', ORDERS);
  await outbox.subscribe('res.partner', CONTACTS);
  const tags = z.array(Id).parse(
    await outbox.odoo.execute('ir.model.fields', 'search', [
      [
        ['model', '=', 'res.partner'],
        ['name', '=', 'category_id'],
      ],
    ]),
  );
  await outbox.subscribe('res.partner', ['*.updated'], { x_field_ids: [[6, 0, tags]], x_payload: 'thin' });
  await outbox.sync();
  product = await outbox.create('product.product', { name: 'Trip', taxes_id: [[6, 0, []]] });
  customer = await outbox.create('res.partner', { name: 'School', email: 'school@example.com' });
});

afterAll(() => outbox?.dispose());
beforeEach(async () => {
  await outbox.taken();
});

const write = (model: string, ids: number[], values: object, context: object = {}) =>
  outbox.odoo.execute(model, 'write', [ids, values], { context });

const order = () => ({
  partner_id: customer,
  order_line: [[0, 0, { product_id: product, product_uom_qty: 2, price_unit: 10 }]],
});

describe('what is told', () => {
  test('making and confirming an order in one transaction is one event, with the values at the end', async () => {
    const code = `
order = env['sale.order'].create({'partner_id': ${customer}, 'order_line': [(0, 0, {'product_id': ${product}, 'product_uom_qty': 2, 'price_unit': 10})]})
order.action_confirm()
action = {'result': order.id}`;
    const { result } = z.object({ result: Id }).parse(await outbox.run(code));
    const events = await outbox.taken();
    expect(events.filter(({ model }) => model === 'sale.order')).toMatchObject([
      {
        ...{ recordId: result, created: true, deleted: false, old: {}, userId: 2, origin: null },
        new: { state: 'sale', partner_id: customer, amount_total: 20, amount_untaxed: 20, amount_tax: 0 },
      },
    ]);
  });

  test('two quick changes are two events with their own values', async () => {
    const id = await outbox.create('sale.order', order());
    await outbox.taken();
    await write('sale.order', [id], { date_order: '2026-01-02 03:04:05' });
    await write('sale.order', [id], { date_order: '2026-01-03 03:04:05' });
    const events = await outbox.taken();
    expect(events.map(({ old, new: now }) => [old, now['date_order']])).toEqual([
      [{ date_order: expect.stringMatching(/^20.*Z$/) }, '2026-01-02T03:04:05Z'],
      [{ date_order: '2026-01-02T03:04:05Z' }, '2026-01-03T03:04:05Z'],
    ]);
    expect(new Set(events.map(({ key }) => key)).size).toBe(2);
  });

  test('changes of one transaction keep the first old value and the last new one', async () => {
    await outbox.run(`
partner = env['res.partner'].browse(${customer})
partner.write({'city': 'Lyon', 'zip': '69001'})
env.flush_all()
with_savepoint = env.cr.savepoint()
partner.write({'city': 'Nice'})
with_savepoint.close(rollback=False)
partner.write({'zip': False})`);
    expect(await outbox.taken()).toMatchObject([
      { recordId: customer, created: false, old: { city: null }, new: { city: 'Nice', zip: null } },
    ]);
  });

  test('a deletion carries what was there', async () => {
    const id = await outbox.create('res.partner', { name: 'Gone', is_company: true, ref: 'G1' });
    await outbox.taken();
    await outbox.odoo.execute('res.partner', 'unlink', [[id]]);
    expect(await outbox.taken()).toMatchObject([
      { recordId: id, deleted: true, created: false, new: { name: 'Gone', is_company: true, ref: 'G1' } },
    ]);
  });

  test('references are ids, and lists of them are in order', async () => {
    const tags = [];
    for (const name of ['A', 'B']) tags.push(await outbox.create('res.partner.category', { name }));
    const france = await idOf(outbox.odoo, 'base.fr');
    await write('res.partner', [customer], {
      ...{ country_id: france, category_id: [[6, 0, tags.toReversed()]], website: 'example.com' },
    });
    const [event] = await outbox.taken();
    expect(event?.old).toEqual({ country_id: null, category_id: [], website: null });
    expect(event?.new).toMatchObject({ country_id: france, category_id: tags });
  });

  test('500 records are 500 events, in order', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => ({ name: `Many ${index}` }));
    const ids = z.array(Id).parse(await outbox.odoo.execute('res.partner', 'create', [rows]));
    expect((await outbox.taken()).map(({ recordId }) => recordId)).toEqual(ids);
    await write('res.partner', ids, { city: 'Lyon' });
    const events = await outbox.taken();
    expect(events.map(({ recordId }) => recordId)).toEqual(ids);
    expect(events.every(({ old, new: now }) => old['city'] === null && now['city'] === 'Lyon')).toBe(true);
  });

  test('who changes through Viaduct is named', async () => {
    await write('res.partner', [customer], { function: 'Head' }, { viaduct_origin: 'x'.repeat(100) });
    expect(await outbox.taken()).toMatchObject([{ origin: 'x'.repeat(64) }]);
  });
});

describe('what is not told', () => {
  test('a transaction that was rolled back', async () => {
    const code = `
env['res.partner'].create({'name': 'Never'})
env['res.partner'].browse(${customer}).write({'city': 'Nowhere'})
env.flush_all()
raise UserError('No.')`;
    await expect(outbox.run(code)).rejects.toThrow('No.');
    expect(await outbox.taken()).toEqual([]);
  });

  test('what a savepoint took back', async () => {
    await outbox.run(`
partner = env['res.partner'].browse(${customer})
partner.write({'street': 'Kept'})
savepoint = env.cr.savepoint()
env['res.partner'].create({'name': 'Never'})
partner.write({'street2': 'Never'})
env.cr.flush()
savepoint.close(rollback=True)
savepoint = env.cr.savepoint(flush=False)
env['res.partner'].create({'name': 'Never either'})
savepoint.close(rollback=True)
env.invalidate_all()`);
    expect(await outbox.taken()).toMatchObject([{ recordId: customer, old: { street: null } }]);
    const names = await outbox.odoo.execute('res.partner', 'search_count', [[['name', '=like', 'Never%']]]);
    expect(names).toBe(0);
  });

  test('what comes to nothing within its transaction', async () => {
    const before = await outbox.odoo.execute('res.partner', 'read', [[customer], ['city']]);
    const [{ city }] = z.tuple([z.object({ city: z.union([z.string(), z.literal(false)]) })]).parse(before);
    await write('res.partner', [customer], { city });
    await outbox.run(`
partner = env['res.partner'].browse(${customer})
was = partner.city
partner.write({'city': 'Elsewhere'})
env.cr.flush()
partner.write({'city': was})
env['res.partner'].create({'name': 'Short'}).unlink()
short = env['res.partner'].create({'name': 'Shorter'})
env.cr.flush()
short.unlink()`);
    expect(await outbox.taken()).toEqual([]);
    expect(await outbox.odoo.execute('x_viaduct_event', 'search_count', [[]])).toBe(0);
  });

  test('a field that nobody asked for', async () => {
    await write('res.partner', [customer], { comment: 'Not watched' });
    expect(await outbox.taken()).toEqual([]);
  });
});

describe('an employee', () => {
  test('makes events by his work, in his own name, and cannot forge any', async () => {
    const groups = ['base.group_partner_manager'];
    const account = await makeEmployee(outbox.odoo, { name: 'Erna Employee', groups });
    await outbox.taken();
    const employee = createOdooClient({ ...outbox.odoo, ...account });
    const { uid } = z.object({ uid: Id }).parse(await employee.call('res.users', 'context_get', []));
    const context = { old_values: { [customer]: { city: 'Forged' } }, active_test: false };
    await employee.call('res.partner', 'write', [[customer], { city: 'Real' }], { kwargs: { context } });
    const events = await outbox.taken();
    expect(events).toMatchObject([{ userId: uid, new: { city: 'Real' } }]);
    expect(events[0]?.old['city']).not.toBe('Forged');

    const refused = { kind: 'access' };
    await expect(
      employee.call('x_viaduct_event', 'create', [{ x_model: 'res.partner' }]),
    ).rejects.toMatchObject(refused);
    await expect(employee.call('x_viaduct_event', 'search_read', [[]])).rejects.toMatchObject(refused);
    await expect(employee.call('x_viaduct_subscription', 'search_read', [[]])).rejects.toMatchObject(refused);
    const rules = await outbox.odoo.execute('x_viaduct_watch', 'search_read', [[], ['x_automation_id']]);
    const rule = z.array(z.object({ x_automation_id: z.tuple([Id, z.string()]) })).parse(rules);
    const ruleIds = rule.map(({ x_automation_id }) => x_automation_id[0]);
    const domain = [['base_automation_id', 'in', ruleIds]];
    const actions = z.array(Id).parse(await outbox.odoo.execute('ir.actions.server', 'search', [domain]));
    const writing = await Promise.all(
      ['outbox_write', 'outbox_deletion'].map((name) => idOf(outbox.odoo, `viaduct_events.${name}`)),
    );
    const forged = { ...context, active_model: 'res.partner', active_id: customer, active_ids: [customer] };
    for (const id of [...actions, ...writing]) {
      // Whether Odoo lets him run it at all depends on its version; nothing comes of it.
      await employee
        .call('ir.actions.server', 'run', [[id]], { kwargs: { context: forged } })
        .catch(() => undefined);
    }
    for (const name of ['drain', 'build', 'subscriptions', 'sync_rules']) {
      const id = await idOf(outbox.odoo, `viaduct_events.procedure_${name}`);
      await expect(employee.call('ir.actions.server', 'run', [[id]]), name).rejects.toMatchObject(refused);
    }
    expect(await outbox.taken()).toEqual([]);
    await employee.stop();
  });
});

test('an outbox that cannot be written breaks nobody’s save', async () => {
  const watch = z
    .array(z.object({ id: Id, x_statement: z.string(), x_object: z.string() }))
    .parse(
      await outbox.odoo.execute('x_viaduct_watch', 'search_read', [
        [['x_model', '=', 'res.partner']],
        ['x_statement', 'x_object'],
      ]),
    )[0];
  const spoil = (code: string) => outbox.run(`env.cr.execute(${code})\nenv.invalidate_all()`);
  await spoil(
    `"update x_viaduct_watch set x_statement = 'select no_such_column', x_object = 'no_such_column'"`,
  );
  await write('res.partner', [customer], { city: 'Saved' });
  const id = await outbox.create('res.partner', { name: 'Saved too' });
  await outbox.odoo.execute('res.partner', 'unlink', [[id]]);
  expect(await outbox.odoo.execute('res.partner', 'read', [[customer], ['city']])).toMatchObject([
    { city: 'Saved' },
  ]);
  expect(await outbox.taken()).toEqual([]);
  const mended = await outbox.sync();
  expect(mended).toEqual(['keeps other fields of res.partner', 'keeps other fields of sale.order']);
  const [again] = z
    .array(z.looseObject({}))
    .parse(
      await outbox.odoo.execute('x_viaduct_watch', 'read', [[watch?.id ?? 0], ['x_statement', 'x_object']]),
    );
  expect(again).toEqual(watch);
});

test('neither does one whose function is missing, as in a database that was updated and not yet provisioned', async () => {
  const rename = (from: string, to: string) =>
    outbox.run(`env.cr.execute('alter function ${from}(text) rename to ${to}')`);
  await rename('viaduct_outbox', 'viaduct_outbox_before');
  await write('res.partner', [customer], { city: 'Saved without it' });
  await rename('viaduct_outbox_before', 'viaduct_outbox');
  expect(await outbox.odoo.execute('res.partner', 'read', [[customer], ['city']])).toMatchObject([
    { city: 'Saved without it' },
  ]);
  expect(await outbox.taken()).toEqual([]);
});
