import { expect, test } from 'vitest';
import type { Json } from '../../odoo/index.ts';
import { sampleRecords } from './testing/sample-records.ts';

function recordsOf(answer: Json, series = 19) {
  const calls: Json[] = [];
  const { records } = sampleRecords({
    series: async () => series,
    acting: {
      async call(model, method, args, { kwargs = {} } = {}) {
        calls.push([model, method, [...args], kwargs]);
        return answer;
      },
    },
  });
  return { records, calls };
}

test('calls a method on records', async () => {
  const { records, calls } = recordsOf(7);
  const request = { model: 'sale.order', method: 'message_post', ids: [5], kwargs: { body: 'Bonjour' } };
  expect(await records.call({ ...request, context: { lang: 'fr_FR' } })).toBe(7);
  expect(calls).toEqual([
    ['sale.order', 'message_post', [[5]], { body: 'Bonjour', context: { lang: 'fr_FR' } }],
  ]);
});

test('runs a server action on records, by its id or its external id', async () => {
  const { records, calls } = recordsOf(false);
  await records.runAction({ model: 'sale.order', action: 'sale.action_x', ids: [5, 6] });
  await records.runAction({ model: 'sale.order', action: 'action:12', ids: [] });
  expect(calls).toEqual([
    [
      'ir.actions.server',
      'run',
      [[31]],
      { context: { active_model: 'sale.order', active_ids: [5, 6], active_id: 5 } },
    ],
    [
      'ir.actions.server',
      'run',
      [[12]],
      { context: { active_model: 'sale.order', active_ids: [], active_id: false } },
    ],
  ]);
});

test.each([
  ['ids that are none', { ids: ['5'] }, 'invalid-arguments'],
  ['a text for arguments', { args: 'x' }, 'invalid-arguments'],
  ['somebody else’s name', { kwargs: { author_id: 3 } }, 'invalid-arguments'],
  ['a default', { context: { default_name: 'x' } }, 'context-not-allowed'],
  ['too many ids', { ids: Array.from({ length: 1_001 }, (_, index) => index + 1) }, 'too-many-records'],
])('refuses to call a method with %s', async (_, more, code) => {
  const { records, calls } = recordsOf(true);
  const call = records.call({ model: 'sale.order', method: 'message_post', ids: [5], ...more });
  await expect(call).rejects.toMatchObject({ code });
  expect(calls).toEqual([]);
});

test('describes only fields that the endpoint has', async () => {
  const { records, calls } = recordsOf({ name: { type: 'char' }, vat: { type: 'char' } });
  expect(await records.fieldsOf({ model: 'res.partner' })).toEqual({ name: { type: 'char' } });
  expect(JSON.stringify(calls)).not.toContain('vat');
});

test('gives defaults without lines of models that the endpoint may not make', async () => {
  const { records, calls } = recordsOf({
    ...{ name: 'New', vat: 'x', user_ids: [[0, 0, { login: 'x' }]], child_ids: [[0, 0, { name: 'x' }]] },
  });
  expect(await records.defaults({ model: 'res.partner' })).toEqual({
    name: 'New',
    child_ids: [[0, 0, { name: 'x' }]],
  });
  expect(JSON.stringify(calls)).not.toMatch(/"vat"|"write_date"/);
  await expect(records.defaults({ model: 'res.partner', fields: ['vat'] })).rejects.toMatchObject({
    code: 'field-not-allowed',
  });
});

const asked = {
  ...{ model: 'sale.order', groupBy: ['partner_id', 'date_order:month', 'state'] },
  aggregates: ['__count', 'amount_total:sum', 'amount_total:max'],
};
const told = {
  ...{ partner_id: { id: 5 }, 'date_order:month': '2026-01-01T00:00:00Z', state: null },
  ...{ __count: 3, 'amount_total:sum': 30, 'amount_total:max': 20 },
};

test('groups by formatted_read_group on 19, without names and domains', async () => {
  const { records, calls } = recordsOf([
    {
      ...{
        partner_id: [5, 'Azur'],
        'date_order:month': ['2026-01-01 00:00:00', 'January 2026'],
        state: false,
      },
      ...{
        __count: 3,
        'amount_total:sum': 30,
        'amount_total:max': 20,
        __extra_domain: [['partner_id', '=', 5]],
      },
    },
  ]);
  expect(await records.aggregate(asked)).toEqual([told]);
  // Partners may not all be read, so that their order stays unknown.
  expect(calls).toMatchObject([
    ['sale.order', 'formatted_read_group', [], { order: 'id:min', limit: 1_000 }],
  ]);
});

test('groups by read_group before', async () => {
  const { records, calls } = recordsOf(
    [
      {
        ...{
          partner_id: [5, 'Azur'],
          'date_order:month': 'January 2026',
          state: false,
          __count: 3,
          a1: 30,
          a2: 20,
        },
        ...{
          __range: { 'date_order:month': { from: '2026-01-01 00:00:00', to: '2026-02-01 00:00:00' } },
          __domain: [],
        },
      },
    ],
    17,
  );
  expect(await records.aggregate({ ...asked, order: '__count desc', limit: 5 })).toEqual([told]);
  const fields = ['a1:sum(amount_total)', 'a2:max(amount_total)'];
  expect(calls).toMatchObject([
    ['sale.order', 'read_group', [], { fields, lazy: false, orderby: '__count desc', limit: 5 }],
  ]);
});

test('counts', async () => {
  const { records, calls } = recordsOf(12);
  expect(await records.count({ model: 'res.partner', domain: [['name', '!=', false]] })).toBe(12);
  expect(calls).toEqual([['res.partner', 'search_count', [[['name', '!=', false]]], { context: {} }]]);
});
