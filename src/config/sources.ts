import { readFileSync } from 'node:fs';
import { errorText } from '../errors.ts';
import { nameForDatabase } from './database-settings.ts';
import type { ConfigFault } from './errors.ts';
import { ConfigSchema, type ListedSetting, listSettings, settingsOfDatabases } from './schema.ts';
import { CONFIG_FILE_NAME, readSettingsFile } from './settings-file.ts';

/** The texts of the settings by name, before they are parsed; `names` are those of the databases, where they are named. */
export type RawSettings = {
  names: readonly string[];
  settings: readonly ListedSetting[];
  values: ReadonlyMap<string, string>;
  faults: ConfigFault[];
  /** The file of settings that was read. */
  file: string | null;
  /** Whether a fault that is already told may be all that keeps this setting from being set. */
  mayBeSet: (name: string) => boolean;
};
export type Environment = { readonly [name: string]: string | undefined };
export type ReadFile = (path: string) => string;

const OURS = /^(VIADUCT|ODOO)_/;
/** Settings of the test suite and of the demo, which share an environment with Viaduct. */
const NOT_OURS = /^VIADUCT_(TEST|DEMO|SECRET)_/;

export const readTextFile: ReadFile = (path) => readFileSync(path, 'utf8');

/** Gathers environment, file of settings and files of secrets; names that no setting has are faults. */
export function gatherSettings(environment: Environment, readFile: ReadFile): RawSettings {
  const path = environment[CONFIG_FILE_NAME] || null;
  const file = path === null ? null : readSettingsFile(path, readFile);
  const faults: ConfigFault[] = [...(file?.faults ?? [])];
  const given = new Map([...nonEmpty(file?.values ?? {}), ...nonEmpty(environment)]);
  const plain = listSettings();
  const names = databaseNames(given.get('VIADUCT_DATABASES'), plain, faults);
  const settings = [...plain, ...settingsOfDatabases(names)];
  const values = new Map<string, string>();
  const known = new Set([CONFIG_FILE_NAME]);
  for (const setting of settings) {
    known.add(setting.name);
    if (setting.secret) known.add(`${setting.name}_FILE`);
    const value = readValue(setting, given, readFile, faults);
    if (value !== undefined) values.set(setting.name, value);
  }
  for (const name of given.keys()) {
    if (OURS.test(name) && !NOT_OURS.test(name) && !known.has(name)) faults.push(unknownName(name, known));
  }
  const faulty = new Set(faults.map(({ name }) => name.toUpperCase().replace(/_FILE$/, '')));
  const mayBeSet = (name: string) => file?.isRead === false || faulty.has(name);
  return { names, settings, values, faults, file: path, mayBeSet };
}

/** The names of the databases; none while they are faulty, which the schema tells. */
function databaseNames(
  text: string | undefined,
  plain: readonly ListedSetting[],
  faults: ConfigFault[],
): readonly string[] {
  const names = ConfigSchema.shape.databases.shape.names.safeParse(text).data ?? [];
  const taken = new Set(plain.map(({ name }) => name));
  return names.filter((database) => {
    const clash = plain
      .map(({ name }) => nameForDatabase(name, database))
      .find((name) => taken.has(name ?? ''));
    if (clash === undefined) return true;
    const problem = `holds "${database}", which would give ${clash} a second meaning.`;
    faults.push({ name: 'VIADUCT_DATABASES', problem, allowed: 'another name' });
    return false;
  });
}

/** A variable that is set to nothing counts as not set, as compose files write it. */
function nonEmpty(environment: Environment): [string, string][] {
  return Object.entries(environment).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
}

function readValue(
  setting: ListedSetting,
  given: ReadonlyMap<string, string>,
  readFile: ReadFile,
  faults: ConfigFault[],
): string | undefined {
  const direct = given.get(setting.name);
  const fileName = `${setting.name}_FILE`;
  const path = setting.secret ? given.get(fileName) : undefined;
  if (path === undefined) return direct;
  if (direct !== undefined) {
    const problem = `is set, and so is ${setting.name}.`;
    faults.push({ name: fileName, problem, allowed: 'only one of the two' });
    return direct;
  }
  try {
    return readFile(path).replace(/\r?\n$/, '');
  } catch (error) {
    const problem = `the file cannot be read (${errorText(error)}).`;
    faults.push({ name: fileName, problem, allowed: 'the path of a file that holds the secret' });
    return undefined;
  }
}

function unknownName(name: string, known: ReadonlySet<string>): ConfigFault {
  const [nearest] = [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((left, right) => left.distance - right.distance);
  const near = nearest !== undefined && nearest.distance <= Math.max(3, name.length / 4);
  return {
    name,
    problem: near ? `is no setting. Did you mean ${nearest.candidate}?` : 'is no setting.',
    allowed: 'the names that .env.example lists',
  };
}

/** Levenshtein's distance: how many letters must be put in, taken out or changed. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
