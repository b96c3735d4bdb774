import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Receiver, startReceiver } from '../../fixtures/receiver/index.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooData } from '../support/odoo-data.ts';
import { EVENT_SETTINGS, eventsAt, type SentEvent, watchedSubscriptions } from '../support/sent-events.ts';
import { until } from '../support/until.ts';

/** The fifteen documented events, each caused in a real Odoo as its users cause it. */
let loop: Loop;
let receiver: Receiver;
let events: ReturnType<typeof watchedSubscriptions>;
let records: ReturnType<typeof odooData>;
let partnerId: number;
let productId: number;

beforeAll(async () => {
  receiver = await startReceiver();
  loop = await startLoop({ settings: EVENT_SETTINGS });
  events = watchedSubscriptions(loop.odoo);
  records = odooData(loop.odoo.execute);
  await loadAccounts();
  partnerId = await records.create('res.partner', { name: 'École Primaire' });
  const product = { name: 'Voyage Scolaire', type: 'service', list_price: 150, taxes_id: [[6, 0, []]] };
  productId = await records.create('product.product', product);
  const types = {
    'sale.order': ['created', 'updated', 'state.changed', 'deleted'],
    'account.move': ['created', 'validated', 'updated', 'cancelled'],
    'res.partner': ['created', 'updated', 'deleted'],
    'crm.lead': ['created', 'updated', 'converted', 'won'],
  };
  for (const [model, kinds] of Object.entries(types)) {
    const names = kinds.map((kind) => `${model}.${kind}`);
    await events.subscribe(model, names, { x_url: `${receiver.url}/${model}` });
  }
}, 240_000);

afterAll(async () => {
  await loop?.dispose();
  await receiver?.stop();
});

/** Journals and accounts, which a company without a chart has not. */
async function loadAccounts(): Promise<void> {
  const journals = await records.search('account.journal', [['type', '=', 'sale']]);
  if (journals.length === 0)
    await loop.odoo.execute('account.chart.template', 'try_loading', ['generic_coa', 1]);
}

/** Waits for an event of this type about a record. */
async function sent(type: string, id: number): Promise<SentEvent> {
  const path = `/${type.split('.').slice(0, 2).join('.')}`;
  const find = () => eventsAt(receiver, path).find(({ event, data }) => event === type && data.id === id);
  const found = await until(find, (event) => event !== undefined);
  if (found === undefined) throw new Error(`No ${type} of ${id}.`);
  return found;
}

const write = (model: string, id: number, values: object) =>
  loop.odoo.execute(model, 'write', [[id], values]);
const call = (model: string, method: string, id: number) => loop.odoo.execute(model, method, [[id]]);
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('sales orders', () => {
  const ORDER_KEYS = ['id', 'name', 'state', 'partner_id', 'partner_name', 'amount_total', 'amount_untaxed'];
  const MORE_KEYS = ['amount_tax', 'date_order', 'user_id'];
  const order = () =>
    records.create('sale.order', {
      partner_id: partnerId,
      order_line: [[0, 0, { product_id: productId, product_uom_qty: 30, price_unit: 150 }]],
    });

  test('sale.order.created has every documented field, and the lines', async () => {
    const id = await order();
    const { event, timestamp, read_at: readAt, data } = await sent('sale.order.created', id);
    expect([event, timestamp, readAt]).toEqual([
      'sale.order.created',
      expect.stringMatching(UTC),
      expect.stringMatching(UTC),
    ]);
    expect(Object.keys(data)).toEqual([...ORDER_KEYS, ...MORE_KEYS, 'order_lines']);
    expect(data).toMatchObject({
      ...{ id, name: expect.stringMatching(/^S\d+$/), state: 'draft' },
      ...{ partner_id: partnerId, partner_name: 'École Primaire' },
      ...{ amount_total: 4500, amount_untaxed: 4500, amount_tax: 0, date_order: expect.stringMatching(UTC) },
      order_lines: [
        {
          ...{ product_id: productId, product_name: 'Voyage Scolaire', quantity: 30 },
          ...{ price_unit: 150, price_subtotal: 4500 },
        },
      ],
    });
  });

  test('sale.order.updated tells what was there before, of what changed alone', async () => {
    const id = await order();
    const [line] = await records.search('sale.order.line', [['order_id', '=', id]]);
    await write('sale.order', id, { order_line: [[1, line, { product_uom_qty: 40 }]] });
    const { data } = await sent('sale.order.updated', id);
    expect(Object.keys(data)).toEqual([...ORDER_KEYS, ...MORE_KEYS, 'old_values', 'order_lines']);
    expect(data).toMatchObject({ amount_total: 6000, order_lines: [{ quantity: 40, price_subtotal: 6000 }] });
    expect(data['old_values']).toEqual({ amount_total: 4500, amount_untaxed: 4500 });
  });

  test('sale.order.state.changed comes with the confirmation', async () => {
    const id = await order();
    await call('sale.order', 'action_confirm', id);
    const { data } = await sent('sale.order.state.changed', id);
    expect(data).toMatchObject({ state: 'sale', old_values: { state: 'draft' } });
  });

  test('sale.order.deleted has the documented fields that are left', async () => {
    const id = await order();
    await call('sale.order', 'unlink', id);
    const { data } = await sent('sale.order.deleted', id);
    expect(data).toMatchObject({ id, state: 'draft', partner_id: partnerId, amount_total: 4500 });
  });
});

