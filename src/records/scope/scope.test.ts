import { expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { refusedMethodsOf } from './judge-method.ts';
import { RecordsError } from './records-error.ts';
import type { Scope } from './scope.ts';
import { scope } from './testing/attempts.ts';
import { sampleScope } from './testing/sample-scope.ts';

test.each<[what: string, allowed: (scope: Scope) => void]>([
  ['fields that it names', (own) => own.field('sale.order', 'partner_id.country_id.code')],
  ['the id of a relation', (own) => own.field('sale.order', 'partner_id.id')],
  ['a part of a date', (own) => own.field('sale.order', 'date_order.month_number')],
  ['a property', (own) => own.field('product.product', 'product_properties.a1b2')],
  ['fields of a technical model that it names', (own) => own.field('sale.order', 'user_id.login')],
  [
    'a relation without a grant, as an id',
    (own) => own.domain('sale.order', [['company_id', 'in', [1, false]]]),
  ],
  [
    'joined conditions',
    (own) => own.domain('sale.order', ['|', '!', ['name', '=', 'S1'], ['id', '=', 1], [1, '=', 1]]),
  ],
  [
    'nested conditions',
    (own) => own.domain('sale.order', [['order_line', 'not any', [['name', 'ilike', 'x']]]]),
  ],
  ['a hierarchy by ids', (own) => own.domain('sale.order', [['partner_id', 'child_of', [5]]])],
  [
    'a name where all fields may be read',
    (own) => own.domain('res.partner', [['country_id', 'ilike', 'France']]),
  ],
  ['the order of such a model', (own) => own.order('res.partner', 'country_id desc nulls last, name')],
  ['an order by the id of a relation', (own) => own.order('sale.order', 'partner_id.id desc, id')],
  [
    'groups',
    (own) =>
      own.groupBy('sale.order', ['partner_id', 'date_order:month'], ['amount_total:sum'], '__count desc'),
  ],
  [
    'lines',
    (own) =>
      own.values(
        'sale.order',
        {
          order_line: [
            [0, 0, { name: 'x', product_id: 3 }],
            [4, 5],
          ],
        },
        'create',
      ),
  ],
  ['tags by ids', (own) => own.values('sale.order', { tag_ids: [[6, 0, [1]]], user_id: null }, 'write')],
  [
    'a field of the model that it is a part of',
    (own) => own.values('product.product', { name: 'x' }, 'create'),
  ],
  [
    'properties by names',
    (own) => own.values('product.product', { product_properties: { a1: 5 } }, 'create'),
  ],
  [
    'a reference within a batch',
    (own) => own.values('sale.order', { partner_id: { $ref: '0.id' } }, 'write', { refs: true }),
  ],
  ['a method that it names', (own) => own.method('sale.order', 'action_confirm', { force: true })],
  ['an action that it names', (own) => own.action('sale.order', 'sale.action_x')],
])('allows %s', (_, allowed) => {
  expect(() => allowed(scope)).not.toThrow();
});

test('makes one specification of names, paths and objects', () => {
  const wanted = [
    'id',
    'name',
    'partner_id',
    'partner_id.name',
    { partner_id: ['id', { country_id: ['code'] }] },
  ];
  const lines = { order_line: { fields: ['name', { product_id: [] }], limit: 5, order: 'id desc' } };
  expect(scope.spec('sale.order', [...wanted, 'company_id', lines])).toEqual({
    name: {},
    partner_id: { fields: { name: {}, country_id: { fields: { code: {} } } } },
    company_id: {},
    order_line: { fields: { name: {}, product_id: { fields: {} } }, limit: 5, order: 'id desc' },
  });
});

test('names what is allowed, and the field that is not', () => {
  expect(() => scope.field('res.partner', 'vat')).toThrow(
    expect.objectContaining({
      ...{ model: 'res.partner', field: 'vat' },
      message:
        'The field "vat" of res.partner is not allowed for this endpoint, or does not exist. Allowed are: id, name, active, parent_id, country_id, child_ids, user_ids, category_id, owner.',
    }),
  );
});

test('says the same of a field that is withheld and of one that does not exist', () => {
  const words = ['access_token', 'nonsense___x'].map((field) => {
    try {
      return String(scope.field('sale.order', field));
    } catch (error) {
      return String(error).replace(field, '…');
    }
  });
  // Only the order of what is allowed goes by what was asked for.
  const [withheld, unknown] = words.map((text) => text.replace(/\.$/, '').split(/: |, /).toSorted());
  expect(withheld).toEqual(unknown);
  expect(() => scope.field('sale.order', 'amount')).toThrow('Allowed are: amount_total, ');
});

test('keeps an endpoint in its company', () => {
  const own = sampleScope([], { companyId: 3 });
  expect(own.context(undefined)).toEqual({ allowed_company_ids: [3] });
  expect(own.context({ lang: 'fr_FR', allowed_company_ids: [3] })).toEqual({
    lang: 'fr_FR',
    allowed_company_ids: [3],
  });
  expect(() => own.context({ allowed_company_ids: [3, 1] })).toThrow('works in company 3 only');
  expect(sampleScope([]).context({ allowed_company_ids: [1, 2] })).toEqual({ allowed_company_ids: [1, 2] });
});

test('takes a selector that says what it means', () => {
  expect(scope.selector('sale.order', { ids: [5, 6, 5] })).toEqual({ ids: [5, 6] });
  expect(scope.selector('sale.order', { domain: [['name', '=', false]] })).toEqual({
    domain: [['name', '=', false]],
  });
  expect(scope.selector('sale.order', { domain: [], all: true })).toEqual({ domain: [] });
  expect(scope.selector('sale.order', { all: true })).toEqual({ domain: [] });
});

test('lists the fields that may be read, without tokens and what is taken out', () => {
  expect(scope.fields('sale.order.line')).toEqual(expect.not.arrayContaining(['price_unit']));
  expect(scope.fields('sale.order')).toEqual(expect.not.arrayContaining(['access_token', 'partner_email']));
  expect(scope.fields('res.users')).toEqual(['id', 'login']);
});

test('survives values nested deeper than any message', () => {
  const deep: Json = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  expect(() => scope.domain('sale.order', deep)).toThrow(RecordsError);
  expect(() => scope.values('sale.order', { name: deep }, 'write')).toThrow(RecordsError);
  expect(() => scope.selector('sale.order', { domain: deep })).toThrow(RecordsError);
});

test('tells which granted methods are never called', () => {
  const granted = ['action_confirm', 'write', '_private', 'sale.action_x', 'action:12', 'with_user'];
  expect(refusedMethodsOf(granted)).toEqual(['write', '_private', 'with_user']);
});
