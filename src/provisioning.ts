import { fileURLToPath } from 'node:url';
import type { Config } from './config/index.ts';
import { createOdooClient, type OdooClient } from './odoo/index.ts';
import {
  type Provisioned,
  type ProvisioningStep,
  provision,
  systemParameterStep,
  unprovision,
} from './odoo/provisioning/index.ts';

const MANIFESTS = fileURLToPath(new URL('../addon-manifests', import.meta.url));

export type ProvisionOptions = { config: Config; onStep?: (words: string) => void };

/** Brings the configured Odoo to what this version of Viaduct needs; rejects as `provision` does. */
export async function provisionViaduct({
  config,
  onStep = () => {},
}: ProvisionOptions): Promise<Provisioned> {
  const { login, password } = config.odoo;
  return asAdministrator(config, (admin) =>
    provision({
      admin,
      manifestsDirectory: MANIFESTS,
      service: { login, password: password.reveal(), canSignIn: () => canSignIn(config) },
      steps: steps(config),
      onStep,
    }),
  );
}

/** Leaves the configured Odoo as it was before Viaduct. */
export function unprovisionViaduct({ config, onStep = () => {} }: ProvisionOptions): Promise<string[]> {
  return asAdministrator(config, (admin) => unprovision({ admin, steps: steps(config), onStep }));
}

/** Says, as an administrator, that Viaduct may carry real messages for the configured database. */
export async function confirmDatabase({ config }: { config: Config }): Promise<void> {
  await asAdministrator(config, (admin) => admin.procedure('viaduct_base.confirm', {}));
}

/** What the channels need done in Odoo beyond their data files. */
function steps({ http }: Config): ProvisioningStep[] {
  return [systemParameterStep({ addon: 'viaduct_sms', key: 'sms.endpoint', value: http.internalUrl })];
}

async function asAdministrator<T>({ odoo }: Config, work: (admin: OdooClient) => Promise<T>): Promise<T> {
  const admin = createOdooClient({
    url: odoo.url,
    database: odoo.database,
    login: odoo.adminLogin ?? odoo.login,
    password: (odoo.adminPassword ?? odoo.password).reveal(),
    // An import installs apps and reloads the registry: minutes on a small machine.
    limits: { timeoutMs: PROVISION_TIMEOUT_MS },
  });
  try {
    return await work(admin);
  } finally {
    await admin.stop();
  }
}

const PROVISION_TIMEOUT_MS = 600_000;

async function canSignIn({ odoo }: Config): Promise<boolean> {
  const { url, database, login, password } = odoo;
  const service = createOdooClient({ url, database, login, password: password.reveal() });
  try {
    await service.call('res.users', 'context_get', [], { idempotent: true });
    return true;
  } catch {
    return false;
  } finally {
    await service.stop();
  }
}
