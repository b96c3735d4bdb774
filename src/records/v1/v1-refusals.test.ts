import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Json, OdooError } from '../../odoo/index.ts';
import { type AskedCall, type RecordDoors, startRecordDoors } from '../testing/record-doors.ts';
import { askV1, type Init } from './testing/ask-v1.ts';
import { ENDPOINT } from './testing/v1-endpoint.ts';

let doors: RecordDoors;
let answer: (call: AskedCall) => Json;
beforeEach(async () => {
  answer = () => ({
    length: 1,
    records: [{ id: 5, name: 'Azur', write_date: '2026-01-22 10:00:00', country_id: 75 }],
  });
  doors = await startRecordDoors([ENDPOINT], {
    answer: (call) => answer(call),
  });
});
afterEach(() => doors.stop());

const ask = (path: string, init: Init = {}) => askV1(doors.url, path, init);

test.each<[what: string, path: string, init: Init, status: number, problem: object]>([
  [
    'a wrong key',
    '/records/res.partner',
    { headers: { authorization: 'Bearer vdk_x' } },
    401,
    { code: 'unauthorized' },
  ],
  ['no key', '/records/res.partner', { headers: { authorization: '' } }, 401, { code: 'unauthorized' }],
  ['another model', '/records/account.move', {}, 403, { code: 'model-not-allowed', model: 'account.move' }],
  [
    'a withheld field',
    '/records/res.partner?fields=vat',
    {},
    403,
    { code: 'field-not-allowed', field: 'vat' },
  ],
  [
    'a right that is missing',
    '/records/sale.order/5',
    { method: 'DELETE' },
    403,
    { code: 'right-not-allowed' },
  ],
  [
    'no selector',
    '/records/res.partner/delete',
    { method: 'POST', body: {} },
    428,
    { code: 'selector-missing' },
  ],
  [
    'a selector that JSON lost a value of',
    '/records/res.partner/delete',
    { method: 'POST', body: { selector: { domain: [['name', '=', null]] } } },
    428,
    { code: 'selector-missing', detail: expect.stringContaining('with nothing') },
  ],
  [
    'a selector in the wrong place',
    '/records/res.partner',
    { method: 'PATCH', body: { values: { name: 'x' } } },
    428,
    { detail: expect.stringContaining('"selector" is missing. A selector is {"ids": [5, 6]}') },
  ],
  [
    'a new record that is wrapped',
    '/records/res.partner',
    { method: 'POST', body: { values: { name: 'x' } } },
    422,
    { code: 'invalid-values', detail: expect.stringContaining('without "values"') },
  ],
  [
    'a text that is not in UTF-8',
    '/records/res.partner',
    { method: 'POST', body: Buffer.from('{"name":"Caf\xe9"}', 'latin1') },
    400,
    { code: 'invalid-json' },
  ],
  [
    'a key that is missing',
    '/records/res.partner',
    { method: 'PUT', body: { values: [{ name: 'x' }] } },
    400,
    { code: 'invalid-request', detail: expect.stringContaining('it is missing') },
  ],
  ['a bad domain', '/records/res.partner?domain=%5B1%5D', {}, 400, { code: 'invalid-domain' }],
  ['a query that is no JSON', '/records/res.partner?domain=x', {}, 400, { code: 'invalid-query' }],
  [
    'an unknown parameter',
    '/records/res.partner?domian=%5B%5D',
    {},
    400,
    { code: 'invalid-request', detail: expect.stringContaining('domian') },
  ],
  [
    'an unknown member',
    '/records/res.partner/search',
    { method: 'POST', body: { domian: [] } },
    400,
    { code: 'invalid-request' },
  ],
  [
    'a limit that is none',
    '/records/res.partner?limit=all',
    {},
    400,
    { code: 'invalid-request', field: 'limit' },
  ],
  [
    'a default by the context',
    '/records/res.partner?context=%7B%22default_name%22:1%7D',
    {},
    403,
    { code: 'context-not-allowed' },
  ],
  ['an id that is none', '/records/res.partner/five', {}, 400, { code: 'invalid-request' }],
  ['a model that is none', '/records/Res%20Partner', {}, 400, { code: 'invalid-request' }],
  [
    'a tag that is none',
    '/records/res.partner/5',
    { method: 'DELETE', headers: { 'if-match': 'W/"x"' } },
    400,
    { code: 'invalid-request' },
  ],
  [
    'a method that is not named',
    '/records/res.partner/call/unlink',
    { method: 'POST', body: {} },
    403,
    { code: 'method-not-allowed' },
  ],
  [
    'a call that is only tried',
    '/records/res.partner/call/message_post?dryRun=1',
    { method: 'POST', body: {} },
    422,
    { code: 'not-possible' },
  ],
  [
    'a call under a key',
    '/records/res.partner/call/message_post',
    { method: 'POST', body: {}, headers: { 'idempotency-key': 'a' } },
    422,
    { code: 'not-possible' },
  ],
  [
    'a batch of nothing',
    '/batch',
    { method: 'POST', body: { operations: [] } },
    400,
    { code: 'invalid-operations' },
  ],
  [
    'a batch with a call',
    '/batch',
    { method: 'POST', body: { operations: [{ op: 'call', model: 'res.partner' }] } },
    400,
    { code: 'invalid-request' },
  ],
  [
    'a form for a file',
    '/attachments?model=res.partner&id=5&name=x',
    {
      method: 'POST',
      body: Buffer.from('x'),
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    },
    415,
    { code: 'form-not-supported' },
  ],
  [
    'an empty file',
    '/attachments?model=res.partner&id=5&name=x',
    { method: 'POST', body: Buffer.alloc(0) },
    400,
    { detail: expect.stringContaining('--data-binary') },
  ],
  [
    'a file for a model that is only read',
    '/attachments?model=res.country&id=5&name=x',
    { method: 'POST', body: Buffer.from('x') },
    403,
    { code: 'right-not-allowed' },
  ],
])('refuses %s', async (_, path, init, status, problem) => {
  const refused = await ask(path, init);
  expect(refused).toMatchObject({ status, json: { status, ...problem } });
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect([doors.asked, doors.transactions]).toEqual([[], []]);
  expect(doors.lines).toHaveLength(status === 401 ? 0 : 1);
});

