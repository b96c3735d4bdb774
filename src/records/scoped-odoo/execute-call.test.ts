import { describe, expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { sampleGrant } from '../scope/testing/sample-scope.ts';
import type { OdooCall } from './caller.ts';
import { executeCall } from './execute-call.ts';
import { faultOf } from './odoo-fault.ts';
import { recordedCaller } from './testing/recorded-caller.ts';

const ALL = { read: true, create: true, write: true, unlink: true };
const ORDERS = [
  sampleGrant('sale.order', {
    ...ALL,
    fieldsMode: 'except',
    fields: ['amount_total'],
    methods: ['action_confirm'],
  }),
  sampleGrant('sale.order.line', { fieldsMode: 'only', fields: ['name', 'order_id'] }),
  sampleGrant('res.partner', { fieldsMode: 'only', fields: ['name', 'display_name'] }),
];

type Asked = Partial<OdooCall> & { method: string };
const callOf = ({ model = 'sale.order', args = [], kwargs = {}, ...more }: Asked): OdooCall => ({
  ...{ model, args, kwargs },
  ...more,
});

async function run(asked: Asked, options: Parameters<typeof recordedCaller>[1] = {}, grants = ORDERS) {
  const caller = recordedCaller(grants, options);
  const answer = await executeCall(callOf(asked), caller);
  return { answer, asked: caller.asked };
}

async function refused(asked: Asked, options: Parameters<typeof recordedCaller>[1] = {}) {
  const caller = recordedCaller(ORDERS, options);
  const fault = await executeCall(callOf(asked), caller).then(
    () => null,
    (error: unknown) => faultOf(error),
  );
  return { fault: fault?.className, words: fault?.message ?? '', calls: caller.asked.length };
}

const SECRET_DOMAIN = [['amount_total', '>', 100]];

describe('a call that would widen what the endpoint may', () => {
  test.each<[string, Asked]>([
    ['reads a field that is denied', { method: 'read', args: [[1], ['amount_total']] }],
    ['reads it by name', { method: 'read', args: [[1]], kwargs: { fields: ['amount_total'] } }],
    ['reads it with a search', { method: 'search_read', args: [[], ['amount_total']] }],
    ['searches by it', { method: 'search', args: [SECRET_DOMAIN] }],
    ['counts by it', { method: 'search_count', kwargs: { domain: SECRET_DOMAIN } }],
    ['searches through another model', { method: 'search', args: [[['partner_id.email', '=', 'a@b.c']]] }],
    ['sorts by it', { method: 'search', args: [[]], kwargs: { order: 'amount_total desc' } }],
    ['groups by it', { method: 'read_group', args: [[], [], ['amount_total']] }],
    ['sums it up', { method: 'read_group', args: [[], ['total:sum(amount_total)'], ['state']] }],
    ['sums it up by its own way', { method: 'read_group', args: [[], ['amount_total'], ['state']] }],
    ['aggregates it', { method: 'formatted_read_group', args: [[], ['state'], ['amount_total:sum']] }],
    ['asks for it in a specification', { method: 'web_read', args: [[1], { amount_total: {} }] }],
    [
      'asks for it in a nested specification',
      { method: 'web_search_read', args: [[], { order_line: { fields: { price_unit: {} } } }] },
    ],
    [
      'sorts by it in a nested specification',
      { method: 'web_read', args: [[1], { order_line: { fields: {}, order: 'price_unit' } }] },
    ],
    ['writes it', { method: 'write', args: [[1], { amount_total: 0 }] }],
    ['creates with it', { method: 'create', args: [{ amount_total: 0 }] }],
    [
      'creates lines without the right',
      { method: 'write', args: [[1], { order_line: [[0, 0, { name: 'x' }]] }] },
    ],
    ['deletes lines without the right', { method: 'write', args: [[1], { order_line: [[2, 5, 0]] }] }],
    ['asks for its default', { method: 'default_get', args: [['amount_total']] }],
    [
      'writes a model that may only be read',
      { model: 'res.partner', method: 'write', args: [[1], { name: 'x' }] },
    ],
    ['reads a model that was not granted', { model: 'res.country', method: 'read', args: [[1], ['name']] }],
    ['reads secrets of Odoo', { model: 'ir.config_parameter', method: 'search_read', args: [[]] }],
    ['reads users', { model: 'res.users', method: 'read', args: [[1], ['login']] }],
    ['calls what was not granted', { method: 'action_cancel', args: [[1]] }],
    ['calls what is private', { method: '_compute_amounts', args: [[1]] }],
    ['becomes superuser', { method: 'sudo', args: [[1]] }],
    ['exports', { method: 'export_data', args: [[1], ['amount_total']] }],
    [
      'gives defaults by context',
      { method: 'create', args: [{}], kwargs: { context: { default_note: 'x' } } },
    ],
    ['switches its user by context', { method: 'read', args: [[1]], kwargs: { context: { uid: 1 } } }],
    [
      'names another company',
      { method: 'read', args: [[1]], kwargs: { context: { allowed_company_ids: [9] } } },
    ],
    [
      'names context in a specification',
      { method: 'web_read', args: [[1], { partner_id: { context: { su: 1 } } }] },
    ],
  ])('%s', async (_, asked) => {
    const { fault, calls } = await refused(asked, { companyId: 3 });
    expect([fault, calls]).toEqual([expect.stringMatching(/^(AccessError|ValueError|TypeError)$/), 0]);
  });

  test('is told of a model, a field or a method as Odoo tells of missing rights', async () => {
    const faults = await Promise.all([
      refused({ model: 'res.country', method: 'read', args: [[1]] }),
      refused({ method: 'read', args: [[1], ['amount_total']] }),
      refused({ method: 'action_cancel', args: [[1]] }),
    ]);
    expect(faults.map(({ fault }) => fault)).toEqual(['AccessError', 'AccessError', 'AccessError']);
  });
});

describe('arguments', () => {
  test.each<[string, Asked]>([
    ['too many of them', { method: 'search', args: [[], 0, 1, 'id', true, 1] }],
    ['unknown ones', { method: 'search', kwargs: { domain: [], count: true } }],
    ['doubled ones', { method: 'search', args: [[]], kwargs: { domain: [] } }],
    ['ids that are none', { method: 'read', args: [['1'], ['name']] }],
    ['no ids', { method: 'write', kwargs: { vals: {} } }],
    ['ids where there are none', { method: 'search', ids: [1] }],
    ['a negative limit', { method: 'search', args: [[]], kwargs: { limit: -1 } }],
    [
      'a condition on groups',
      { method: 'formatted_read_group', args: [[], ['state'], [], [['__count', '>', 1]]] },
    ],
    ['an order by something else', { method: 'read_group', args: [[], [], ['state'], 0, 5, 'amount_total'] }],
  ])('are refused as Python does: %s', async (_, asked) => {
    expect(await refused(asked)).toMatchObject({ fault: 'TypeError', calls: 0 });
  });

  test('are taken by position and by name alike', async () => {
    const byPosition = await run({
      method: 'search_read',
      args: [[['state', '=', 'sale']], ['name'], 5, 2, 'name'],
    });
    const kwargs = { domain: [['state', '=', 'sale']], fields: ['name'], offset: 5, limit: 2, order: 'name' };
    const byName = await run({ method: 'search_read', kwargs });
    expect(byName.asked).toEqual(byPosition.asked);
    expect(byName.asked).toEqual([
      {
        ...{ model: 'sale.order', method: 'search_read', args: [[['state', '=', 'sale']], ['name']] },
        kwargs: { offset: 5, limit: 2, order: 'name' },
      },
    ]);
  });

  test('may be nothing, as clients send what they leave out', async () => {
    const kwargs = { fields: [], offset: '', limit: '', order: '', context: '' };
    const answer = {
      name: { type: 'char' },
      image_1920: { type: 'binary' },
      amount_total: { type: 'monetary' },
    };
    const { asked } = await run({ method: 'search_read', args: [[]], kwargs }, { answer });
    expect(asked.map(({ method }) => method)).toEqual(['fields_get', 'search_read']);
    expect(asked[1]).toMatchObject({ args: [[], ['name']], kwargs: { limit: 1_001 } });
    const nothing = await run({ method: 'read', args: [[1]] }, { answer: {} });
    expect(nothing.asked[1]?.args).toEqual([[1], ['id']]);
  });

  test('may say whose context it is, and language and time zone', async () => {
    const context = { lang: 'fr_FR', tz: 'Europe/Paris', uid: 6 };
    const { asked } = await run({ method: 'read', args: [5, ['name']], kwargs: { context } });
    expect(asked[0]).toMatchObject({
      args: [[5], ['name']],
      kwargs: { context: { lang: 'fr_FR', tz: 'Europe/Paris' } },
    });
  });

  test('of a granted method are its own', async () => {
    const { asked } = await run({
      method: 'action_confirm',
      args: [[5]],
      kwargs: { context: { lang: 'fr_FR' } },
    });
    const apart = await run({ method: 'action_confirm', ids: [5], kwargs: { context: { lang: 'fr_FR' } } });
    expect(asked).toEqual([
      { model: 'sale.order', method: 'action_confirm', args: [[5]], kwargs: { context: { lang: 'fr_FR' } } },
    ]);
    expect(apart.asked).toEqual(asked);
  });
});

describe('more records than the endpoint gives', () => {
  const rows = (count: number): Json => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));

  test('are refused rather than cut', async () => {
    const fault = await refused(
      { method: 'search_read', args: [[], ['name']] },
      { maxRecords: 2, answer: rows(3) },
    );
    expect(fault).toMatchObject({
      fault: 'UserError',
      words: expect.stringContaining('more than the 2 records'),
    });
    const cut = await run(
      { method: 'search_read', args: [[], ['name'], 0, 2] },
      { maxRecords: 2, answer: rows(2) },
    );
    expect([cut.answer, cut.asked[0]?.kwargs]).toEqual([rows(2), { limit: 2 }]);
  });

  test.each<[string, Asked]>([
    ['read', { method: 'read', args: [[1, 2, 3], ['name']] }],
    ['written', { method: 'write', args: [[1, 2, 3], { note: 'x' }] }],
    ['deleted', { method: 'unlink', args: [[1, 2, 3]] }],
    ['created', { method: 'create', args: [[{}, {}, {}]] }],
    ['given to a method', { method: 'action_confirm', args: [[1, 2, 3]] }],
  ])('are not %s', async (_, asked) => {
    expect(await refused(asked, { maxRecords: 2 })).toMatchObject({ fault: 'UserError', calls: 0 });
  });
});

