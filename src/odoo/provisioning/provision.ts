import { isDeepStrictEqual } from 'node:util';
import type { OdooClient } from '../odoo.ts';
import { type Addon, readAddons } from './addon.ts';
import { ProvisioningError } from './errors.ts';
import { openKeptData } from './kept-data.ts';
import { keepMemory, type Memory, recallMemory } from './memory.ts';
import {
  checkAdministrator,
  importAddon,
  installApp,
  isInstalled,
  type OdooModule,
  readModules,
} from './modules.ts';
import { runAddonProcedure } from './procedure.ts';
import { ensureServiceUser, type ServiceLogin } from './service-user.ts';
import type { ProvisioningStep, StepMemory } from './steps.ts';

/** The addon all others stand on: for it alone missing apps are installed. */
const BASE = 'viaduct_base';
const IMPORTER = 'base_import_module';

export type ProvisionSettings = {
  /** Signed in as an Odoo administrator. */
  admin: OdooClient;
  /** The folder `addon-manifests/`. */
  manifestsDirectory: string;
  service: ServiceLogin;
  /** What addons need done beyond their data files; steps of an addon that is left out are not run. */
  steps?: readonly ProvisioningStep[];
  /** What `keepFile` of a removal wrote. */
  restoreFile?: string;
  /** Told of every change as it is made. */
  onStep?: (words: string) => void;
};

export type Provisioned = {
  /** What was changed, in words and in order; empty when there was nothing to do. */
  changes: string[];
  /** Addons that were not imported because apps they need are not installed. */
  leftOut: { addon: string; missing: string[] }[];
};

/**
 * Brings an Odoo to what this version of Viaduct needs; a second run changes nothing. Rejects with a
 * {@link ProvisioningError}, or an OdooError when Odoo cannot be reached; what was done until then stays and is continued
 * by the next run.
 */
export async function provision(settings: ProvisionSettings): Promise<Provisioned> {
  const { admin, service, steps = [], restoreFile, onStep = () => {} } = settings;
  const changes: string[] = [];
  const say = (words: string) => {
    changes.push(words);
    onStep(words);
  };
  await checkAdministrator(admin);
  const kept = restoreFile === undefined ? null : await openKeptData(admin, restoreFile);
  const { major } = await admin.version();
  const addons = await readAddons(settings.manifestsDirectory, major);
  const memory = await recallMemory(admin);
  await installMissingApps({ admin, addons, memory, say });

  const leftOut: Provisioned['leftOut'] = [];
  for (const addon of addons) {
    const modules = await readModules(admin, [addon.name, ...addon.depends]);
    const missing = addon.depends.filter((name) => !isInstalled(modules.get(name)));
    if (missing.length > 0) {
      leftOut.push({ addon: addon.name, missing });
      continue;
    }
    await bringAddon({ admin, addon, module: modules.get(addon.name), major, memory, say });
    // Before the addon's own procedure, which makes the rows that are missing.
    const restored = await kept?.restore();
    if (restored) say(`restored ${restored} rows of ${addon.name}`);
    for (const words of await runAddonProcedure(admin, `${addon.name}.provision`)) say(words);
    for (const step of steps.filter((step) => step.addon === addon.name)) {
      await bringStep({ admin, step, memory, say });
    }
  }
  // Last: a running Viaduct that can sign in finds everything in its place.
  if (!leftOut.some(({ addon }) => addon === BASE)) {
    await bringServiceUser({ admin, service, major, memory, say });
  }
  return { changes, leftOut };
}

type Work = { admin: OdooClient; memory: Memory; say: (words: string) => void };

async function installMissingApps({ admin, addons, memory, say }: Work & { addons: readonly Addon[] }) {
  const wanted = [IMPORTER, ...(addons.find(({ name }) => name === BASE)?.depends ?? [])];
  const known = await readModules(admin, wanted);
  for (const name of wanted.filter((name) => !isInstalled(known.get(name)))) {
    const before = await readModules(admin);
    const app = before.get(name);
    // An earlier turn may have brought it along.
    if (isInstalled(app)) continue;
    if (app === undefined || app.state === 'uninstallable') {
      throw new ProvisioningError({
        code: 'app-not-available',
        message: `This Odoo does not have the app ${name}, which Viaduct needs.`,
      });
    }
    await installApp(admin, app);
    const installed = [...(await readModules(admin)).values()]
      .filter(isInstalled)
      .map((module) => module.name);
    const came = installed.filter((other) => !isInstalled(before.get(other)));
    memory.apps = [...new Set([...memory.apps, ...came])];
    await keepMemory(admin, memory);
    say(`installed the app ${name}`);
  }
}

async function bringAddon({
  admin,
  addon,
  module,
  major,
  memory,
  say,
}: Work & { addon: Addon; module: OdooModule | undefined; major: number }) {
  const { name, version, hash } = addon;
  const installedVersion = isInstalled(module) && module?.latest_version ? module.latest_version : null;
  const isCurrent = memory.addons[name]?.hash === hash && installedVersion?.endsWith(version) === true;
  if (isCurrent) return;
  await importAddon(admin, { addon, major });
  memory.addons[name] = { version, hash };
  await keepMemory(admin, memory);
  say(importWords({ name, version, before: installedVersion }));
}

function importWords({
  name,
  version,
  before,
}: {
  name: string;
  version: string;
  before: string | null;
}): string {
  if (before === null) return `imported ${name} ${version}`;
  return before.endsWith(version)
    ? `imported ${name} ${version} again`
    : `updated ${name} from ${before} to ${version}`;
}

async function bringServiceUser({
  admin,
  service,
  major,
  memory,
  say,
}: Work & { service: ServiceLogin; major: number }) {
  const { createdId, changes } = await ensureServiceUser(admin, { service, major });
  if (createdId !== null) {
    memory.serviceUserId = createdId;
    await keepMemory(admin, memory);
  }
  for (const words of changes) say(words);
}

/** Its memory is kept before the change too: a run that is cut off in between is completed by the next one. */
async function bringStep({ admin, step, memory, say }: Work & { step: ProvisioningStep }) {
  const key = `${step.addon}.${step.name}`;
  const keep = async (kept: StepMemory) => {
    if (isDeepStrictEqual(memory.steps[key], kept)) return;
    memory.steps[key] = kept;
    await keepMemory(admin, memory);
  };
  const before = await step.read(admin);
  const { found } = memory.steps[key] ?? { found: before };
  await keep(memory.steps[key] ?? { found, left: before });
  const words = await step.apply(admin);
  await keep({ found, left: await step.read(admin) });
  if (words !== null) say(words);
}
