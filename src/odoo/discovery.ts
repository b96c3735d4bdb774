import { z } from 'zod';
import { unexpectedAnswer } from './errors.ts';
import type { OdooClient, OdooVersion } from './odoo.ts';

/** As `common.version` gives it: `server_version` is "19.0-20251001", with "+e" on the Enterprise edition. */
const Version = z.object({ server_version: z.string(), server_serie: z.string() });
const Apps = z.array(z.object({ name: z.string() }));

/** Reads what `common.version` answered; throws kind `protocol` on an answer that names no version. */
export function parseVersion(answer: unknown): OdooVersion {
  const parsed = Version.safeParse(answer);
  // Odoo Online names its in-between versions "saas~18.4".
  const major = parsed.success ? /(\d+)\.\d+/.exec(parsed.data.server_serie)?.[1] : undefined;
  if (!parsed.success || major === undefined) throw unexpectedAnswer('common.version', 'a version');
  const text = parsed.data.server_version;
  return { major: Number(major), text, edition: text.includes('+e') ? 'enterprise' : 'community' };
}

/** Technical names of all installed modules, sorted; readable to the service group by an access rule of `viaduct_base`. */
export async function installedApps(call: OdooClient['call']): Promise<readonly string[]> {
  const domain = [['state', '=', 'installed']];
  const rows = await call('ir.module.module', 'search_read', [domain, ['name']], { idempotent: true });
  const parsed = Apps.safeParse(rows);
  if (!parsed.success) throw unexpectedAnswer('ir.module.module.search_read', 'a list of modules');
  return parsed.data.map((app) => app.name).sort();
}
