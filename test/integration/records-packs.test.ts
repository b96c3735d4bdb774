import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readWorkflow } from '../support/n8n-workflow.ts';
import { type OpenEndpoint, type RecordsLoop, startRecordsLoop } from '../support/records-loop.ts';

/** What integrators take along, each piece of it run against a real Odoo. */
let loop: RecordsLoop;
let endpoint: OpenEndpoint;
const PACKS = new URL('../../src/records/packs/', import.meta.url).pathname;
const run = promisify(execFile);

const GROUPS = [
  'base.group_partner_manager',
  'sales_team.group_sale_salesman',
  'account.group_account_invoice',
];
const posting = { x_methods: 'message_post' };

beforeAll(async () => {
  loop = await startRecordsLoop();
  const { records, odoo } = loop;
  const journals = await records.search('account.journal', [['type', '=', 'sale']]);
  if (journals.length === 0) await odoo.execute('account.chart.template', 'try_loading', ['generic_coa', 1]);
  await records.create('product.product', { name: 'Voyage', type: 'service', list_price: 150 });
  const { id } = await records.employee('Packer', GROUPS);
  endpoint = await loop.openEndpoint(id, [
    { model: 'res.partner', rights: 'rcwu' },
    { model: 'res.country' },
    { model: 'crm.lead', rights: 'rcw' },
    { model: 'product.product' },
    { model: 'sale.order', rights: 'rcw', values: posting },
    { model: 'sale.order.line', rights: 'rc' },
    { model: 'account.move', rights: 'rcw' },
    { model: 'account.move.line', rights: 'rc' },
    { model: 'discuss.channel', values: posting },
  ]);
}, 240_000);

afterAll(() => loop?.dispose());

const first = async (model: string, domain: readonly unknown[], fields: readonly string[]) => {
  const rows = await loop.odoo.execute(model, 'search_read', [domain, fields], {
    order: 'id desc',
    limit: 1,
  });
  return z.array(z.record(z.string(), z.unknown())).parse(rows)[0];
};

describe('the n8n workflow', () => {
  const workflow = readWorkflow(`${PACKS}n8n/odoo-records.json`);
  const settings = () => ({ base_url: loop.url, webhook_uuid: endpoint.uuid, secret: endpoint.key });
  const ran = new Set<string>();

  /** Runs a branch, all of whose nodes must be answered with 200. */
  async function runBranch(branch: string): Promise<void> {
    const runs = await workflow.run(branch, settings());
    expect(runs.map(({ status, answer }) => (status === 200 ? 200 : answer))).toEqual(runs.map(() => 200));
    for (const { node } of runs) ran.add(node);
  }

  test('has the ten branches, and one place for what is to be filled in', () => {
    expect(workflow.branches).toEqual([
      ...[
        'create_contact',
        'update_contact',
        'create_lead',
        'update_lead',
        'create_sale_order',
        'create_invoice',
      ],
      ...['post_sale_order_message', 'post_channel_message', 'update_sale_order', 'update_invoice'],
    ]);
    expect(workflow.settings).toEqual(['base_url', 'webhook_uuid', 'secret', 'branch']);
  });

  test.each<[string, string, readonly unknown[], Record<string, unknown>]>([
    ['create_contact', 'res.partner', [['email', '=', 'cliente@example.com']], { name: 'Cliente Teste' }],
    [
      'update_contact',
      'res.partner',
      [['email', '=', 'cliente@example.com']],
      { comment: expect.stringContaining('Atualizado') },
    ],
    ['create_lead', 'crm.lead', [['email_from', '=', 'lead@example.com']], { name: 'Website enquiry' }],
    [
      'update_lead',
      'crm.lead',
      [['email_from', '=', 'lead@example.com']],
      { expected_revenue: 1500, priority: '2' },
    ],
    [
      'create_sale_order',
      'sale.order',
      [['client_order_ref', '=', 'N8N-ORDER-1']],
      { partner_id: [expect.any(Number), 'Cliente Teste'] },
    ],
    [
      'create_invoice',
      'account.move',
      [['ref', '=', 'N8N-INVOICE-1']],
      { move_type: 'out_invoice', state: 'draft' },
    ],
    [
      'post_sale_order_message',
      'mail.message',
      [
        ['model', '=', 'sale.order'],
        ['body', 'ilike', 'seen by n8n'],
      ],
      { message_type: 'comment' },
    ],
    [
      'post_channel_message',
      'mail.message',
      [
        ['model', '=', 'discuss.channel'],
        ['body', 'ilike', 'Hello from n8n'],
      ],
      { message_type: 'comment' },
    ],
    [
      'update_sale_order',
      'sale.order',
      [['client_order_ref', '=', 'N8N-ORDER-1']],
      { commitment_date: '2030-12-24 10:00:00' },
    ],
    [
      'update_invoice',
      'account.move',
      [['ref', '=', 'N8N-INVOICE-1']],
      { narration: expect.stringContaining('Thank you') },
    ],
  ])('%s does so in Odoo', async (branch, model, domain, expected) => {
    await runBranch(branch);
    expect(await first(model, domain, Object.keys(expected))).toMatchObject(expected);
  });

  test('has no node that was not run', () => {
    expect([...ran].sort()).toEqual(workflow.requests.toSorted());
  });
});

describe('the examples', () => {
  const files = [
    'create',
    'write',
    'read',
    'search',
    'search_fields',
    'search_advanced',
    'default_payload',
    'unlink',
  ];

  test('are all here', () => {
    expect(readdirSync(`${PACKS}examples`).sort()).toEqual(files.map((name) => `${name}.json`).sort());
  });

  test.each(files)('%s is answered with ok', async (name) => {
    if (name === 'unlink') await removeOrders();
    const response = await fetch(`${loop.url}/bitconn/webhook/${endpoint.uuid}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint.key}`, 'content-type': 'application/json' },
      body: readFileSync(`${PACKS}examples/${name}.json`, 'utf8'),
    });
    expect(await response.json()).toMatchObject({ ok: true });
  });

  /** Contacts with orders and invoices cannot be deleted. */
  async function removeOrders(): Promise<void> {
    const { odoo, records } = loop;
    const orders = await records.search('sale.order', [['client_order_ref', '=', 'N8N-ORDER-1']]);
    await odoo.execute('sale.order', 'unlink', [orders]);
    const invoices = await records.search('account.move', [['ref', '=', 'N8N-INVOICE-1']]);
    await odoo.execute('account.move', 'unlink', [invoices]);
  }
});

describe('the curl sheet', () => {
  const commands = [...readFileSync(`${PACKS}curl.md`, 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)].map(
    ([, text = '']) => text,
  );

  test.each(commands.map((command, index) => [index + 1, command] as const))(
    'command %i is answered',
    async (_, command) => {
      const env = {
        ...process.env,
        BASE_URL: loop.url,
        WEBHOOK_UUID: endpoint.uuid,
        SECRET_KEY: endpoint.key,
      };
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { env });
      const answer: unknown = JSON.parse(stdout);
      const refused = z
        .object({ ok: z.literal(false) })
        .or(z.object({ error: z.unknown() }))
        .or(z.object({ code: z.string() }));
      expect(refused.safeParse(answer).success ? answer : 'answered').toBe('answered');
    },
  );

  test('has a command for each kind of route', () => {
    const paths = commands.map((command) => /\$BASE_URL\/(\w+)/.exec(command)?.[1]);
    expect(new Set(paths)).toEqual(new Set(['bitconn', 'v1', 'json', 'jsonrpc']));
  });
});