describe('names of other records', () => {
  test('are told where the endpoint may read them, and left out where not', async () => {
    const answer = [
      { id: 1, partner_id: [5, 'Azur'], user_id: [6, 'Marc Demo'], tag_ids: [1, 2], name: 'S1' },
    ];
    const fields = ['partner_id', 'user_id', 'tag_ids', 'name'];
    const told = await run({ method: 'read', args: [[1], fields] }, { answer });
    expect(told.answer).toEqual([
      { id: 1, partner_id: [5, 'Azur'], user_id: [6, ''], tag_ids: [1, 2], name: 'S1' },
    ]);
  });

  test('are left out of groups and properties too', async () => {
    const groups = [{ user_id: [6, 'Marc Demo'], __count: 2 }];
    const grouped = await run(
      { method: 'formatted_read_group', args: [[], ['user_id'], ['__count']] },
      { answer: groups },
    );
    expect(grouped.answer).toEqual([{ user_id: [6, ''], __count: 2 }]);
    const properties = [
      { name: 'a', type: 'many2one', value: [4, 'Secret'] },
      { name: 'b', type: 'char', value: 'x' },
    ];
    const answer = [{ id: 1, product_properties: properties }];
    const grant = [sampleGrant('product.product')];
    const hidden = [{ id: 1, product_properties: [{ ...properties[0], value: [4, ''] }, properties[1]] }];
    const asked = { model: 'product.product', args: [[1], ['product_properties']] };
    expect((await run({ ...asked, method: 'read' }, { answer }, grant)).answer).toEqual(hidden);
    const specified = { ...asked, args: [[1], { product_properties: {} }], method: 'web_read' };
    expect((await run(specified, { answer }, grant)).answer).toEqual(hidden);
  });

  test('are looked up in nothing but the name where other fields are closed', async () => {
    const answer = [{ id: 5, display_name: 'Azur' }];
    const model = 'res.partner';
    const { answer: told, asked } = await run({ model, method: 'name_search', args: ['azu'] }, { answer });
    expect(told).toEqual([[5, 'Azur']]);
    expect(asked[0]).toMatchObject({
      method: 'search_read',
      args: [[['name', 'ilike', 'azu']], ['display_name']],
    });
    const open = await run({ model, method: 'name_search', args: ['azu'] }, {}, [sampleGrant(model)]);
    expect(open.asked[0]).toMatchObject({ method: 'name_search', args: ['azu', [], 'ilike', 100] });
  });
});

