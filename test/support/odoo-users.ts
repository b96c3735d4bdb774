import { randomBytes } from 'node:crypto';
import { idOf } from './external-id.ts';
import type { Account, TestOdoo } from './odoo.ts';

/** Makes an employee with these groups (external ids), and gives what he signs in with. */
export async function makeEmployee(
  odoo: Pick<TestOdoo, 'execute' | 'version'>,
  { name, groups = [], language = 'en_US' }: { name: string; groups?: readonly string[]; language?: string },
): Promise<Account> {
  const login = `${name.toLowerCase().replaceAll(' ', '.')}-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('base64url');
  const ids = await Promise.all(['base.group_user', ...groups].map((id) => idOf(odoo, id)));
  const values = {
    name,
    login,
    password,
    // Without one, nobody may post messages up to Odoo 18.
    email: `${login}@example.com`,
    lang: language,
    [odoo.version.groupsField]: ids.map((id) => [4, id]),
  };
  await odoo.execute('res.users', 'create', [[values]], { context: { no_reset_password: true } });
  return { login, password };
}
