import type { Generator } from '../attack.ts';
import { attackDoor, type Call, type Door } from './calls.ts';
import { WITHHELD } from './database.ts';

const PARTNERS = '/v1/records/res.partner';
const domain = [[WITHHELD, '!=', false]];
const body = (target: string, given: NonNullable<Call['body']>): Call => ({ target, body: given });
const query = (target: string, name: string, value: unknown): Call => ({
  target: `${target}?${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`,
});
const values = { name: 'Azur', country_id: { id: 75 }, child_ids: [[0, 0, { name: 'B' }]] };
const widerValues = [
  { [WITHHELD]: 'x' },
  { id: 6 },
  { user_ids: [[4, 2]] },
  { child_ids: [[0, 0, { [WITHHELD]: 'x' }]] },
];
const widerSelectors = [
  {},
  { domain: [] },
  { domain: [['id', '>', 0]] },
  { domain },
  { ids: [] },
  { domain: [['name', '=', '']] },
];
const WIDER_SEARCHES = [
  ...[
    { domain },
    { domain: [['child_ids', 'any', domain]] },
    { domain: [[`parent_id.${WITHHELD}`, '=', 'x']] },
  ],
  ...[{ fields: [WITHHELD] }, { fields: [{ parent_id: [WITHHELD] }] }, { fields: [`child_ids.${WITHHELD}`] }],
  ...[
    { order: WITHHELD },
    { order: 'parent_id' },
    { context: { default_name: 'x' } },
    { domain: [['parent_id', 'any!', []]] },
  ],
  ...[{ domain: [['parent_id', 'ilike', 'x']] }, { fields: [{ user_ids: ['login'] }] }],
];