describe('invoices', () => {
  const KEYS = ['id', 'name', 'move_type', 'state', 'partner_id', 'partner_name', 'amount_total'];
  const MORE_KEYS = ['amount_untaxed', 'amount_tax', 'invoice_date', 'invoice_date_due'];
  const invoice = () =>
    records.create('account.move', {
      ...{ move_type: 'out_invoice', partner_id: partnerId, invoice_date: '2026-01-22' },
      invoice_line_ids: [
        [0, 0, { product_id: productId, quantity: 30, price_unit: 200, tax_ids: [[6, 0, []]] }],
      ],
    });

  test('account.move.created is about the draft', async () => {
    const id = await invoice();
    const { data } = await sent('account.move.created', id);
    expect(data).toMatchObject({ id, move_type: 'out_invoice', state: 'draft', amount_total: 6000 });
  });

  test('account.move.validated has every documented field, and the lines', async () => {
    const id = await invoice();
    await call('account.move', 'action_post', id);
    const { data } = await sent('account.move.validated', id);
    expect(Object.keys(data)).toEqual([...KEYS, ...MORE_KEYS, 'invoice_line_ids']);
    expect(data).toMatchObject({
      ...{ state: 'posted', partner_id: partnerId, partner_name: 'École Primaire', amount_untaxed: 6000 },
      ...{ invoice_date: '2026-01-22', invoice_date_due: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
      invoice_line_ids: [
        { product_id: productId, product_name: 'Voyage Scolaire', quantity: 30, price_unit: 200 },
      ],
    });
  });

  test('account.move.updated tells what was there before', async () => {
    const id = await invoice();
    await write('account.move', id, { invoice_date: '2026-01-20' });
    const { data } = await sent('account.move.updated', id);
    expect(data).toMatchObject({ invoice_date: '2026-01-20', old_values: { invoice_date: '2026-01-22' } });
  });

  test('account.move.cancelled comes with the cancellation', async () => {
    const id = await invoice();
    await call('account.move', 'button_cancel', id);
    expect((await sent('account.move.cancelled', id)).data).toMatchObject({ state: 'cancel' });
  });
});

describe('contacts', () => {
  test('res.partner.created, .updated and .deleted', async () => {
    const id = await records.create('res.partner', { name: 'Anna', email: 'anna@example.com' });
    expect((await sent('res.partner.created', id)).data).toMatchObject({
      name: 'Anna',
      email: 'anna@example.com',
    });
    await write('res.partner', id, { email: 'a@example.com' });
    const { data } = await sent('res.partner.updated', id);
    expect(data).toMatchObject({ email: 'a@example.com', old_values: { email: 'anna@example.com' } });
    await call('res.partner', 'unlink', id);
    expect((await sent('res.partner.deleted', id)).data).toMatchObject({ id, name: 'Anna' });
  });
});

describe('leads', () => {
  /** As the button does it. */
  async function convert(id: number): Promise<void> {
    const model = 'crm.lead2opportunity.partner';
    const context = { active_model: 'crm.lead', active_id: id, active_ids: [id] };
    const values = { name: 'convert', action: 'exist', partner_id: partnerId };
    const ids = await loop.odoo.execute(model, 'create', [[values]], { context });
    await loop.odoo.execute(model, 'action_apply', [ids], { context });
  }

  const Stage = z.array(z.number()).min(1);

  test('crm.lead.created, .updated, .converted and .won', async () => {
    const id = await records.create('crm.lead', { name: 'School trip', type: 'lead', partner_id: partnerId });
    expect((await sent('crm.lead.created', id)).data).toMatchObject({ name: 'School trip', type: 'lead' });
    await write('crm.lead', id, { expected_revenue: 900 });
    expect((await sent('crm.lead.updated', id)).data).toMatchObject({ expected_revenue: 900 });
    await convert(id);
    const converted = await sent('crm.lead.converted', id);
    expect(converted.data).toMatchObject({ type: 'opportunity' });
    const [won] = Stage.parse(await records.search('crm.stage', [['is_won', '=', true]]));
    await write('crm.lead', id, { stage_id: won });
    expect((await sent('crm.lead.won', id)).data).toMatchObject({ stage_id: won, probability: 100 });
  });
});
