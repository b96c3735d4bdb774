import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { composeBody } from '../payload/index.ts';
import { sampleEvent, samplePayloadSettings } from '../payload/testing/samples.ts';
import { catalogue, cataloguePage } from './catalogue.ts';
import { DOCUMENTED_TYPES, EVENT_TYPES, kindOf } from './event-types.ts';
import { SAMPLES } from './samples.ts';

/** The two payloads of the document that the fifteen types come from. */
const DOCUMENTED_ORDER = {
  event: 'sale.order.updated',
  timestamp: '2025-01-22T10:30:00Z',
  data: {
    id: 123,
    name: 'SO001',
    state: 'sale',
    partner_id: 45,
    partner_name: 'École Primaire',
    amount_total: 5000.0,
    amount_untaxed: 4166.67,
    amount_tax: 833.33,
    date_order: '2025-01-22T10:00:00Z',
    user_id: 12,
    old_values: { state: 'draft', amount_total: 4500.0 },
    order_lines: [
      {
        product_id: 1,
        product_name: 'Voyage Scolaire',
        quantity: 30,
        price_unit: 150.0,
        price_subtotal: 4500.0,
      },
    ],
  },
};
const DOCUMENTED_INVOICE = {
  event: 'account.move.validated',
  timestamp: '2025-01-22T11:00:00Z',
  data: {
    id: 456,
    name: 'FAC-2025-0001',
    move_type: 'out_invoice',
    state: 'posted',
    partner_id: 45,
    partner_name: 'École Primaire',
    amount_total: 6000.0,
    amount_untaxed: 5000.0,
    amount_tax: 1000.0,
    invoice_date: '2025-01-22',
    invoice_date_due: '2025-02-22',
    invoice_line_ids: [
      {
        product_id: 1,
        product_name: 'Voyage Scolaire',
        quantity: 30,
        price_unit: 200.0,
        price_subtotal: 6000.0,
      },
    ],
  },
};

function validator() {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return ajv;
}

function faultsOf(name: string, body: unknown): unknown {
  const entry = catalogue().find((candidate) => candidate.name === name);
  const schema: AnySchema = JSON.parse(JSON.stringify(entry?.schema));
  const validate = validator().compile(schema);
  return validate(body) ? [] : validate.errors;
}

/** The body of a delivery for the sample of a model, with nothing read later than the event. */
function bodyOf(model: string, type: string): string {
  const sample = SAMPLES[model];
  if (sample === undefined) throw new RangeError(`no sample of ${model}`);
  return composeBody({
    subscription: samplePayloadSettings({ model }),
    type,
    event: sampleEvent({ model, recordId: sample.row.id, old: sample.old, at: sample.at }),
    row: sample.row,
    readAt: null,
  });
}

describe('the catalogue', () => {
  test('has the fifteen documented types and those for any model', () => {
    expect(DOCUMENTED_TYPES.map(({ name }) => name)).toEqual([
      ...['sale.order.created', 'sale.order.updated', 'sale.order.state.changed', 'sale.order.deleted'],
      ...['account.move.created', 'account.move.validated', 'account.move.updated', 'account.move.cancelled'],
      ...['res.partner.created', 'res.partner.updated', 'res.partner.deleted'],
      ...['crm.lead.created', 'crm.lead.updated', 'crm.lead.converted', 'crm.lead.won'],
    ]);
    expect(catalogue()).toHaveLength(20);
    expect(EVENT_TYPES.filter(({ name, kind }) => kindOf(name) !== kind)).toEqual([]);
  });

  test.each(EVENT_TYPES.map(({ name }) => name))('has an example of %s that fits its schema', (name) => {
    const entry = catalogue().find((candidate) => candidate.name === name);
    expect(entry?.example).toMatchObject({ timestamp: expect.any(String) });
    expect(faultsOf(name, entry?.example)).toEqual([]);
  });

  test.each(EVENT_TYPES.map(({ name }) => name))(
    'refuses by the schema of %s what is no such event',
    (name) => {
      expect(faultsOf(name, { event: 'other', timestamp: 'yesterday', data: {} })).not.toEqual([]);
      expect(faultsOf(name, [])).not.toEqual([]);
    },
  );

  test('shows every type on its page', () => {
    const page = cataloguePage();
    for (const { name } of EVENT_TYPES) expect(page).toContain(`\n## \`${name}\`\n`);
    expect(page).not.toContain('undefined');
  });
});

describe('the payloads of the document', () => {
  test('come out field for field, in its order: sale.order.updated', () => {
    const body = bodyOf('sale.order', 'sale.order.updated');
    expect(body).toBe(JSON.stringify(DOCUMENTED_ORDER));
    expect(faultsOf('sale.order.updated', DOCUMENTED_ORDER)).toEqual([]);
  });

  test('come out field for field, in its order: account.move.validated', () => {
    const body = bodyOf('account.move', 'account.move.validated');
    expect(body).toBe(JSON.stringify(DOCUMENTED_INVOICE));
    expect(faultsOf('account.move.validated', DOCUMENTED_INVOICE)).toEqual([]);
  });
});