describe('questions', () => {
  test('about fields are answered for those of the endpoint', async () => {
    const answer = {
      name: { type: 'char' },
      amount_total: { type: 'monetary' },
      access_token: { type: 'char' },
    };
    expect((await run({ method: 'fields_get' }, { answer })).answer).toEqual({ name: { type: 'char' } });
  });

  test('about rights ask the endpoint first, and Odoo then', async () => {
    const model = 'res.partner';
    const no = await run({ model, method: 'check_access_rights', args: ['write', false] });
    const yes = await run({ model, method: 'check_access_rights', args: ['read'] }, { answer: null });
    const has = await run({ model, method: 'has_access', args: [[], 'unlink'] });
    expect([no.answer, no.asked.length, yes.answer, yes.asked.length, has.answer]).toEqual([
      false,
      0,
      true,
      1,
      false,
    ]);
    expect(await refused({ model, method: 'check_access_rights', args: ['write'] })).toMatchObject({
      fault: 'AccessError',
    });
  });

  test('about the existence of records are a search with the rights of the user', async () => {
    const { answer, asked } = await run({ method: 'exists', args: [[3, 1, 2]] }, { answer: [1, 3] });
    expect([answer, asked[0]?.method]).toEqual([[3, 1], 'search']);
  });

  test('about the own context need no grant', async () => {
    const { asked } = await run(
      { model: 'res.users', method: 'context_get' },
      { answer: { lang: 'fr_FR' } },
      [],
    );
    expect(asked).toMatchObject([{ model: 'res.users', method: 'context_get' }]);
  });
});

test('one new record is told by its id, several by a list', async () => {
  const one = await run({ method: 'create', args: [{ note: 'a' }] }, { answer: [7] });
  const two = await run({ method: 'create', args: [[{ note: 'a' }, { note: 'b' }]] }, { answer: [7, 8] });
  expect([one.answer, two.answer]).toEqual([7, [7, 8]]);
  expect(one.asked[0]?.args).toEqual([[{ note: 'a' }]]);
});
