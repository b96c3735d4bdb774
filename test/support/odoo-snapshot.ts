import { z } from 'zod';
import type { TestOdoo } from './odoo.ts';
import type { OdooVersion } from './odoo-versions.ts';

/** What an addon can leave behind in Odoo, and what of it is compared. */
const WATCHED = {
  'ir.model': ['model', 'name'],
  'ir.model.fields': ['model', 'name', 'ttype'],
  'ir.model.fields.selection': ['field_id', 'value', 'name'],
  'ir.model.constraint': ['name'],
  'ir.model.relation': ['name'],
  'ir.model.access': ['name', 'active'],
  'ir.model.data': ['module', 'name', 'model', 'res_id'],
  'ir.rule': ['name', 'domain_force', 'active'],
  'ir.ui.view': ['name', 'key', 'arch_db', 'active'],
  'ir.ui.menu': ['complete_name', 'active'],
  'ir.actions.server': ['name', 'code'],
  'ir.actions.act_window': ['name', 'res_model'],
  'ir.asset': ['name', 'path'],
  'ir.config_parameter': ['key', 'value'],
  'ir.cron': ['name', 'active'],
  'ir.module.category': ['name'],
  'ir.module.module': ['name', 'state', 'latest_version'],
  'res.groups': ['name', 'implied_ids'],
  'res.partner': ['name', 'active'],
  'base.automation': ['name', 'active'],
} as const;

function watched({ groupsField, hasPrivileges }: OdooVersion): Readonly<Record<string, readonly string[]>> {
  return {
    ...WATCHED,
    'res.users': ['login', 'active', groupsField],
    ...(hasPrivileges ? { 'res.groups.privilege': ['name'] } : {}),
  };
}

const Rows = z.array(z.looseObject({ id: z.number() }));

/** Every watched record as one line of text, by `model,id`; `withDates` also shows when each was last written. */
export async function odooSnapshot(
  odoo: TestOdoo,
  { withDates = false } = {},
): Promise<ReadonlyMap<string, string>> {
  const lines = new Map<string, string>();
  for (const [model, fields] of Object.entries(watched(odoo.version))) {
    const kwargs = { context: { active_test: false }, order: 'id' };
    const asked = withDates ? [...fields, 'write_date'] : fields;
    const rows = Rows.parse(await odoo.execute(model, 'search_read', [[], asked], kwargs));
    for (const row of rows) lines.set(`${model},${row.id}`, lineOf(row));
  }
  // Signing in is noted on the user himself.
  const files = ['|', ['url', '=', false], '!', ['url', '=like', '/web/assets/%']];
  const attachments = Rows.parse(
    await odoo.execute('ir.attachment', 'search_read', [files, ['name', 'url']]),
  );
  for (const row of attachments) lines.set(`ir.attachment,${row.id}`, lineOf(row));
  return lines;
}

/** Lists of ids come in any order. */
function lineOf(row: object): string {
  return JSON.stringify(row, (_name, value: unknown) => (Array.isArray(value) ? value.toSorted() : value));
}

/** What differs, as lines that begin with + or -; empty when nothing does. */
export function snapshotDifference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const gone = [...before]
    .filter(([key, line]) => after.get(key) !== line)
    .map(([key, line]) => `- ${key} ${line}`);
  const come = [...after]
    .filter(([key, line]) => before.get(key) !== line)
    .map(([key, line]) => `+ ${key} ${line}`);
  return [...gone, ...come];
}
