import { readAddons } from './addon.ts';
import { Memory } from './memory.ts';

/** The version of each installed addon of Viaduct, and what Odoo's parameter keeps of the last provisioning. */
export type InstalledAddons = {
  manifestsDirectory: string;
  major: number;
  installed: Readonly<Record<string, string>>;
  /** All that is installed, by technical name. */
  apps: readonly string[];
  provisioning: string | null;
};

/** What `provision` would bring or change of the addons, one sentence each. An addon whose apps are missing is no problem. */
export async function addonProblems(settings: InstalledAddons): Promise<string[]> {
  const { manifestsDirectory, major, installed, apps, provisioning } = settings;
  const memory = Memory.safeParse(provisioning === null ? {} : JSON.parse(provisioning));
  const problems: string[] = [];
  for (const { name, version, hash, depends } of await readAddons(manifestsDirectory, major)) {
    const found = installed[name];
    if (found === undefined) {
      if (depends.every((app) => apps.includes(app))) problems.push(`The addon ${name} is not installed.`);
    } else if (!found.endsWith(version)) {
      problems.push(`The addon ${name} is ${found} in Odoo, but ${version} here.`);
    } else if (memory.data?.addons[name]?.hash !== hash) {
      problems.push(`The addon ${name} ${version} in Odoo is not the one of this Viaduct.`);
    }
  }
  return problems;
}
