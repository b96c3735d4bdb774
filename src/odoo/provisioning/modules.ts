import pRetry from 'p-retry';
import { z } from 'zod';
import { errorText } from '../../errors.ts';
import { OdooError } from '../errors.ts';
import type { OdooClient } from '../odoo.ts';
import type { Addon } from './addon.ts';
import { importsTranslations } from './dialects.ts';
import { type ProvisioningCode, ProvisioningError } from './errors.ts';
import { packAddon } from './pack-addon.ts';

/** Installing and removing reload Odoo's registry and may wait for other work. */
const MODULE_TIMEOUT_MS = 15 * 60_000;

const ModuleRow = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  /** Shown to users as an app of its own. */
  application: z.boolean(),
  latest_version: z.union([z.string(), z.literal(false)]),
});
export type OdooModule = z.infer<typeof ModuleRow>;

/** Rejects with `not-an-administrator` unless the login holds Odoo's group Settings. */
export async function checkAdministrator(admin: OdooClient): Promise<void> {
  await orFail(
    'not-an-administrator',
    'Provisioning needs the login of an Odoo administrator (Settings).',
    () => admin.call('ir.config_parameter', 'search_count', [[]], { idempotent: true }),
  );
}

/** The modules that this Odoo knows, by technical name: those of `names`, or all of them. */
export async function readModules(
  admin: OdooClient,
  names?: readonly string[],
): Promise<Map<string, OdooModule>> {
  const domain = names === undefined ? [] : [['name', 'in', names]];
  const fields = ['name', 'state', 'application', 'latest_version'];
  const rows = await admin.call('ir.module.module', 'search_read', [domain, fields], { idempotent: true });
  return new Map(
    z
      .array(ModuleRow)
      .parse(rows)
      .map((row) => [row.name, row]),
  );
}

/** Also when Odoo, up to 18, left it "to upgrade" after an app that it stands on was upgraded. */
export function isInstalled(module: OdooModule | undefined): boolean {
  return module?.state === 'installed' || module?.state === 'to upgrade';
}

/** Installs an app that comes with Odoo. */
export async function installApp(admin: OdooClient, module: OdooModule): Promise<void> {
  await orFail('import-failed', `The app ${module.name} could not be installed.`, () =>
    press(admin, 'button_immediate_install', [module.id]),
  );
}

/** Uninstalls modules with everything they made. */
export async function uninstall(admin: OdooClient, modules: readonly OdooModule[]): Promise<void> {
  const ids = modules.map((module) => module.id);
  await orFail(
    'uninstall-failed',
    `${modules.map(({ name }) => name).join(', ')} could not be removed.`,
    () => press(admin, 'button_immediate_uninstall', ids),
  );
}

/**
 * Odoo refuses these buttons while a scheduled action runs or other modules are being changed
 * (ir_module.py, `_button_immediate_function`), in words of the user's language: so every refusal gets some more tries.
 */
async function press(admin: OdooClient, button: string, ids: readonly number[]): Promise<void> {
  await pRetry(() => admin.call('ir.module.module', button, [ids], { timeoutMs: MODULE_TIMEOUT_MS }), {
    retries: 4,
    minTimeout: 1_000,
    factor: 2,
    shouldRetry: ({ error }) => isRefused(error),
  });
}

/** Technical names of the installed modules that would go together with `modules`. */
export async function dependents(admin: OdooClient, modules: readonly OdooModule[]): Promise<string[]> {
  const ids = await admin.call('ir.module.module', 'downstream_dependencies', [modules.map(({ id }) => id)]);
  const rows = await admin.call('ir.module.module', 'read', [ids, ['name']]);
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
}

/** Imports one addon, as the dialog "Import Module" of Odoo's Apps does, and its translations. */
export async function importAddon(
  admin: OdooClient,
  { addon, major }: { addon: Addon; major: number },
): Promise<void> {
  const file = Buffer.from(packAddon(addon)).toString('base64');
  await orFail('import-failed', `The addon ${addon.name} could not be imported.`, async () => {
    await pRetry(
      async () => {
        const id = await admin.call('base.import.module', 'create', [{ module_file: file }]);
        await admin.call('base.import.module', 'import_module', [[id]], { timeoutMs: MODULE_TIMEOUT_MS });
      },
      { retries: 2, minTimeout: 1_000, shouldRetry: ({ error }) => isRefused(error) && isOfMoment(error) },
    );
    if (!importsTranslations(major)) await importTranslations(admin, addon);
  });
}

const Languages = z.array(z.tuple([z.string(), z.string()]));

/** As the dialog "Import Translation" of Odoo's settings does, for every language that is installed. */
async function importTranslations(admin: OdooClient, { files }: Addon): Promise<void> {
  const languages = Languages.parse(await admin.call('res.lang', 'get_installed', [], { idempotent: true }));
  for (const [code, name] of languages) {
    const file = files.get(`i18n/${code}.po`) ?? files.get(`i18n/${code.replace(/_.*/, '')}.po`);
    if (file === undefined) continue;
    const values = { name, code, filename: `${code}.po`, data: Buffer.from(file).toString('base64') };
    const id = await admin.call('base.language.import', 'create', [values]);
    await admin.call('base.language.import', 'import_lang', [[id]]);
  }
}

/** Only what Odoo itself refused becomes a fault of provisioning; an Odoo that is down stays that. */
async function orFail<Result>(
  code: ProvisioningCode,
  words: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    if (!isRefused(cause)) throw cause;
    throw new ProvisioningError({ code, message: `${words} ${errorText(cause)}`, cause });
  }
}

/**
 * While Odoo's thread for scheduled actions sets the models up anew, the look-up of a record that an import has just made
 * fails with its bare id (seen on 19, once in a hundred imports). Nothing of the import stays, and the next one succeeds.
 */
function isOfMoment(error: Error): boolean {
  return /\bKeyError: \d+\b/.test(error.message);
}

function isRefused(error: unknown): boolean {
  return error instanceof OdooError && error.outcome === 'refused' && error.kind !== 'auth';
}
