import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type ComposeInput, compose, composeBody } from './compose.ts';
import { inDollars, sampleEvent, samplePayloadSettings } from './testing/samples.ts';

const row = {
  ...{ id: 123, name: 'SO001', state: 'sale', partner_id: { id: 45, name: 'École' }, user_id: false },
  ...{ amount_total: 5000, date_order: '2025-01-22 10:00:00', order_line: [] },
};

function composed(
  parts: Partial<Omit<ComposeInput, 'subscription' | 'event'>> = {},
  settings = {},
  event = {},
) {
  return compose({
    subscription: samplePayloadSettings(settings),
    ...{ type: 'sale.order.updated', row, readAt: '2025-01-22T10:30:05Z' },
    event: sampleEvent(event),
    ...parts,
  });
}

const payloadOf = (...input: Parameters<typeof composed>) => composed(...input).payload;

describe('a full payload', () => {
  test('shows each of two quick changes with its own values, though both are read after the second', () => {
    const first = {
      old: { state: 'draft' },
      new: { state: 'sent', amount_total: 10, date_order: '2025-01-01T00:00:00Z' },
    };
    const second = { old: { state: 'sent', user_id: null }, new: { state: 'sale', user_id: 7 } };
    expect(payloadOf({}, {}, first)).toMatchObject({
      data: {
        state: 'sent',
        amount_total: 10,
        date_order: '2025-01-01T00:00:00Z',
        old_values: { state: 'draft' },
      },
      read_at: '2025-01-22T10:30:05Z',
    });
    expect(payloadOf({}, {}, second)).toMatchObject({
      data: { state: 'sale', user_id: 7, old_values: { state: 'sent', user_id: null } },
    });
  });

  test('has no name for a relation that points elsewhere since, and keeps its id', () => {
    const event = { old: { partner_id: 4 }, new: { partner_id: 44 } };
    expect(payloadOf({}, {}, event)).toMatchObject({
      data: { partner_id: 44, partner_name: null, old_values: { partner_id: 4 } },
    });
    expect(payloadOf({}, {}, { new: { partner_id: null } })).toMatchObject({
      data: { partner_id: null, partner_name: null },
    });
  });

  test('has no old_values where nothing changed, nor for types that tell none', () => {
    const event = { old: { state: 'sale' }, new: { state: 'sale' } };
    expect(JSON.stringify(payloadOf({}, {}, event))).not.toContain('old_values');
    const posted = { old: { state: 'draft' }, new: { state: 'posted' } };
    expect(JSON.stringify(payloadOf({ type: 'account.move.validated' }, {}, posted))).not.toContain(
      'old_values',
    );
  });

  test('tells nothing of fields that the user may not read', () => {
    const { amount_total: _, ...readable } = row;
    const event = { old: { amount_total: 1, note: 'x' }, new: { amount_total: 2, note: 'y' } };
    const text = JSON.stringify(payloadOf({ row: readable }, {}, event));
    expect(text).not.toMatch(/amount_total|note/);
  });

  test('of a deleted record has what the event holds, and nothing was read', () => {
    const event = {
      deleted: true,
      new: { name: 'SO001', partner_id: 45, amount_total: 3, user_id: null, order_line: [7] },
    };
    expect(payloadOf({ type: 'sale.order.deleted', row: null }, {}, event)).toEqual({
      event: 'sale.order.deleted',
      timestamp: '2025-01-22T10:30:00Z',
      data: { id: 123, name: 'SO001', partner_id: 45, amount_total: 3, user_id: null },
    });
  });

  test('of a deleted record has no more than the row that was answered for it', () => {
    const event = { deleted: true, new: { name: 'SO001', amount_total: 3 } };
    expect(
      payloadOf({ type: 'sale.order.deleted', row: { id: 123, name: 'SO001' } }, {}, event),
    ).toMatchObject({
      data: { id: 123, name: 'SO001' },
    });
  });

  test('tells which lines there were neither of a change nor of a deleted invoice', () => {
    const event = { old: { order_line: [1] }, new: { order_line: [1, 2] } };
    expect(payloadOf({}, {}, event)).toMatchObject({ data: { order_lines: [] } });
    expect(JSON.stringify(payloadOf({}, {}, event))).not.toContain('old_values');
    const invoice = { model: 'account.move', deleted: true, new: { name: '/', invoice_line_ids: [4] } };
    expect(
      payloadOf({ type: 'account.move.deleted', row: null }, { model: 'account.move' }, invoice),
    ).toMatchObject({
      data: { id: 123, name: '/' },
    });
  });

  test('has the fields that were chosen beside the documented ones', () => {
    const settings = { changeFields: ['state', 'note'] };
    const event = { old: { note: 'a' }, new: { note: 'b' } };
    expect(payloadOf({ row: { ...row, note: 'c' } }, settings, event)).toMatchObject({
      data: { name: 'SO001', note: 'b', old_values: { note: 'a' } },
    });
  });

  test('of a model without document has its name and the chosen fields', () => {
    const task = { id: 9, display_name: 'T', stage_id: { id: 2 }, date_deadline: '2025-01-02 03:04:05' };
    const settings = { model: 'project.task', changeFields: ['stage_id', 'date_deadline', 'missing'] };
    const event = { model: 'project.task', recordId: 9, old: { stage_id: 1 } };
    expect(payloadOf({ type: 'project.task.updated', row: task }, settings, event)).toMatchObject({
      data: {
        ...{ id: 9, display_name: 'T', stage_id: { id: 2 }, date_deadline: '2025-01-02T03:04:05Z' },
        old_values: { stage_id: 1 },
      },
    });
  });

  test('has the static members at its root, where they win', () => {
    const settings = { static: '{"shop": "north", "event": "mine", "__proto__": {"x": 1}}' };
    const body = composeBody({
      ...{ subscription: samplePayloadSettings(settings), type: 'sale.order.updated' },
      ...{ event: sampleEvent(), row, readAt: null },
    });
    expect(body).toContain('"shop":"north"');
    expect(body).toContain('"event":"mine"');
    expect(body).toContain('"__proto__":{"x":1}');
  });
});

