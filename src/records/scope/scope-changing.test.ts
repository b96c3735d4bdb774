import { expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { type Attempt, refusalCode } from './testing/attempts.ts';

const values = (what: string, value: Json, code: string, model = 'sale.order'): Attempt => [
  `values: ${what}`,
  (own) => own.values(model, value, 'write'),
  code,
];

const context = (what: string, value: Json): Attempt => [
  `context: ${what}`,
  (own) => own.context(value),
  'context-not-allowed',
];

const selector = (what: string, value: Json, code = 'selector-missing'): Attempt => [
  `selector: ${what}`,
  (own) => own.selector('sale.order', value),
  code,
];

const [noField, noModel, noValues] = ['field-not-allowed', 'model-not-allowed', 'invalid-values'] as const;

test.each<Attempt>([
  values('a field that is not granted', { access_token: 'x' }, noField),
  values('the id', { id: 5 }, noValues),
  values('who wrote it', { create_uid: 1 }, noValues),
  values('a path', { 'partner_id.name': 'x' }, noField),
  values('a name that every object has', JSON.parse('{"__proto__": {"a": 1}}'), noField),
  values('another name of a withheld field', { partner_email: 'a@b.c' }, noField),
  values('a new record for a relation', { partner_id: { name: 'x' } }, noValues),
  values('a list for a relation', { partner_id: [5, 'x'] }, noValues),
  values('an object for a text', { name: { en_US: 'x' } }, noValues),
  values('a line with a field that is not granted', { order_line: [[0, 0, { price_unit: 1 }]] }, noField),
  values('a changed line with such a field', { order_line: [[1, 5, { price_unit: 1 }]] }, noField),
  values('a line deleted', { order_line: [[2, 5]] }, 'right-not-allowed'),
  values('a line taken away', { order_line: [[3, 5]] }, 'right-not-allowed'),
  values('all lines taken away', { order_line: [[5]] }, 'right-not-allowed'),
  values('all lines taken away, by nothing', { order_line: false }, 'right-not-allowed'),
  values('other lines instead', { order_line: [[6, 0, [5]]] }, 'right-not-allowed'),
  values('other lines instead, by a list', { order_line: [5] }, 'right-not-allowed'),
  values('a record in a line', { order_line: [[0, 0, { tax_ids: [[0, 0, { name: 'x' }]] }]] }, noModel),
  values('a tag made', { tag_ids: [[0, 0, { name: 'x' }]] }, noModel),
  values('a tag changed', { tag_ids: [[1, 5, { name: 'x' }]] }, noModel),
  values('a tag deleted', { tag_ids: [[2, 5, 0]] }, noModel),
  values('a user made along', { user_ids: [[0, 0, { login: 'x' }]] }, noModel, 'res.partner'),
  values('a user taken over', { user_ids: [[4, 2]] }, noModel, 'res.partner'),
  values('true for a command', { order_line: [[true, 5, { name: 'x' }]] }, noValues),
  values('text for a command', { order_line: [['0', 0, {}]] }, noValues),
  values('an unknown command', { order_line: [[7, 5]] }, noValues),
  values('a command with more than it takes', { tag_ids: [[4, 5, { name: 'x' }]] }, noValues),
  values('a text for an id', { tag_ids: [[4, '5']] }, noValues),
  values('ids and commands', { tag_ids: [5, [4, 6]] }, noValues),
  values('objects for commands', { order_line: [{ name: 'x' }] }, noValues),
  values('a reference outside of a batch', { partner_id: { $ref: '0.id' } }, noValues),
  values('a list', [{ name: 'x' }], noValues),
  values('a text for a truth value', { active: 'false' }, noValues, 'res.partner'),
  values('words for a date', { date_order: 'tomorrow' }, noValues),
  values('a moment without its zone', { date_order: '2026-01-22T10:00:00' }, noValues),

  context('defaults', { default_state: 'sale' }),
  context('no tracking', { tracking_disable: true }),
  context('another user', { uid: 1 }),
  context('what Viaduct hands to procedures', { viaduct: {} }),
  context('active records of another', { active_id: 1 }),
  context('no checks of sizes', { bin_size: false }),
  context('a language that is none', { lang: 'fr_FR; drop' }),
  context('a time zone that is none', { tz: { a: 1 } }),
  context('a text for active_test', { active_test: 'no' }),
  context('companies that are none', { allowed_company_ids: ['1'] }),
  context('no companies', { allowed_company_ids: [] }),
  context('a list', [1]),

  [
    'method: one that is not granted',
    (own) => own.method('sale.order', 'action_cancel'),
    'method-not-allowed',
  ],
  [
    'method: a private one, though granted',
    (own) => own.method('sale.order', '_action_done'),
    'method-not-allowed',
  ],
  [
    'method: one that goes round the fields, though granted',
    (own) => own.method('sale.order', 'write'),
    'method-not-allowed',
  ],
  [
    'method: a server action as a method',
    (own) => own.method('sale.order', 'sale.action_x'),
    'method-not-allowed',
  ],
  ['method: on users', (own) => own.method('res.users', 'action_reset'), noModel],
  ['method: of a scheduled action', (own) => own.method('ir.cron', 'method_direct_trigger'), noModel],
  [
    'method: in another’s name',
    (own) => own.method('sale.order', 'action_confirm', { author_id: 3 }),
    'invalid-arguments',
  ],
  [
    'method: with a context of its own',
    (own) => own.method('sale.order', 'action_confirm', { context: {} }),
    'invalid-arguments',
  ],
  [
    'method: with a list of arguments',
    (own) => own.method('sale.order', 'action_confirm', [1]),
    'invalid-arguments',
  ],
  [
    'action: one that is not granted',
    (own) => own.action('sale.order', 'sale.action_y'),
    'method-not-allowed',
  ],
  [
    'action: a method as an action',
    (own) => own.action('sale.order', 'action_confirm'),
    'method-not-allowed',
  ],

  selector('nothing', null),
  selector('no ids', { ids: [] }),
  selector('ids that are none', { ids: ['5'] }),
  selector('id 0', { ids: [0] }),
  selector('ids and a domain', { ids: [5], domain: [['id', '=', 5]] }),
  selector('an empty object', {}),
  selector('an empty domain', { domain: [] }),
  selector('true for all', { domain: [[1, '=', 1]] }),
  selector('not false', { domain: ['!', [0, '=', 1]] }),
  selector('true or something', { domain: ['|', [1, '=', 1], ['name', '=', 'S1']] }),
  selector('every id', { domain: [['id', '>', 0]] }),
  selector('ids that are not none', { domain: [['id', '!=', false]] }),
  selector('like nothing', { domain: [['name', 'ilike', '%']] }),
  selector('not in nothing', { domain: [['id', 'not in', []]] }),
  selector('a template that left nothing', { domain: [['name', '=', '']] }),
  selector('a template that left nothing, deeper', { domain: [['partner_id', 'any', [['name', '=', ' ']]]] }),
  selector('all by a word', { domain: [], all: 'yes' }),
  selector(
    'too many ids',
    { ids: Array.from({ length: 1_001 }, (_, index) => index + 1) },
    'too-many-records',
  ),
  selector('a domain with a field that is not granted', { domain: [['access_token', '=', 'x']] }, noField),
])('refuses %s', (_, attempt, code) => {
  expect(refusalCode(attempt)).toBe(code);
});