const DOORS: ReadonlyMap<string, Door> = new Map<string, Door>([
  [
    'GET /v1/records/:model',
    {
      method: 'GET',
      good: () => query(PARTNERS, 'domain', [['name', '=', 'Azur']]),
      widening: [
        query(PARTNERS, 'domain', domain),
        query(PARTNERS, 'fields', WITHHELD),
        query(PARTNERS, 'order', WITHHELD),
      ],
    },
  ],
  [
    'POST /v1/records/:model/search',
    {
      method: 'POST',
      good: () =>
        body(`${PARTNERS}/search`, {
          domain: [['name', 'like', 'A']],
          fields: ['name', { country_id: ['code'] }],
          order: 'name',
        }),
      widening: [
        ...WIDER_SEARCHES.map((wider) => body(`${PARTNERS}/search`, wider)),
        body('/v1/records/res.users/search', {}),
      ],
    },
  ],
  [
    'GET /v1/records/:model/:id',
    {
      method: 'GET',
      good: () => query(`${PARTNERS}/5`, 'fields', 'name,country_id.code'),
      widening: [query(`${PARTNERS}/5`, 'fields', WITHHELD), { target: '/v1/records/res.users/1' }],
    },
  ],
  ['POST /v1/records/:model/count', bodyDoor('count', { domain: [['name', '=', 'A']] }, [{ domain }])],
  [
    'POST /v1/records/:model/aggregate',
    bodyDoor('aggregate', { groupBy: ['country_id'] }, [
      { groupBy: [WITHHELD] },
      { groupBy: [], aggregates: [`${WITHHELD}:max`] },
    ]),
  ],
  ['POST /v1/records/:model/fields', bodyDoor('fields', {}, [{ context: { uid: 1 } }])],
  ['POST /v1/records/:model/defaults', bodyDoor('defaults', { fields: ['name'] }, [{ fields: [WITHHELD] }])],
  [
    'POST /v1/records/:model',
    {
      method: 'POST',
      good: () => body(PARTNERS, values),
      widening: widerValues.map((wider) => body(PARTNERS, wider)),
    },
  ],
  [
    'PATCH /v1/records/:model/:id',
    {
      method: 'PATCH',
      good: () => body(`${PARTNERS}/5`, values),
      widening: widerValues.map((wider) => body(`${PARTNERS}/5`, wider)),
    },
  ],
  [
    'PATCH /v1/records/:model',
    {
      method: 'PATCH',
      good: () => body(PARTNERS, { selector: { ids: [5] }, values }),
      widening: widerSelectors.map((selector) => body(PARTNERS, { selector, values: { name: 'x' } })),
    },
  ],
  [
    'DELETE /v1/records/:model/:id',
    {
      method: 'DELETE',
      good: () => ({ target: `${PARTNERS}/5` }),
      widening: [{ target: '/v1/records/res.country/5' }],
    },
  ],
  [
    'POST /v1/records/:model/delete',
    bodyDoor(
      'delete',
      { selector: { ids: [5] } },
      widerSelectors.map((selector) => ({ selector })),
    ),
  ],
  [
    'PUT /v1/records/:model',
    {
      method: 'PUT',
      good: () => body(PARTNERS, { key: ['ref'], values: [{ ref: 'A', name: 'Azur' }] }),
      widening: [body(PARTNERS, { key: [WITHHELD], values: [{ [WITHHELD]: 'x' }] })],
    },
  ],
  [
    'POST /v1/batch',
    {
      method: 'POST',
      good: () => body('/v1/batch', { operations: [{ op: 'create', model: 'res.partner', values }] }),
      widening: [
        body('/v1/batch', { operations: [{ op: 'unlink', model: 'res.partner', selector: { domain: [] } }] }),
        body('/v1/batch', {
          operations: [{ op: 'read', model: 'res.partner', ids: [5], fields: [WITHHELD] }],
        }),
        body('/v1/batch', { operations: [{ op: 'create', model: 'res.users', values: { login: 'x' } }] }),
      ],
    },
  ],
  [
    'POST /v1/records/:model/call/:name',
    {
      method: 'POST',
      good: () => body(`${PARTNERS}/call/message_post`, { ids: [5], kwargs: { body: 'x' } }),
      widening: [
        'write',
        '_write',
        'sudo',
        'with_user',
        'read',
        'export_data',
        'copy',
        'action_x',
        '__class__',
      ].map((name) => body(`${PARTNERS}/call/${name}`, { ids: [5] })),
    },
  ],
  [
    'POST /v1/records/:model/action/:name',
    {
      method: 'POST',
      good: () => body('/v1/records/sale.order/action/sale.action_x', { ids: [5] }),
      widening: [
        body('/v1/records/sale.order/action/action:1', {}),
        body(`${PARTNERS}/action/sale.action_x`, {}),
      ],
    },
  ],
  [
    'GET /v1/attachments',
    {
      method: 'GET',
      good: () => ({ target: '/v1/attachments?model=res.partner&id=5' }),
      widening: [{ target: '/v1/attachments?model=res.users&id=1' }],
    },
  ],
  ['GET /v1/attachments/:id', { method: 'GET', good: () => ({ target: '/v1/attachments/5' }), widening: [] }],
  [
    'POST /v1/attachments',
    {
      method: 'POST',
      good: () => body('/v1/attachments?model=res.partner&id=5&name=a.json', { a: 1 }),
      widening: [
        body('/v1/attachments?model=res.country&id=5&name=a', {}),
        body('/v1/attachments?model=ir.cron&id=5&name=a', {}),
      ],
    },
  ],
]);

function bodyDoor(
  path: string,
  good: NonNullable<Call['body']>,
  wider: readonly NonNullable<Call['body']>[],
): Door {
  const target = `${PARTNERS}/${path}`;
  return { method: 'POST', good: () => body(target, good), widening: wider.map((one) => body(target, one)) };
}

/** Generators for the doors under /v1, by their routes. */
export const V1_GENERATORS: readonly (readonly [route: string, Generator])[] = [...DOORS].map(
  ([route, door]) => [route, attackDoor(door)],
);
