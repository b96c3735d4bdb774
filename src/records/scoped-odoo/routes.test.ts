import { afterEach, describe, expect, test } from 'vitest';
import { OdooError } from '../../odoo/index.ts';
import { sampleGrant } from '../scope/testing/sample-scope.ts';
import { type RecordDoors, startRecordDoors } from '../testing/record-doors.ts';
import { KEY, sampleEndpoint, UUID } from '../testing/sample-endpoint.ts';

const ENDPOINT = sampleEndpoint({ grants: [sampleGrant('res.partner', { create: true })] });
const USER = ENDPOINT.userId;
const PARTNERS = [{ id: 5, name: 'Azur' }];

let doors: RecordDoors | undefined;
afterEach(async () => {
  await doors?.stop();
  doors = undefined;
});

async function started(...[endpoints, options]: Partial<Parameters<typeof startRecordDoors>>) {
  doors = await startRecordDoors(endpoints ?? [ENDPOINT], { answer: () => PARTNERS, ...options });
  return doors;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${doors?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const answer: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, answer };
}

const rpc = (service: string, method: string, args: unknown[]) =>
  post('/jsonrpc', { jsonrpc: '2.0', method: 'call', id: 12, params: { service, method, args } });
const execute = (model: string, method: string, args: unknown[], { key = KEY, user = USER } = {}) =>
  rpc('object', 'execute_kw', ['any', user, key, model, method, args, {}]);
const json2 = (path: string, body: unknown, key = KEY) =>
  post(`/json/2/${path}`, body, { authorization: `bearer ${key}` });
const xml = (path: string, method: string, params: string) =>
  post(
    `/xmlrpc/${path}`,
    `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`,
    { 'content-type': 'text/xml' },
  );
const text = (value: string) => `<param><value><string>${value}</string></value></param>`;
const int = (value: number) => `<param><value><int>${value}</int></value></param>`;
const list = (inner: string) => `<param><value><array><data>${inner}</data></array></value></param>`;
const xmlRead = (key = KEY, model = 'res.partner') =>
  xml(
    '2/object',
    'execute',
    text('any') + int(USER) + text(key) + text(model) + text('read') + list('<value><int>5</int></value>'),
  );

describe('a login', () => {
  test('is the uuid of an endpoint and its key, and gives the id of its user', async () => {
    await started();
    expect(await rpc('common', 'authenticate', ['any', UUID, KEY, {}])).toEqual({
      ...{ status: 200, answer: { jsonrpc: '2.0', id: 12, result: USER } },
    });
    const { answer } = await xml('2/common', 'login', text('any') + text(UUID) + text(KEY));
    expect(answer).toContain(`<int>${USER}</int>`);
  });

  test('with anything else gives false, as in Odoo', async () => {
    const open = sampleEndpoint({
      id: 8,
      uuid: '00000000-0000-4000-8000-000000000000',
      auth: 'public',
      keys: [],
    });
    await started([ENDPOINT, open]);
    const answers = await Promise.all([
      rpc('common', 'login', ['any', UUID, 'wrong']),
      rpc('common', 'login', ['any', 'nobody', KEY]),
      rpc('common', 'login', ['any', open.uuid, 'any']),
      rpc('common', 'authenticate', ['any', null, 7, {}]),
    ]);
    expect(answers.map(({ answer }) => answer)).toEqual(
      Array(4).fill({ jsonrpc: '2.0', id: 12, result: false }),
    );
  });

  test('is slowed down where it is guessed, though the answers are 200', async () => {
    await started([ENDPOINT], { refusals: 2 });
    const guess = () => rpc('common', 'authenticate', ['any', UUID, 'wrong', {}]);
    expect([(await guess()).status, (await guess()).status, (await guess()).status]).toEqual([200, 200, 429]);
    const calls = [
      await json2('res.partner/read', { ids: [5] }, 'no'),
      await json2('res.partner/read', {}, 'no'),
    ];
    expect(calls.map(({ status }) => status)).toEqual([401, 401]);
    expect((await json2('res.partner/read', { ids: [5] })).status).toBe(429);
  });
});

