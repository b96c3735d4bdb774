import type { TestOdoo } from './odoo.ts';

/** Installs French in an Odoo, with the translations of all that is installed. */
export async function installFrench({ execute }: Pick<TestOdoo, 'execute'>): Promise<void> {
  const anyState = { context: { active_test: false } };
  const french = await execute('res.lang', 'search', [[['code', '=', 'fr_FR']]], anyState);
  const wizard = await execute('base.language.install', 'create', [
    [{ lang_ids: [[6, 0, french]], overwrite: false }],
  ]);
  await execute('base.language.install', 'lang_install', [wizard]);
}
