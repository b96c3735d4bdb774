import { fileURLToPath } from 'node:url';
import type { Config, DatabaseConfig } from './config/index.ts';
import { createOdooClient, type OdooClient, openServicePassword } from './odoo/index.ts';
import {
  type Provisioned,
  type ProvisioningStep,
  provision,
  systemParameterStep,
  unprovision,
} from './odoo/provisioning/index.ts';

/** The folder of the data addons. */
export const MANIFESTS = fileURLToPath(new URL('../addon-manifests', import.meta.url));

export type ProvisionOptions = {
  config: Pick<Config, 'http' | 'journal'>;
  /** Which of the databases. */
  settings: DatabaseConfig;
  /** Where a removal keeps what the addons hold, and where the next provisioning finds it. */
  file?: string | undefined;
  onStep?: (words: string) => void;
};

/** Brings a configured Odoo to what this version of Viaduct needs; rejects as `provision` does. */
export async function provisionViaduct({
  config,
  settings,
  file,
  onStep = () => {},
}: ProvisionOptions): Promise<Provisioned> {
  const { login, password } = settings;
  const current = openServicePassword(settings, config.journal.path).now();
  return asAdministrator(settings, (admin) =>
    provision({
      admin,
      manifestsDirectory: MANIFESTS,
      service: { login, password: password.reveal(), canSignIn: () => canSignIn(settings, current) },
      steps: steps(config),
      ...(file === undefined ? {} : { restoreFile: file }),
      onStep,
    }),
  );
}

/** Leaves a configured Odoo as it was before Viaduct. */
export function unprovisionViaduct({
  config,
  settings,
  file,
  onStep = () => {},
}: ProvisionOptions): Promise<string[]> {
  const keep = file === undefined ? {} : { keepFile: file };
  return asAdministrator(settings, (admin) => unprovision({ admin, steps: steps(config), ...keep, onStep }));
}

/** Says, as an administrator, that Viaduct may carry real messages for a database. */
export async function confirmDatabase(settings: DatabaseConfig): Promise<void> {
  await asAdministrator(settings, (admin) => admin.procedure('viaduct_base.confirm', {}));
}

/** What the channels need done in Odoo beyond their data files. */
function steps({ http }: ProvisionOptions['config']): ProvisioningStep[] {
  return [systemParameterStep({ addon: 'viaduct_sms', key: 'sms.endpoint', value: http.internalUrl })];
}

async function asAdministrator<T>(odoo: DatabaseConfig, work: (admin: OdooClient) => Promise<T>): Promise<T> {
  const admin = createOdooClient({
    url: odoo.url,
    database: odoo.database,
    login: odoo.adminLogin ?? odoo.login,
    password: (odoo.adminPassword ?? odoo.password).reveal(),
    names: odoo.adminLogin === undefined ? odoo.settingNames : { ...odoo.settingNames, ...ADMIN_NAMES },
    transport: odoo.transport,
    // An import installs apps and reloads the registry: minutes on a small machine.
    limits: { timeoutMs: PROVISION_TIMEOUT_MS },
  });
  try {
    return await work(admin);
  } finally {
    await admin.stop();
  }
}

const ADMIN_NAMES = { login: 'ODOO_ADMIN_LOGIN', password: 'ODOO_ADMIN_PASSWORD' };
const PROVISION_TIMEOUT_MS = 600_000;

async function canSignIn(odoo: DatabaseConfig, password: string): Promise<boolean> {
  const { url, database, login, transport } = odoo;
  const service = createOdooClient({ url, database, login, transport, password });
  try {
    await service.call('res.users', 'context_get', [], { idempotent: true });
    return true;
  } catch {
    return false;
  } finally {
    await service.stop();
  }
}
