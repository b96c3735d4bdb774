import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFieldList } from './field-list.ts';
import { payloadPlan, specFor } from './payload-plan.ts';
import { parseTemplate } from './template.ts';
import { inDollars, samplePayloadSettings } from './testing/samples.ts';

const spec = (settings: object) => specFor(samplePayloadSettings(settings));
const leaf = { fields: {} };

describe('what is read', () => {
  test('for an order is what its document shows, lines with their products', () => {
    expect(spec({})).toEqual({
      ...{ name: leaf, state: leaf, partner_id: { fields: { name: leaf } } },
      ...{ amount_total: leaf, amount_untaxed: leaf, amount_tax: leaf, date_order: leaf, user_id: leaf },
      order_line: {
        fields: {
          ...{ product_id: { fields: { name: leaf } }, product_uom_qty: leaf },
          ...{ price_unit: leaf, price_subtotal: leaf, display_type: leaf },
        },
      },
    });
    expect(Object.keys(spec({ model: 'account.move' })['invoice_line_ids']?.fields ?? {})).toContain(
      'quantity',
    );
  });

  test('is optional where not every Odoo has it', () => {
    const { mobile, phone } = spec({ model: 'res.partner' });
    expect([mobile, phone]).toEqual([{ fields: {}, optional: true }, leaf]);
  });

  test('follows the paths of lists and templates, and the chosen fields', () => {
    const fieldList = '["id", "partner_id.country_id.code", {"partner_id": ["name", {"child_ids": []}]}]';
    expect(spec({ payload: 'fields', fieldList, changeFields: ['note'] })).toEqual({
      partner_id: { fields: { country_id: { fields: { code: leaf } }, name: leaf, child_ids: leaf } },
      note: leaf,
    });
    const template = `{"a": "{{ name }} ${inDollars(' order_line.0.name ')}", "b": ["{{ _event }}", "{{ _old.state }}"]}`;
    expect(spec({ payload: 'template', template })).toEqual({
      name: leaf,
      order_line: { fields: { name: leaf } },
    });
    expect(spec({ payload: 'thin' })).toEqual({});
    expect(spec({ model: 'project.task', changeFields: ['stage_id'] })).toEqual({
      display_name: leaf,
      stage_id: leaf,
    });
  });
});

describe('a field list', () => {
  test('may be one name or path per line', () => {
    expect(parseFieldList('name\n partner_id.name ,\n\nstate').map(({ key }) => key)).toEqual([
      ...['name', 'partner_id.name', 'state'],
    ]);
    expect(parseFieldList('  ')).toEqual([]);
  });

  test.each([
    ['["name", 7]', 'item 2: expected a name'],
    ['["na me"]', 'item 1: "na me" is no name of a field'],
    ['["__proto__"]', 'item 1: "__proto__" is no name'],
    ['name\n\nbad-name', 'line 3: "bad-name" is no name'],
    ['[{"partner_id": "name"}]', 'item 1 (partner_id): expected a list of fields'],
    [
      '[{"partner_id": ["name", {"child_ids": [true]}]}]',
      'item 1 (partner_id), item 2 (child_ids), item 1: expected',
    ],
    ['{"name": 1}', 'is no list'],
    ['["name",\n "a" "b"]', 'line 2, column'],
    ['["a.b.c.d.e.f.g"]', 'more than 6 fields'],
    [JSON.stringify(Array.from({ length: 501 }, () => 'name')), 'at most 500'],
    ['['.repeat(50) + ']'.repeat(50), 'deeper than 32'],
    [`   ["${'x'.repeat(70_000)}"]`, 'at most 65536'],
  ])('%# says where it is wrong', (text, words) => {
    expect(() => parseFieldList(text)).toThrow(words);
  });
});

describe('a template', () => {
  test.each([
    ['{"a": {"b": ["{{ bad path }}"]}}', 'at a.b[0]: {{ bad path }} is no path'],
    ['{"a": "{{ }}"}', 'at a: {{  }} is no path'],
    ['{"a": "{{ __proto__ }}"}', 'is unknown. Beside fields there are _event'],
    ['{"a": "{{ _old.__proto__ }}"}', 'is unknown'],
    ['{"a": "{{ constructor.constructor() }}"}', 'is no path'],
    ['{"a": {{ name }}}', 'placeholders too'],
    ['["{{ name }}"]', 'is no JSON object'],
    [`{"a": "${inDollars('a.b.c.d.e.f.g')}"}`, 'more than 6 fields'],
    [JSON.stringify({ a: '{{ name }}'.repeat(501) }), 'at most 500'],
  ])('%# says where it is wrong', (text, words) => {
    expect(() => parseTemplate(text)).toThrow(words);
  });
});

test('static members must be an object', () => {
  expect(() => payloadPlan(samplePayloadSettings({ static: '[1]' }))).toThrow(
    'The static object is no JSON object',
  );
});

test('whatever is written, it is read or refused with words for an administrator', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify([value])),
  );
  const payload = fc.constantFrom('full' as const, 'thin' as const, 'fields' as const, 'template' as const);
  fc.assert(
    fc.property(payload, odd, odd, odd, (kind, fieldList, template, extra) => {
      try {
        specFor(samplePayloadSettings({ payload: kind, fieldList, template, static: extra }));
      } catch (error) {
        expect(error).toMatchObject({ code: 'payload-invalid', retry: 'after-config' });
      }
    }),
  );
});
