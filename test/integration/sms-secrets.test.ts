import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json, type OdooConnection, OdooError } from '../../src/odoo/index.ts';
import { idOf } from '../support/external-id.ts';
import { type Loop, startLoop } from '../support/loop.ts';

const ACCOUNT_MODEL = 'x_gatewayapi_account';
const LOGIN = { login: 'salesperson', password: 'a long password of a salesperson' };
/** What a salesperson who also sends mailings has. */
const GROUPS = [
  'base.group_user',
  'base.group_allow_export',
  'base.group_partner_manager',
  'sales_team.group_sale_manager',
  'mass_mailing.group_mass_mailing_user',
];

let loop: Loop;
let employee: OdooConnection;
let userId: number;
let secrets: string[];

const Rows = z.array(z.record(z.string(), z.unknown()));

beforeAll(async () => {
  loop = await startLoop();
  const groups = await Promise.all(GROUPS.map((group) => idOf(loop.odoo, group)));
  const values = { name: 'Sam Sales', ...LOGIN, [loop.odoo.version.groupsField]: [[6, 0, groups]] };
  const created = await loop.odoo.execute('res.users', 'create', [values], {
    context: { no_reset_password: true },
  });
  userId = z.number().parse(created);
  employee = createOdooClient({ ...loop.odoo, ...LOGIN });
  const rows = await loop.odoo.execute('x_viaduct_database', 'search_read', [[], ['x_bell_channel']]);
  const bell = z.array(z.object({ x_bell_channel: z.string() })).parse(rows)[0]?.x_bell_channel ?? '';
  secrets = [loop.secrets.apiToken, loop.secrets.webhookSecret, loop.iapToken, bell];
});

afterAll(async () => {
  await employee?.stop();
  if (userId !== undefined) await loop.odoo.execute('res.users', 'write', [[userId], { active: false }]);
  await loop?.dispose();
});

