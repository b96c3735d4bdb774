import type { Generator } from '../attack.ts';
import type { Json } from '../nasty-json.ts';
import { OTHER, OURS } from '../secrets.ts';
import { attackDoor, byHeader, type Call, type Door } from './calls.ts';
import { WITHHELD } from './database.ts';

const HOOK = `/bitconn/webhook/${OURS.recordUuid}`;
const JSON_2 = '/json/2/res.partner';
const hook = (body: Json): Call => ({ target: HOOK, body });
const json2 = (method: string, body: Json): Call => ({ target: `${JSON_2}/${method}`, body });

const WIDER_HOOKS: readonly Call[] = [
  { model: 'res.partner', method: 'search', domain: [[WITHHELD, '!=', false]], fields: ['id'] },
  { model: 'res.partner', method: 'read', ids: [5], fields: [WITHHELD] },
  { model: 'res.partner', method: 'unlink', domain: [] },
  { model: 'res.partner', method: 'write', domain: [], values: { name: 'x' } },
  { model: 'res.partner', method: 'create', values: { [WITHHELD]: 'x' } },
  { model: 'res.users', method: 'create', values: { login: 'x' } },
  { model: 'res.partner', method: 'code', python_code: 'env' },
].map(hook);

/** Each key at the address of its own endpoint. */
const byAddress: NonNullable<Door['sign']> = ({ target, ...call }, key) => {
  const uuid = key === OTHER.recordKey ? OTHER.recordUuid : OURS.recordUuid;
  return byHeader({ ...call, target: target.replace(OURS.recordUuid, uuid) }, key);
};

const MAIN: Omit<Door, 'method'> = {
  sign: byAddress,
  good: () =>
    hook({ model: 'res.partner', method: 'search', domain: [['name', '=', 'A']], fields: ['id', 'name'] }),
  widening: WIDER_HOOKS,
};

/** As Odoo's own clients sign: by the endpoint's user and the key, among the arguments. */
const byArguments: NonNullable<Door['sign']> = ({ target, body = null }, key) => ({
  ...{ target, headers: [['content-type', 'application/json']] },
  body: {
    jsonrpc: '2.0',
    id: 1,
    params: { service: 'object', method: 'execute_kw', args: ['any', 6, key, ...listOf(body)] },
  },
});

function listOf(value: Json): Json[] {
  return Array.isArray(value) ? value : [];
}

const rpc = (...args: Json[]): Call => ({ target: '/jsonrpc', body: args });
const XML: Call = {
  target: '/xmlrpc/2/object',
  body: '<methodCall><methodName>execute_kw</methodName><params></params></methodCall>',
};

const DOORS: readonly (readonly [route: string, Door])[] = [
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(
    (method) => [`${method} /bitconn/webhook/:uuid`, { ...MAIN, method }] as const,
  ),
  [
    'GET /bitconn/webhook/:uuid/schema',
    {
      ...{ method: 'GET', sign: byAddress },
      good: () => ({ target: `${HOOK}/schema?model=res.partner&method=create` }),
      widening: [{ target: `${HOOK}/schema?model=res.users&method=create` }],
    },
  ],
  [
    'GET /bitconn/webhook/:uuid/required',
    {
      ...{ method: 'GET', sign: byAddress },
      good: () => ({ target: `${HOOK}/required?model=res.partner&values=%7B%7D` }),
      widening: [{ target: `${HOOK}/required?model=res.users` }],
    },
  ],
  [
    'POST /json/2/:model/:method',
    {
      method: 'POST',
      good: () => json2('search_read', { domain: [['name', '=', 'A']], fields: ['name'] }),
      widening: [
        json2('search_read', { domain: [[WITHHELD, '!=', false]], fields: ['name'] }),
        json2('read', { ids: [5], fields: [WITHHELD] }),
        json2('write', { ids: [5], vals: { [WITHHELD]: 'x' } }),
        json2('sudo', {}),
        json2('search', { domain: [], order: WITHHELD }),
        { target: '/json/2/res.users/create', body: { vals_list: [{ login: 'x' }] } },
      ],
    },
  ],
  [
    'POST /jsonrpc',
    {
      ...{ method: 'POST', sign: byArguments },
      good: () => rpc('res.partner', 'search_read', [[['name', '=', 'A']]], { fields: ['name'] }),
      widening: [
        rpc('res.partner', 'search_read', [[[WITHHELD, '!=', false]]], { fields: ['name'] }),
        rpc('res.partner', 'read', [[5], [WITHHELD]]),
        rpc('res.partner', 'write', [[5], { [WITHHELD]: 'x' }]),
        rpc('res.users', 'create', [{ login: 'x' }]),
        rpc('res.partner', 'search', [[]], { context: { default_name: 'x' } }),
      ],
    },
  ],
  ['POST /xmlrpc/2/:service', { method: 'POST', good: () => XML, widening: [] }],
  [
    'POST /xmlrpc/:service',
    {
      method: 'POST',
      good: () => ({ ...XML, target: '/xmlrpc/object' }),
      widening: [],
    },
  ],
];

/** Generators for the doors of the drop-in and of the scoped Odoo, by their routes. */
export const OTHER_RECORD_GENERATORS: readonly (readonly [route: string, Generator])[] = DOORS.map(
  ([route, door]) => [route, attackDoor(door)],
);
