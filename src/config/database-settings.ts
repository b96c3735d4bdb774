import * as z from 'zod';
import type { odooSettings } from './odoo-settings.ts';
import { nameList } from './setting.ts';

/** Which Odoo databases are served. */
export const databaseSettings = z.object({
  names: nameList({
    name: 'VIADUCT_DATABASES',
    help: 'Names for several Odoo databases behind one Viaduct. Each then has settings of its own, with its name after ODOO_, as ODOO_SHOP_URL for the name shop; what it is not given, ODOO_URL and the others say for all. Without it there is one database.',
    example: 'main,shop',
  }),
});

type Parsed = z.infer<typeof odooSettings>;

/** The settings of one served database; its name is a label in logs, metrics, `/readyz` and for `--database`. */
export type DatabaseConfig = Readonly<
  Parsed & {
    name: string;
    /** What each of these settings is called where it was read, to name it in an error. */
    settingNames: { readonly [key in 'url' | 'database' | 'login' | 'password']: string };
  }
>;

const PREFIX = 'ODOO_';

/** The setting of one named database, as ODOO_SHOP_URL for ODOO_URL; null for a setting that is everybody's. */
export function nameForDatabase(settingName: string, database: string | null): string | null {
  if (database === null || !settingName.startsWith(PREFIX)) return null;
  return `${PREFIX}${database.toUpperCase()}_${settingName.slice(PREFIX.length)}`;
}
