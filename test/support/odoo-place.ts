import { z } from 'zod';
import type { StackAddress } from '../../docker/index.ts';
import { ViaductError } from '../../src/errors.ts';

/**
 * Test files that run at the same time, each worker with an Odoo and a PostgreSQL of its own, which it may kill: two where all of
 * them are to be run, as CI does, and one beside somebody's other work.
 */
export const ODOO_WORKERS = process.env['CI'] === 'true' ? 2 : 1;

/** An Odoo that somebody runs, named by the environment. */
export type NamedOdoo = {
  url: string;
  database: string;
  /** A second database of the same Odoo, with the same login; null when none is named. */
  otherDatabase: string | null;
  login: string;
  password: string;
  /** Its PostgreSQL, for a role that may only connect, as `postgres://USER:PASSWORD@HOST:PORT`; null when none is named. */
  postgresUrl: string | null;
};

/** Where the tests find their Odoo: in containers of this run, a stack for each worker, or where the environment says. */
export type OdooPlace =
  | { kind: 'stack'; addresses: readonly StackAddress[] }
  | ({ kind: 'named' } & NamedOdoo);

const NamedOdooVariables = z.object({
  TEST_ODOO_URL: z.url(),
  TEST_ODOO_DATABASE: z.string().min(1),
  TEST_ODOO_LOGIN: z.string().min(1),
  TEST_ODOO_PASSWORD: z.string().min(1),
});

/** The Odoo that the environment names, or undefined when it names none. Throws `test-odoo` when it names half of one. */
export function namedOdoo(env: NodeJS.ProcessEnv): NamedOdoo | undefined {
  const names = Object.keys(NamedOdooVariables.shape);
  if (names.every((name) => (env[name] ?? '') === '')) return undefined;
  const parsed = NamedOdooVariables.safeParse(env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => issue.path.join('.'));
    throw new ViaductError({
      code: 'test-odoo',
      message: `${wrong.join(', ')}: not set, or not valid. Set all of ${names.join(', ')} to test against a running Odoo, or none to have one started.`,
      retry: 'after-config',
    });
  }
  const { TEST_ODOO_URL, TEST_ODOO_DATABASE, TEST_ODOO_LOGIN, TEST_ODOO_PASSWORD } = parsed.data;
  return {
    url: TEST_ODOO_URL.replace(/\/$/, ''),
    database: TEST_ODOO_DATABASE,
    otherDatabase: env['TEST_ODOO_OTHER_DATABASE'] || null,
    login: TEST_ODOO_LOGIN,
    password: TEST_ODOO_PASSWORD,
    postgresUrl: env['TEST_ODOO_POSTGRES_URL'] || null,
  };
}