const odooError = (kind: OdooError['kind'], outcome: OdooError['outcome'], message: string) =>
  new OdooError({ kind, outcome, message });

test.each<[error: OdooError, status: number, problem: object]>([
  [
    odooError('access', 'refused', 'Odoo answered a.b with AccessError: Not yours.'),
    403,
    { code: 'odoo-access', odoo: 'Not yours.', detail: 'Not yours.' },
  ],
  [
    odooError('validation', 'refused', 'Odoo answered a.b with ValidationError: No name.'),
    422,
    { code: 'odoo-validation', odoo: 'No name.' },
  ],
  [
    odooError('missing', 'refused', 'Odoo answered a.b with MissingError: Gone.'),
    404,
    { code: 'odoo-missing' },
  ],
  [
    odooError('concurrency', 'refused', 'Odoo answered a.b with OperationalError: Busy.'),
    409,
    { code: 'odoo-concurrency' },
  ],
  [
    odooError('protocol', 'refused', 'Odoo answered a.b with ValueError: Invalid field.'),
    422,
    { code: 'odoo-refused', odoo: 'Invalid field.' },
  ],
  [odooError('limit', 'unknown', 'The answer is too large.'), 422, { code: 'odoo-limit' }],
  [odooError('unavailable', 'not-done', 'No connection.'), 503, { code: 'odoo-unavailable' }],
  [odooError('auth', 'refused', 'No such key.'), 503, { code: 'odoo-unavailable' }],
])('tells what Odoo said: $kind', async (error, status, problem) => {
  answer = () => {
    throw error;
  };
  expect(await ask('/records/res.partner')).toMatchObject({
    status,
    json: { model: 'res.partner', ...problem },
  });
  expect(doors.lines).toMatchObject([{ status, outcome: status < 500 ? 'refused' : 'failed' }]);
});

test('describes all its addresses in OpenAPI 3.1, by the schemas that read requests', async () => {
  const { json } = await ask('/openapi.json');
  const document = z
    .object({
      openapi: z.literal('3.1.0'),
      paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
    })
    .parse(json);
  const described = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const served = doors.routes
    .filter(({ path }) => /^\/v1\/(records|batch|attachments)/.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(described.toSorted()).toEqual(served.toSorted());
  const search = json.paths['/v1/records/{model}/search'].post;
  expect(search.requestBody.content['application/json'].schema.properties).toHaveProperty('domain');
  expect(Object.keys(search.responses)).toEqual(expect.arrayContaining(['200', '401', '403', '429']));
});

test('shows a reference that asks for nothing from elsewhere', async () => {
  const page = await ask('/reference');
  expect(page.text).toContain('<code>/v1/records/{model}/search</code>');
  expect(page.text).not.toMatch(/<script|<link|<img|https?:\/\/(?!json-schema)/);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
});
