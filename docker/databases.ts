import { randomUUID } from 'node:crypto';
import { ViaductError } from '../src/errors.ts';
import { DATABASE_ROLE, LISTENER_ROLE } from './container-commands.ts';
import { execute } from './containers.ts';

/** The database that every other one is a copy of. */
export const TEMPLATE = 'viaduct_template';

const BIN = '/usr/lib/postgresql/17/bin';

/** Where a PostgreSQL of ours is: its container, and its port on 127.0.0.1. */
export type PostgresPlace = { postgresId: string; postgresPort: number };

/**
 * Runs SQL as superuser over the container's own socket and gives the rows as lines, columns parted by `|`.
 * Rejects with `sql-failed` and PostgreSQL's words.
 */
export async function query(
  id: string,
  port: number,
  database: string,
  ...statements: readonly string[]
): Promise<string> {
  const connection = ['-h', '/tmp', '-p', String(port), '-U', 'postgres', '-d', database];
  const options = ['-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1'];
  const command = [`${BIN}/psql`, ...connection, ...options, ...statements.flatMap((sql) => ['-c', sql])];
  const { exitCode, output } = await execute(id, command);
  if (exitCode === 0) return output.trim();
  throw new ViaductError({
    code: 'sql-failed',
    message: `PostgreSQL said: ${output.trim()}`,
    retry: 'never',
  });
}

/**
 * Copies a template, the seeded one unless said otherwise, into a database that takes itself for a new one: its own uuid
 * and secret, and `url` as its frozen address. About a second. Rejects with `database-name` or `sql-failed`.
 */
export async function createDatabase(
  { postgresId, postgresPort }: PostgresPlace,
  name: string,
  { url, template = TEMPLATE }: { url: string; template?: string | undefined },
): Promise<void> {
  assertName(name);
  assertName(template, []);
  // `strategy file_copy` would force two checkpoints of the whole server, which take longer than the log of this one.
  const copy = `create database ${name} owner ${DATABASE_ROLE.user} template ${template} strategy wal_log`;
  const values = {
    'database.uuid': randomUUID(),
    'database.secret': randomUUID(),
    'web.base.url': url,
    'web.base.url.freeze': 'True',
  };
  const rows = Object.entries(values).map(([key, value]) => `('${key}', '${value}')`);
  const identity = `insert into ir_config_parameter (key, value) values ${rows.join(', ')}
    on conflict (key) do update set value = excluded.value`;
  await query(postgresId, postgresPort, 'postgres', copy, `\\connect ${name}`, identity);
}

/**
 * Makes a template of a database: nobody, Odoo's scheduled actions included, connects to it any more, so that it can be
 * copied. Rejects with `database-name` or `sql-failed`.
 */
export async function makeTemplate(
  { postgresId, postgresPort }: PostgresPlace,
  name: string,
  template: string,
): Promise<void> {
  assertName(name);
  assertName(template);
  const close = `alter database ${name} with is_template true allow_connections false`;
  const part = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`;
  const rename = `alter database ${name} rename to ${template}`;
  await query(postgresId, postgresPort, 'postgres', close, part, rename);
}

/**
 * Where PostgreSQL is reached by a role that may do nothing but connect, and whose sessions Odoo may end; makes it at the first
 * time. Rejects with `sql-failed`.
 */
export async function listenerUrl({ postgresId, postgresPort }: PostgresPlace): Promise<string> {
  const { user, password } = LISTENER_ROLE;
  const make = `do $$ begin create role ${user} login password '${password}'; grant ${user} to ${DATABASE_ROLE.user};
    exception when duplicate_object or unique_violation then null; end $$`;
  await query(postgresId, postgresPort, 'postgres', make);
  return `postgres://${user}:${password}@127.0.0.1:${postgresPort}`;
}

/** Drops a database, whoever is connected to it. Rejects with `database-name` or `sql-failed`. */
export async function dropDatabase({ postgresId, postgresPort }: PostgresPlace, name: string): Promise<void> {
  assertName(name);
  await query(postgresId, postgresPort, 'postgres', `drop database if exists ${name} with (force)`);
}

/** Names go into SQL as they are, so only what needs no quoting is let through. */
function assertName(name: string, taken: readonly string[] = [TEMPLATE, 'postgres']): void {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name) && !taken.includes(name)) return;
  throw new ViaductError({
    code: 'database-name',
    message: `"${name}" cannot be the name of a database. Use small letters, digits and underscores.`,
    retry: 'never',
  });
}