test('a thin payload has the id alone', () => {
  expect(payloadOf({}, { payload: 'thin' }, { old: { state: 'draft' } })).toEqual({
    event: 'sale.order.updated',
    timestamp: '2025-01-22T10:30:00Z',
    data: { id: 123 },
  });
});

test('a payload of listed fields has them in their order, as Odoo has them', () => {
  const settings = {
    payload: 'fields' as const,
    fieldList:
      '["state", "partner_id.name", {"partner_id": ["name", "vat"]}, "user_id", {"order_line": ["price"]}]',
  };
  const lines = [
    { id: 8, price: 2 },
    { id: 3, price: 1 },
  ];
  const event = { old: { state: 'draft' } };
  expect(JSON.stringify(payloadOf({ row: { ...row, order_line: lines } }, settings, event))).toBe(
    '{"event":"sale.order.updated","timestamp":"2025-01-22T10:30:00Z","data":{"id":123,"state":"sale",' +
      '"partner_id.name":"École","partner_id":{"name":"École","vat":false},"user_id":false,' +
      '"order_line":[{"price":2},{"price":1}],"old_values":{"state":"draft"}},"read_at":"2025-01-22T10:30:05Z"}',
  );
});

describe('a template', () => {
  const template = (value: unknown) => ({ payload: 'template' as const, template: JSON.stringify(value) });

  test('keeps the type of a value that stands alone, and fills texts anywhere', () => {
    const settings = template({
      ...{
        total: '{{ amount_total }}',
        words: `Order {{name}} of ${inDollars('partner_id.name')}: {{ amount_total }}`,
      },
      ...{ deep: [{ partner: ' {{ partner_id }} ' }], at: '{{ date_order }}', fixed: 7 },
    });
    expect(payloadOf({}, settings)).toEqual({
      ...{ total: 5000, words: 'Order SO001 of École: 5000' },
      ...{ deep: [{ partner: 45 }], at: '2025-01-22T10:00:00Z', fixed: 7 },
    });
  });

  test('names what it asked for in vain, and leaves it empty', () => {
    const settings = template({ a: '{{ nothing }}', b: 'x{{ partner_id.nope }}y', c: '{{ user_id.name }}' });
    expect(composed({}, settings)).toEqual({
      payload: { a: null, b: 'xy', c: null },
      missing: ['nothing', 'partner_id.nope'],
    });
  });

  test('knows the event', () => {
    const settings = template({
      t: '{{ _event }}|{{ _timestamp }}|{{ _model }}|{{ _id }}',
      o: '{{ _old.state }}',
    });
    expect(payloadOf({}, settings, { old: { state: 'draft' } })).toEqual({
      t: 'sale.order.updated|2025-01-22T10:30:00Z|sale.order|123',
      o: 'draft',
    });
  });

  test('never fills what stood in a value', () => {
    const name = `{{ amount_total }}${inDollars('state')}`;
    const odd = { ...row, name };
    expect(payloadOf({ row: odd }, template({ a: 'n: {{ name }}' }))).toEqual({
      a: `n: ${name}`,
    });
  });
});

