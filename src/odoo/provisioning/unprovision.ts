import type { OdooClient } from '../odoo.ts';
import { checkCanKeep, keepData } from './kept-data.ts';
import { eraseMemory, keepMemory, type Memory, NO_MEMORY, recallMemory } from './memory.ts';
import {
  checkAdministrator,
  dependents,
  isInstalled,
  type OdooModule,
  readModules,
  uninstall,
} from './modules.ts';
import { runAddonProcedure } from './procedure.ts';
import { removeServiceUser } from './service-user.ts';
import type { ProvisioningStep } from './steps.ts';

export type UnprovisionSettings = {
  /** Signed in as an Odoo administrator. */
  admin: OdooClient;
  /** The same steps that were given to provision. */
  steps?: readonly ProvisioningStep[];
  /** Where to keep what the addons hold, with its secrets, for `restoreFile` of provisioning. */
  keepFile?: string;
  onStep?: (words: string) => void;
};

type Work = { admin: OdooClient; memory: Memory; say: (words: string) => void };

/**
 * Takes out everything that provisioning brought, and puts back what it changed. Returns what was changed, in words.
 * Rejects with a {@link ProvisioningError}; a run that was cut off is finished by the next one.
 */
export async function unprovision({
  admin,
  steps = [],
  keepFile,
  onStep = () => {},
}: UnprovisionSettings): Promise<string[]> {
  const changes: string[] = [];
  const say = (words: string) => {
    changes.push(words);
    onStep(words);
  };
  await checkAdministrator(admin);
  if (keepFile !== undefined) await checkCanKeep(admin, keepFile);
  const work: Work = { admin, memory: await recallMemory(admin), say };
  await revertSteps(work, steps);
  if (work.memory.serviceUserId !== null) {
    const words = await removeServiceUser(admin, work.memory.serviceUserId);
    if (words !== null) say(words);
  }
  // Only now: a running Viaduct can change nothing any more.
  if (keepFile !== undefined) say(`kept ${await keepData(admin, keepFile)} rows in ${keepFile}`);
  await removeAddons(work);
  await removeApps(work);
  await forget(work, steps);
  return changes;
}

async function revertSteps({ admin, memory, say }: Work, steps: readonly ProvisioningStep[]): Promise<void> {
  for (const step of [...steps].reverse()) {
    const kept = memory.steps[`${step.addon}.${step.name}`];
    const words = kept === undefined ? null : await step.revert(admin, kept);
    if (words !== null) say(words);
  }
}

/** What a step that is not known here found stays remembered, for the Viaduct that knows it. */
async function forget({ admin, memory, say }: Work, steps: readonly ProvisioningStep[]): Promise<void> {
  const known = new Set(steps.map((step) => `${step.addon}.${step.name}`));
  const unknown = Object.entries(memory.steps).filter(([key]) => !known.has(key));
  if (unknown.length === 0) return await eraseMemory(admin);
  for (const [key] of unknown) say(`left ${key}, which this Viaduct does not know how to put back`);
  await keepMemory(admin, { ...NO_MEMORY, steps: Object.fromEntries(unknown) });
}

async function removeAddons({ admin, memory, say }: Work): Promise<void> {
  const modules = await readModules(admin, Object.keys(memory.addons));
  const names = Object.keys(memory.addons).filter((name) => isInstalled(modules.get(name)));
  for (const name of [...names].reverse()) {
    for (const words of await runAddonProcedure(admin, `${name}.unprovision`)) say(words);
  }
  const found = pick(modules, names);
  if (found.length > 0) await uninstall(admin, found);
  for (const name of names) say(`removed ${name}`);
}

/**
 * An app that came with provisioning stays when users may work with it by now (Discuss, for one), when anything else
 * stands on it, or when what others made with it would go.
 */
async function removeApps({ admin, memory, say }: Work): Promise<void> {
  const known = await readModules(admin, memory.apps);
  const found = pick(known, memory.apps).filter((app) => isInstalled(app) && !app.application);
  if (found.length === 0) return;
  const going = new Set(found.map(({ name }) => name));
  const others = (await dependents(admin, found)).filter((name) => !going.has(name));
  const names = found.map(({ name }) => name).join(', ');
  if (others.length > 0 || (await isKept(admin, found))) {
    say(`left the apps ${names}, which are used by others`);
    return;
  }
  await uninstall(admin, found);
  say(`removed the apps ${names}`);
}

/** What of others would go with an app, by its name. */
const KEPT_BY = [
  { app: 'base_automation', model: 'base.automation', domain: [] },
  { app: 'base_import_module', model: 'ir.module.module', domain: [['imported', '=', true]] },
] as const;

async function isKept(admin: OdooClient, apps: readonly OdooModule[]): Promise<boolean> {
  const options = { kwargs: { context: { active_test: false } }, idempotent: true };
  const questions = KEPT_BY.filter(({ app }) => apps.some(({ name }) => name === app));
  const counts = await Promise.all(
    questions.map(({ model, domain }) => admin.call(model, 'search_count', [domain], options)),
  );
  return counts.some((count) => count !== 0);
}

function pick(modules: ReadonlyMap<string, OdooModule>, names: readonly string[]): OdooModule[] {
  return names.flatMap((name) => modules.get(name) ?? []);
}
