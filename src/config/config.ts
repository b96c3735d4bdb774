import { isIPv6 } from 'node:net';
import type * as z from 'zod';
import { ConfigError, type ConfigFault } from './errors.ts';
import { ConfigSchema, type ListedSetting, listSettings } from './schema.ts';
import { type Environment, gatherSettings, type ReadFile, readTextFile } from './sources.ts';

type Parsed = z.infer<typeof ConfigSchema>;
type Urls = { publicUrl: string; internalUrl: string };

/** All settings, parsed, in groups: `config.odoo.url`, `config.http.port`. */
export type Config = Readonly<Omit<Parsed, 'http'> & { http: Omit<Parsed['http'], keyof Urls> & Urls }>;

export type ConfigSources = { environment?: Environment; readFile?: ReadFile };

/** Reads the configuration once. Throws {@link ConfigError} that lists every fault. */
export function loadConfig({
  environment = process.env,
  readFile = readTextFile,
}: ConfigSources = {}): Config {
  const settings = listSettings();
  const { values, faults } = gatherSettings(settings, environment, readFile);
  const parsed = ConfigSchema.safeParse(inGroups(settings, values));
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => faultOf(issue, settings, values)));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return { ...parsed.data, http: { ...parsed.data.http, ...urlsOf(parsed.data) } };
}

function inGroups(settings: readonly ListedSetting[], values: ReadonlyMap<string, string>) {
  const groups: Record<string, Record<string, string | undefined>> = {};
  for (const { group, key, name, fallback } of settings) {
    groups[group] ??= {};
    groups[group][key] = values.get(name) ?? fallback ?? undefined;
  }
  return groups;
}

function faultOf(
  issue: z.core.$ZodIssue,
  settings: readonly ListedSetting[],
  values: ReadonlyMap<string, string>,
): ConfigFault {
  const [group, key] = issue.path;
  const setting = settings.find((candidate) => candidate.group === group && candidate.key === key);
  if (setting === undefined)
    return { name: issue.path.join('.'), problem: issue.message, allowed: 'a setting' };
  const { name, allowed, help } = setting;
  const value = values.get(name);
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
