import { z } from 'zod';
import { errorText } from '../errors.ts';
import { openPostgres } from '../odoo/index.ts';
import { type Database, orNull } from './database.ts';
import { type Finding, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

/** Whether the function is there that tells of events, what the role may read that it need not, and whether Odoo may end it. */
const LOOK = `
  select to_regprocedure('viaduct_outbox(text)') is not null as here, (
    select pg_has_role(datdba, current_user, 'usage') from pg_database where datname = current_database()
  ) as endable, (
    select count(*) from pg_class
    where relkind = 'r' and relname !~ '^pg_' and relnamespace = current_schema::regnamespace
      and has_table_privilege(oid, 'select')
  )::int as readable`;
const Look = z.tuple([z.object({ here: z.boolean(), endable: z.boolean(), readable: z.number() })]);

const NAME = 'postgresql';
const CURE =
  'Let ODOO_POSTGRES_URL name Odoo’s own PostgreSQL, and a role that may connect to the database and nothing else. Until then Odoo’s bus rings, and saves wait for it.';

/** Whether PostgreSQL itself can be listened to, where the settings ask for it. */
export function listenerCheck({ settings, hello }: Database, timeoutMs: number): Check {
  return {
    name: NAME,
    cure: CURE,
    run: async () => {
      const { postgresUrl, database } = settings;
      if (postgresUrl === undefined || (await orNull(hello())) === null) return [];
      const postgres = openPostgres({ url: postgresUrl.reveal(), database, timeoutMs });
      try {
        const [look] = Look.parse(await postgres.query(LOOK));
        return judge(look, database);
      } catch (error) {
        return [warning(NAME, `PostgreSQL cannot be listened to: ${errorText(error)}.`, CURE)];
      } finally {
        await postgres.close();
      }
    },
  };
}

function judge({ here, endable, readable }: z.infer<typeof Look>[0], database: string): Finding[] {
  if (!here) return [warning(NAME, `The database "${database}" at ODOO_POSTGRES_URL is not Odoo’s.`, CURE)];
  const found: Finding[] = [];
  if (readable > 0) {
    const words = `The role of ODOO_POSTGRES_URL may read ${readable} of Odoo’s tables, which it need not.`;
    found.push(warning(NAME, words, "Use one without rights: create role viaduct login password '…'"));
  }
  if (!endable) {
    const words =
      'Odoo may not end the session of the role of ODOO_POSTGRES_URL, and so neither copy nor delete the database while Viaduct runs.';
    found.push(warning(NAME, words, 'Make Odoo’s role a member of it: grant viaduct to odoo'));
  }
  return found.length > 0 ? found : [ok(NAME, 'PostgreSQL itself can tell of events.')];
}
