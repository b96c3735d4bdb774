import { isIPv6 } from 'node:net';
import type * as z from 'zod';
import type { DatabaseConfig } from './database-settings.ts';
import { ConfigError, type ConfigFault } from './errors.ts';
import { ConfigSchema, type ListedSetting } from './schema.ts';
import {
  type Environment,
  gatherSettings,
  type RawSettings,
  type ReadFile,
  readTextFile,
} from './sources.ts';

const { odoo: DatabaseSchema, ...shared } = ConfigSchema.shape;
const SharedSchema = ConfigSchema.omit({ odoo: true });

type Parsed = z.infer<typeof SharedSchema>;
type Urls = { publicUrl: string; internalUrl: string };

/** All settings, parsed, in groups, as `config.http.port`; those of Odoo for each database by itself. */
export type Config = Readonly<
  Omit<Parsed, 'http' | 'databases'> & {
    http: Omit<Parsed['http'], keyof Urls> & Urls;
    databases: readonly [DatabaseConfig, ...DatabaseConfig[]];
    /** The path of the file of settings, where there is one. */
    file: string | null;
  }
>;

export type ConfigSources = { environment?: Environment; readFile?: ReadFile };

/** Reads the configuration once. Throws {@link ConfigError} that lists every fault. */
export function loadConfig({
  environment = process.env,
  readFile = readTextFile,
}: ConfigSources = {}): Config {
  const raw = gatherSettings(environment, readFile);
  const faults = new Map(raw.faults.map((fault) => [JSON.stringify(fault), fault]));
  const add = (fault: ConfigFault | null) => {
    if (fault !== null) faults.set(JSON.stringify(fault), fault);
  };
  const databases = (raw.names.length === 0 ? [null] : raw.names).flatMap((name): DatabaseConfig[] => {
    const parsed = DatabaseSchema.safeParse(groupOf('odoo', raw, name));
    for (const issue of parsed.error?.issues ?? []) add(faultOf(issue, ['odoo', ...issue.path], raw, name));
    add(halfAnAdministrator(raw, name));
    if (!parsed.success) return [];
    const nameOf = (key: string) => settingOf('odoo', key, raw, name)?.name ?? key;
    const settingNames = {
      ...{ url: nameOf('url'), database: nameOf('database') },
      ...{ login: nameOf('login'), password: nameOf('password') },
    };
    return [{ ...parsed.data, name: name ?? parsed.data.database, settingNames }];
  });
  const groups = Object.keys(shared).map((group) => [group, groupOf(group, raw, null)]);
  const parsed = SharedSchema.safeParse(Object.fromEntries(groups));
  for (const issue of parsed.error?.issues ?? []) add(faultOf(issue, issue.path, raw, null));
  for (const fault of sameDatabaseTwice(databases)) add(fault);
  const [first, ...others] = databases;
  if (!parsed.success || first === undefined || faults.size > 0) throw new ConfigError([...faults.values()]);
  return {
    ...parsed.data,
    file: raw.file,
    databases: [first, ...others],
    http: { ...parsed.data.http, ...urlsOf(parsed.data) },
  };
}

/** The texts of one group; a named database's own before what is said for all. */
function groupOf(
  group: string,
  raw: RawSettings,
  database: string | null,
): Record<string, string | undefined> {
  const keys = raw.settings.filter((setting) => setting.group === group && setting.database === undefined);
  return Object.fromEntries(
    keys.map(({ key, fallback }) => {
      const { name } = settingOf(group, key, raw, database) ?? { name: '' };
      return [key, raw.values.get(name) ?? fallback ?? undefined];
    }),
  );
}

/** The setting that decides: the database's own where it is given, or where there is none for all. */
function settingOf(
  group: unknown,
  key: unknown,
  { settings, values }: RawSettings,
  database: string | null,
): ListedSetting | undefined {
  const same = settings.filter((setting) => setting.group === group && setting.key === key);
  const own = same.find((setting) => setting.database === (database ?? undefined));
  const common = same.find((setting) => setting.database === undefined);
  const isCommon =
    own === undefined || (!values.has(own.name) && common !== undefined && values.has(common.name));
  return isCommon ? common : own;
}

/** A login with the password of another user would be refused as if it were mistyped. */
function halfAnAdministrator(raw: RawSettings, database: string | null): ConfigFault | null {
  const [one, other] = ['adminLogin', 'adminPassword'].map((key) => {
    const { name = '' } = settingOf('odoo', key, raw, database) ?? {};
    return { name, isSet: raw.values.has(name), mayBeSet: mayBeSet('odoo', key, raw, database) };
  });
  if (one === undefined || other === undefined || one.isSet === other.isSet) return null;
  const [set, missing] = one.isSet ? [one, other] : [other, one];
  if (missing.mayBeSet) return null;
  return {
    name: missing.name,
    problem: `is not set, and ${set.name} is.`,
    allowed: 'both of them or neither',
  };
}

/** A missing value may be only the consequence of a fault of its own, or of the one that all databases share. */
function mayBeSet(group: unknown, key: unknown, raw: RawSettings, database: string | null): boolean {
  return [database, null].some((of) => {
    const setting = raw.settings.find(
      (each) => each.group === group && each.key === key && each.database === (of ?? undefined),
    );
    return setting !== undefined && raw.mayBeSet(setting.name);
  });
}

function sameDatabaseTwice(databases: readonly DatabaseConfig[]): ConfigFault[] {
  return databases.flatMap((database, index) => {
    const twin = databases
      .slice(0, index)
      .find((other) => other.url === database.url && other.database === database.database);
    if (twin === undefined) return [];
    const problem = `${twin.name} and ${database.name} are the same database.`;
    return [{ name: 'VIADUCT_DATABASES', problem, allowed: 'each database once' }];
  });
}

function faultOf(
  issue: z.core.$ZodIssue,
  [group, key]: readonly PropertyKey[],
  raw: RawSettings,
  database: string | null,
): ConfigFault | null {
  const setting = settingOf(group, key, raw, database);
  if (setting === undefined)
    return { name: [group, key].map(String).join('.'), problem: issue.message, allowed: 'a setting' };
  const { name, allowed, help } = setting;
  const value = raw.values.get(name);
  if (value === undefined && mayBeSet(group, key, raw, database)) return null;
  if (value === undefined) return { name, problem: `is not set. ${help}`, allowed };
  const found = setting.secret ? '' : `${JSON.stringify(withoutLogin(value))} `;
  return { name, problem: `${found}${issue.message}.`, allowed };
}

/** An address may hold a password where none belongs; a fault must not repeat it. */
function withoutLogin(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//…@');
}

const WILDCARDS = ['0.0.0.0', '::'];

function urlsOf({ http }: Parsed): Urls {
  const host = isIPv6(http.host) ? `[${http.host}]` : http.host;
  if (http.internalUrl === undefined && WILDCARDS.includes(http.host)) {
    const problem = `is not set, and VIADUCT_HOST=${http.host} is no address that Odoo can call.`;
    throw new ConfigError([
      { name: 'VIADUCT_INTERNAL_URL', problem, allowed: 'an http:// or https:// address' },
    ]);
  }
  const internalUrl = http.internalUrl ?? `http://${host}:${http.port}`;
  return { internalUrl, publicUrl: http.publicUrl ?? internalUrl };
}
