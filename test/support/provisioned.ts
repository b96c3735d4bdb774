import { randomBytes } from 'node:crypto';
import type { Stack } from '../../docker/index.ts';
import { createOdooClient } from '../../src/odoo/index.ts';
import { provision, systemParameterStep, unprovision } from '../../src/odoo/provisioning/index.ts';
import type { TestOdoo } from './odoo.ts';

const MANIFESTS = new URL('../../addon-manifests', import.meta.url).pathname;
const TEMPLATE = 'provisioned_template';
const NOBODY = 'http://127.0.0.1:9';

export type Service = { login: string; password: string };

/** The user that a test's Viaduct signs in as, with a password of this test alone. */
export function newService(): Service {
  return { login: 'viaduct-test', password: randomBytes(18).toString('base64url') };
}

/** Provisions, and gives what takes it out again of an Odoo that somebody keeps. */
export async function provisioned(
  odoo: Pick<TestOdoo, 'url' | 'database' | 'admin' | 'stack'>,
  { service, url = NOBODY }: { service: Service; url?: string },
): Promise<() => Promise<void>> {
  const admin = createOdooClient({ ...odoo, ...odoo.admin });
  const steps = [systemParameterStep({ addon: 'viaduct_sms', key: 'sms.endpoint', value: url })];
  const isKept = odoo.stack === undefined;
  if (isKept) await unprovision({ admin, steps });
  await provision({
    ...{ admin, manifestsDirectory: MANIFESTS, steps },
    // A copy of the template has the user, with a password that nobody knows.
    service: { ...service, canSignIn: async () => false },
  });
  return async () => {
    if (isKept) await unprovision({ admin, steps });
    await admin.stop();
  };
}

/**
 * The name of a template of this stack that has the addons, whose import would take each test ten seconds; the first that asks
 * makes it. A copy knows of no database that was confirmed, so whoever takes one provisions it: then it is confirmed itself.
 */
export async function provisionedTemplate(stack: Stack): Promise<string> {
  const found = await stack.query('postgres', `select 1 from pg_database where datname = '${TEMPLATE}'`);
  if (found !== '') return TEMPLATE;
  const database = `${TEMPLATE}_in_the_making`;
  await stack.dropDatabase(database);
  await stack.createDatabase(database);
  const admin = { login: 'admin', password: 'admin' };
  const end = await provisioned({ url: stack.url, database, admin, stack }, { service: newService() });
  await end();
  await stack.query(database, 'delete from x_viaduct_database');
  await stack.makeTemplate(database, TEMPLATE);
  return TEMPLATE;
}