describe('a call', () => {
  test('goes to Odoo as the user of the endpoint, by each protocol, and is one line of the log', async () => {
    const { asked, lines } = await started();
    const byJsonRpc = await execute('res.partner', 'read', [[5], ['name']]);
    const byJson2 = await json2('res.partner/read', { ids: [5], fields: ['name'] });
    const byXmlRpc = await xmlRead();
    expect(byJsonRpc.answer).toMatchObject({ id: 12, result: PARTNERS });
    expect(byJson2).toEqual({ status: 200, answer: PARTNERS });
    expect(byXmlRpc.answer).toContain(
      '<member><name>name</name><value><string>Azur</string></value></member>',
    );
    const reads = asked.filter(({ method }) => method === 'read');
    expect(reads.map(({ method, args }) => [method, args[0]])).toEqual(Array(3).fill(['read', [5]]));
    expect(
      lines.map(({ door, method, model, outcome, records }) => [door, method, model, outcome, records]),
    ).toEqual([
      ['json-rpc', 'read', 'res.partner', 'ok', 1],
      ['json-2', 'read', 'res.partner', 'ok', 1],
      ['xml-rpc', 'read', 'res.partner', 'ok', 1],
    ]);
  });

  test('beyond the endpoint is an AccessError of each protocol, and a line of the log', async () => {
    const { asked, lines } = await started();
    expect(await execute('res.country', 'read', [[1]])).toMatchObject({
      status: 200,
      answer: {
        id: 12,
        error: { message: 'Odoo Server Error', data: { name: 'odoo.exceptions.AccessError' } },
      },
    });
    expect(await json2('res.country/read', { ids: [1] })).toMatchObject({
      status: 403,
      answer: { name: 'odoo.exceptions.AccessError', arguments: [expect.stringContaining('res.country')] },
    });
    expect(await xmlRead(KEY, 'res.country')).toMatchObject({
      status: 200,
      answer: expect.stringContaining('<name>faultCode</name><value><int>4</int></value>'),
    });
    expect(asked).toEqual([]);
    expect(lines.map(({ outcome, errorCode, status }) => [outcome, errorCode, status])).toEqual(
      Array(3).fill(['refused', 'AccessError', 403]),
    );
  });

  test('with a wrong key is an AccessDenied, and nowhere else', async () => {
    const { lines } = await started();
    expect((await execute('res.partner', 'read', [[5]], { key: 'wrong' })).answer).toMatchObject({
      error: { data: { name: 'odoo.exceptions.AccessDenied' } },
    });
    expect(await json2('res.partner/read', { ids: [5] }, 'wrong')).toMatchObject({
      ...{ status: 401, answer: { name: 'werkzeug.exceptions.Unauthorized' } },
    });
    expect((await xmlRead('wrong')).answer).toContain('<int>3</int>');
    expect(lines).toEqual([]);
    expect((await execute('res.partner', 'read', [[5]], { user: 1 })).answer).toMatchObject({
      error: { data: { name: 'odoo.exceptions.AccessDenied' } },
    });
  });

  test('that Odoo refuses is told in its words', async () => {
    await started([ENDPOINT], {
      answer: () => {
        const message = 'Odoo answered res.partner.create with ValidationError: Two of a kind.';
        throw new OdooError({ kind: 'validation', outcome: 'refused', message });
      },
    });
    expect((await execute('res.partner', 'create', [{ name: 'x' }])).answer).toMatchObject({
      error: { data: { name: 'odoo.exceptions.ValidationError', message: 'Two of a kind.' } },
    });
    expect(await json2('res.partner/create', { vals_list: [{ name: 'x' }] })).toMatchObject({
      ...{ status: 422, answer: { message: 'Two of a kind.' } },
    });
  });

  test('is put off while Odoo is away', async () => {
    await started([ENDPOINT], {
      answer: () => {
        throw new OdooError({
          kind: 'unavailable',
          outcome: 'not-done',
          message: 'No connection to 10.1.2.3.',
        });
      },
    });
    const answers = [
      await execute('res.partner', 'read', [[5]]),
      await json2('res.partner/read', { ids: [5] }),
      await xmlRead(),
    ];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(JSON.stringify(answers)).not.toContain('10.1.2.3');
  });
});

describe('what no client of Odoo sends', () => {
  test.each<[string, string, unknown, number]>([
    ['/jsonrpc', 'no JSON', '{', 400],
    ['/jsonrpc', 'a list', [], 400],
    ['/jsonrpc', 'another service', { params: { service: 'db', method: 'list', args: [] } }, 200],
    ['/jsonrpc', 'another method', { params: { service: 'object', method: 'x', args: [] } }, 200],
    [
      '/jsonrpc',
      'too few arguments',
      { params: { service: 'object', method: 'execute_kw', args: [1] } },
      200,
    ],
    ['/json/2/res.partner/read', 'no key', {}, 401],
    ['/json/2/res.partner/read', 'a list by name', [], 401],
    ['/xmlrpc/2/object', 'no XML', 'x', 200],
    ['/xmlrpc/db', 'another service by XML', '<methodCall><methodName>list</methodName></methodCall>', 200],
  ])('%s answers %s with a fault', async (path, _, body, status) => {
    const { lines } = await started();
    const told = await post(path, body);
    expect(told.status).toBe(status);
    expect(JSON.stringify(told.answer)).not.toContain('result');
    expect(lines).toEqual([]);
  });

  test('a version is told to everybody, as Odoo does', async () => {
    const { url } = await started();
    expect((await rpc('common', 'version', [])).answer).toMatchObject({ result: { server_serie: '19.0' } });
    const web = await fetch(`${url}/web/version`);
    expect(await web.json()).toEqual({ version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' });
  });
});