describe('what a person sends', () => {
  const rows = [
    { id: 1, name: 'A' },
    { id: 2, name: 'B' },
  ];
  const sent = { kind: 'manual' as const, ids: [1, 2], recordId: 0 };
  const of = (settings: object, some: readonly (typeof rows)[number][] = rows) =>
    payloadOf({ type: 'sale.order.sent', row: null, rows: some, readAt: null }, settings, sent);

  test('comes with model, count and records, be it one or many', () => {
    const settings = { payload: 'fields' as const, fieldList: 'name', static: '{"shop": 1}' };
    expect(of(settings)).toEqual({
      ...{ event: 'sale.order.sent', timestamp: '2025-01-22T10:30:00Z', model: 'sale.order', count: 2 },
      ...{ records: rows, shop: 1 },
    });
    expect(of(settings, rows.slice(0, 1))).toMatchObject({ count: 1, records: [rows[0]] });
    expect(of(settings, [])).toMatchObject({ count: 0, records: [] });
    expect(of({ payload: 'thin' })).toMatchObject({ count: 2, ids: [1, 2] });
  });

  const template = (value: unknown) => ({ payload: 'template' as const, template: JSON.stringify(value) });

  test('repeats the one entry of a template’s records for each', () => {
    expect(of(template({ by: '{{ name }}', records: [{ n: '{{ name }}' }] }))).toEqual({
      ...{ model: 'sale.order', count: 2, by: 'A', records: [{ n: 'A' }, { n: 'B' }] },
    });
  });

  test('matches several entries with the records in order', () => {
    const entries = ['{{ name }}', '{{ name }} too', '{{ name }} again'];
    expect(of(template({ records: entries }))).toMatchObject({ records: ['A', 'B too', 'A again'] });
  });

  test('fills a template without records for each of them', () => {
    const settings = template({ text: '{{ name }}' });
    expect(of(settings)).toEqual({ model: 'sale.order', count: 2, records: [{ text: 'A' }, { text: 'B' }] });
    expect(of(settings, rows.slice(1))).toEqual({ text: 'B' });
  });
});

test('of a record that was deleted since, an update has what the event holds', () => {
  const event = { old: { state: 'draft' }, new: { state: 'sale', partner_id: 45 } };
  expect(payloadOf({ row: null }, {}, event)).toEqual({
    event: 'sale.order.updated',
    timestamp: '2025-01-22T10:30:00Z',
    data: { id: 123, state: 'sale', partner_id: 45, old_values: { state: 'draft' } },
  });
});

test('the examples of the guide come out as it says', async () => {
  const guide = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const [, template = '', expected = ''] = [...guide.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text = '']) => text,
  );
  const lines = ['Voyage Scolaire', 'Assurance'].map((name) => ({ name, product_id: { id: 1, name } }));
  const record = { ...row, partner_id: { id: 45, name: 'École Primaire' }, order_line: lines };
  const settings = { payload: 'template' as const, template };
  expect(payloadOf({ row: record }, settings, { old: { state: 'draft' } })).toEqual(JSON.parse(expected));
});
