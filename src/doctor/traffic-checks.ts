import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import { errorText } from '../errors.ts';
import { lookAtDatabase } from '../odoo/guard/index.ts';
import { createBell, openPostgres } from '../odoo/index.ts';
import { openOperator } from '../operator/index.ts';
import { type Database, orNull } from './database.ts';
import { fault, ok, warning } from './finding.ts';
import type { Check } from './run-checks.ts';

/** Whether the guard would let the traffic through; asks the database who it is, and changes nothing. */
export function guardCheck({ odoo, hello }: Database, config: Config): Check {
  const cure =
    'If Viaduct shall carry real messages for this database, confirm it: Viaduct > Status in Odoo, or "viaduct confirm".';
  return {
    name: 'guard',
    cure,
    run: async () => {
      if ((await orNull(hello())) === null) return [];
      const recall = async (database: string, name: string) => {
        const operator = await openOperator(config.journal).catch(() => null);
        if (operator === null) return null;
        await using opened = operator;
        return await opened.note(database, name);
      };
      const verdict = await lookAtDatabase({ client: odoo, recall });
      return [
        verdict.open
          ? ok('guard', 'The traffic of the database is open.')
          : fault('guard', verdict.words, cure),
      ];
    },
  };
}

/** Whether Odoo's websocket is to be had. */
export function bellCheck(
  { settings, hello }: Database,
  { clock, random }: { clock: Clock; random: () => number },
): Check {
  const cure =
    'Let the proxy before Odoo lead /websocket to Odoo’s gevent port. Without the bell, changes in Odoo are seen a minute late.';
  return {
    name: 'bell',
    cure,
    run: async (signal) => {
      const channel = (await orNull(hello()))?.bell ?? null;
      if (channel === null) return [];
      const { url, database } = settings;
      const { promise, resolve } = Promise.withResolvers<string | null>();
      const bell = createBell({
        ...{ url, database, channel, clock, random, onRing: () => undefined },
        onState: (state) => resolve(state.state === 'connected' ? null : state.reason),
      });
      signal.addEventListener('abort', () => resolve('no answer came in time'));
      bell.start();
      const reason = await promise;
      await bell.stop();
      return [
        reason === null
          ? ok('bell', 'Odoo’s websocket takes connections.')
          : warning('bell', `Odoo’s websocket cannot be used: ${reason}.`, cure),
      ];
    },
  };
}

/** Whether the function is there that tells of events, and what the role may read that it need not. */
const LOOK = `
  select to_regprocedure('viaduct_outbox(text)') is not null as here, (
    select count(*) from pg_class
    where relkind = 'r' and relname !~ '^pg_' and relnamespace = current_schema::regnamespace
      and has_table_privilege(oid, 'select')
  )::int as readable`;
const Look = z.tuple([z.object({ here: z.boolean(), readable: z.number() })]);

/** Whether PostgreSQL itself can be listened to, where the settings ask for it. */
export function listenerCheck({ settings, hello }: Database, timeoutMs: number): Check {
  const cure =
    'Let ODOO_POSTGRES_URL name Odoo’s own PostgreSQL, and a role that may connect to the database and nothing else. Until then Odoo’s bus rings, and saves wait for it.';
  const name = 'postgresql';
  return {
    name,
    cure,
    run: async () => {
      const { postgresUrl, database } = settings;
      if (postgresUrl === undefined || (await orNull(hello())) === null) return [];
      const postgres = openPostgres({ url: postgresUrl.reveal(), database, timeoutMs });
      try {
        const [{ here, readable }] = Look.parse(await postgres.query(LOOK));
        if (!here)
          return [warning(name, `The database "${database}" at ODOO_POSTGRES_URL is not Odoo’s.`, cure)];
        if (readable === 0) return [ok(name, 'PostgreSQL itself can tell of events.')];
        const words = `The role of ODOO_POSTGRES_URL may read ${readable} of Odoo’s tables, which it need not.`;
        return [warning(name, words, "Use a role without rights: create role viaduct login password '…'")];
      } catch (error) {
        return [warning(name, `PostgreSQL cannot be listened to: ${errorText(error)}.`, cure)];
      } finally {
        await postgres.close();
      }
    },
  };
}