describe('a salesperson who sends SMS', () => {
  test('may do what he is employed for', async () => {
    expect(await employee.call('res.partner', 'search_count', [[]])).not.toBe(0);
    expect(await employee.call('mailing.mailing', 'search_count', [[]])).toEqual(expect.any(Number));
  });

  test.each<[string, string, Json[], { [name: string]: Json }?]>([
    ['reads', 'read', [[1], ['x_token']]],
    ['searches and reads', 'search_read', [[], ['x_token']]],
    ['guesses by domain', 'search_count', [[['x_token', '=like', 't%']]]],
    ['sorts by', 'search', [[]], { order: 'x_token' }],
    ['groups by', 'formatted_read_group', [[], ['x_token'], ['__count']]],
    ['groups, the old way, by', 'read_group', [[], ['x_token'], ['x_token']]],
    ['opens a list of', 'web_search_read', [[], { x_token: {} }]],
    ['opens a form of', 'web_read', [[1], { x_token: {} }]],
    ['exports', 'export_data', [[1], ['x_token', 'x_webhook_jwt_secret']]],
    ['finds by name', 'name_search', ['']],
    ['copies', 'copy', [[1]]],
    ['changes', 'write', [[1], { x_base_url: 'http://127.0.0.1:1' }]],
    ['creates', 'create', [[{ x_name: 'Mine' }]]],
    ['tries out a form of', 'onchange', [[1], {}, [], { x_token: {} }]],
  ])('is refused when he %s GatewayAPI accounts', async (_what, method, args, kwargs = {}) => {
    const given = args.map((arg) => (JSON.stringify(arg) === '[1]' ? [loop.accountId] : arg));
    const attempt = employee.call(ACCOUNT_MODEL, method, given, { kwargs });
    const kind = method === 'formatted_read_group' ? loop.odoo.version.refusalOfFormattedGroups : 'access';
    await expect(attempt).rejects.toMatchObject({ kind });
  });

  test.each(['account_token', 'x_token'])(
    'learns no more of %s through Odoo’s own account than Odoo shows him',
    async (field) => {
      const ask = () => employee.call('iap.account', 'search_read', [[], [field]]);
      const guess = () => employee.call('iap.account', 'search_count', [[[field, '=like', '%']]]);
      if (field === 'account_token' && loop.odoo.version.showsIapTokens) {
        await expect(ask()).resolves.toContainEqual(expect.objectContaining({ [field]: loop.iapToken }));
        await expect(guess()).resolves.toBeGreaterThan(0);
      } else {
        await expect(ask()).rejects.toMatchObject({ outcome: 'refused' });
        await expect(guess()).rejects.toMatchObject({ outcome: 'refused' });
      }
    },
  );

  test('finds no field that leads to the accounts, but in models that are closed to him too', async () => {
    const domain = [
      ['relation', '=', ACCOUNT_MODEL],
      ['model', '!=', ACCOUNT_MODEL],
    ];
    const found = await loop.odoo.execute('ir.model.fields', 'search_read', [domain, ['model']]);
    const models = new Set(
      z
        .array(z.object({ model: z.string() }))
        .parse(found)
        .map(({ model }) => model),
    );
    for (const model of models) {
      await expect(employee.call(model, 'search_count', [[]]), model).rejects.toMatchObject({
        kind: 'access',
      });
    }
  });

  test('is told no default of a secret', async () => {
    const fields = ['x_token', 'x_webhook_jwt_secret'];
    expect(await employee.call(ACCOUNT_MODEL, 'default_get', [fields])).toEqual({});
  });

  test('may run none of the procedures and actions of the addons', async () => {
    const domain = [
      ['model', '=', 'ir.actions.server'],
      ['module', '=like', 'viaduct\\_%'],
    ];
    const rows = Rows.parse(
      await loop.odoo.execute('ir.model.data', 'search_read', [domain, ['name', 'res_id']]),
    );
    expect(rows.length).toBeGreaterThan(8);
    const [groups = ''] = Object.keys(
      z
        .record(z.string(), z.unknown())
        .parse(await loop.odoo.execute('ir.actions.server', 'fields_get', [['group_ids', 'groups_id']])),
    );
    const openToAll = z
      .array(z.object({ id: z.number(), code: z.string() }))
      .parse(await loop.odoo.execute('ir.actions.server', 'search_read', [[[groups, '=', false]], ['code']]));
    for (const { name, res_id } of rows) {
      const context = {
        active_model: ACCOUNT_MODEL,
        active_id: loop.accountId,
        active_ids: [loop.accountId],
      };
      const kwargs = { context: { ...context, viaduct: { uuids: [], problems: [], updates: [] } } };
      const ran = await employee
        .call('ir.actions.server', 'run', [[z.number().parse(res_id)]], { kwargs })
        .catch((error: unknown) => (error instanceof OdooError ? error.kind : error));
      const open = openToAll.find(({ id }) => id === res_id);
      // Code of automation rules has no groups, because it runs with every save: run by hand it does nothing. Whoever may send
      // an SMS may do so later: without an SMS composer of his own that does nothing too.
      if (open !== undefined && ran === false && name !== 'action_send_at') {
        expect(open.code, String(name)).toMatch(/^(if|elif) .*env\.su\b/m);
      }
      expect(open === undefined ? ['access'] : ['access', false], String(name)).toContain(ran);
    }
  });

  test('reads no system parameter', async () => {
    for (const method of ['search_read', 'search_count'] as const) {
      await expect(employee.call('ir.config_parameter', method, [[]])).rejects.toMatchObject({
        kind: 'access',
      });
    }
    const asked = employee.call('ir.config_parameter', 'get_param', ['gatewayapi.webhook_jwt_secret']);
    await expect(asked).rejects.toMatchObject({ kind: 'access' });
  });

  test('finds no secret in any text of any model he may search', async () => {
    const texts = await textFields();
    const seenByHim = await modelsWithSecrets(texts, (model, domain) =>
      employee.call(model, 'search_count', [domain]),
    );
    expect(seenByHim).toEqual(loop.odoo.version.showsIapTokens ? ['iap.account'] : []);
    // The search does find what there is to find.
    const seenByAdmin = await modelsWithSecrets(
      new Map([...texts].filter(([model]) => /^(x_|iap)/.test(model))),
      (model, domain) => loop.odoo.execute(model, 'search_count', [domain]),
    );
    expect(seenByAdmin).toEqual(expect.arrayContaining([ACCOUNT_MODEL, 'iap.account', 'x_viaduct_database']));
  });
});

/** Stored text fields by model. */
async function textFields(): Promise<ReadonlyMap<string, string[]>> {
  const domain = [
    ['ttype', 'in', ['char', 'text', 'html']],
    ['store', '=', true],
    ['model_id.transient', '=', false],
  ];
  const rows = z
    .array(z.object({ model: z.string(), name: z.string() }))
    .parse(await loop.odoo.execute('ir.model.fields', 'search_read', [domain, ['model', 'name']]));
  const byModel = Map.groupBy(rows, ({ model }) => model);
  return new Map([...byModel].map(([model, fields]) => [model, fields.map(({ name }) => name)]));
}

async function modelsWithSecrets(
  texts: ReadonlyMap<string, string[]>,
  count: (model: string, domain: Json[]) => Promise<unknown>,
): Promise<string[]> {
  const found: string[] = [];
  const search = async ([model, fields]: [string, string[]]) => {
    const leaves = fields.flatMap((field) => secrets.map((secret) => [field, 'ilike', secret]));
    const domain = [...Array<string>(leaves.length - 1).fill('|'), ...leaves];
    // A model, or one of its fields, that is refused shows nothing.
    if (Number(await count(model, domain).catch(() => 0)) > 0) found.push(model);
  };
  const waiting = [...texts];
  const worker = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await search(next);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return found.sort();
}
