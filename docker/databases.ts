import { randomUUID } from 'node:crypto';
import { ViaductError } from '../src/errors.ts';
import { DATABASE_ROLE } from './container-commands.ts';
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
 * Copies the template into a database that takes itself for a new one: its own uuid and secret, and `url` as its
 * frozen address. About a second. Rejects with `database-name` or `sql-failed`.
 */
export async function createDatabase(place: PostgresPlace, name: string, url: string): Promise<void> {
  assertName(name);
  const { postgresId, postgresPort } = place;
  // `strategy file_copy` would force two checkpoints of the whole server, which take longer than the log of this one.
  const copy = `create database ${name} owner ${DATABASE_ROLE.user} template ${TEMPLATE} strategy wal_log`;
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

/** Drops a database, whoever is connected to it. Rejects with `database-name` or `sql-failed`. */
export async function dropDatabase({ postgresId, postgresPort }: PostgresPlace, name: string): Promise<void> {
  assertName(name);
  await query(postgresId, postgresPort, 'postgres', `drop database if exists ${name} with (force)`);
}

/** Names go into SQL as they are, so only what needs no quoting is let through. */
function assertName(name: string): void {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name) && name !== TEMPLATE && name !== 'postgres') return;
  throw new ViaductError({
    code: 'database-name',
    message: `"${name}" cannot be the name of a database. Use small letters, digits and underscores.`,
    retry: 'never',
  });
}
