import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { secret } from './secret.ts';

/** What a person needs to know of one setting; the parser, `.env.example` and the README all read it from here. */
export type SettingFacts = {
  /** The name in the environment, with its unit (`…_MS`, `…_BYTES`). */
  name: string;
  help: string;
  /** What may be written, in words, as shown to a person who wrote something else. */
  allowed: string;
  /** The default as it would be written in the environment; absent means required, null means optional. */
  fallback?: string | null;
  /** A value for `.env.example` where there is no default. */
  example?: string;
  /** Secrets may also be given as a file named by `…_FILE`, and are never shown. */
  secret: boolean;
};

/** The facts of every setting, by its schema. */
export const settingFacts = z.registry<SettingFacts>();

type Described = { name: string; help: string; example?: string };
type WithDefault = Described & { fallback: string };

function describe<S extends z.ZodType>(schema: S, facts: Omit<SettingFacts, 'secret'>, isSecret = false): S {
  settingFacts.add(schema, { ...facts, secret: isSecret });
  return schema;
}

/** A new schema each time: the registry tells settings apart by their schema. */
const anyText = () => z.string().trim().min(1, 'is empty');
const SECRET_ALLOWED = 'a non-empty text';

function webUrl() {
  return anyText()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'is not a web address')
    .refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'holds a login; logins have settings of their own')
    .transform((text) => text.replace(/\/+$/, ''));
}

/** A text that must be given. */
export function requiredText(facts: Described) {
  return describe(anyText(), { ...facts, allowed: 'a non-empty text' });
}

/** A text that may be left out. */
export function optionalText(facts: Described) {
  return describe(anyText().optional(), { ...facts, allowed: 'a non-empty text', fallback: null });
}

/** A text with a default. */
export function text(facts: WithDefault) {
  return describe(anyText(), { ...facts, allowed: 'a non-empty text' });
}

/** A secret that must be given. */
export function requiredSecret(facts: Described) {
  return describe(anyText().transform(secret), { ...facts, allowed: SECRET_ALLOWED }, true);
}

/** A secret that may be left out. */
export function optionalSecret(facts: Described) {
  const schema = anyText().transform(secret).optional();
  return describe(schema, { ...facts, allowed: SECRET_ALLOWED, fallback: null }, true);
}

/** Where PostgreSQL is, with a login; a secret for its sake. The database is a setting of its own. */
export function optionalPostgresUrl(facts: Described) {
  const schema = anyText()
    .refine(isPostgresUrl, 'is no such address')
    .refine((text) => !isPostgresUrl(text) || /^\/?$/.test(new URL(text).pathname), 'names a database')
    .transform(secret)
    .optional();
  const allowed = 'an address as `postgres://USER:PASSWORD@HOST:PORT`, without a database';
  return describe(schema, { ...facts, allowed, fallback: null }, true);
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);
}

const URL_ALLOWED = 'an address that starts with http:// or https://';

/** A web address without a slash at its end. */
export function requiredUrl(facts: Described) {
  return describe(webUrl(), { ...facts, allowed: URL_ALLOWED });
}

/** A web address that may be left out. */
export function optionalUrl(facts: Described) {
  return describe(webUrl().optional(), { ...facts, allowed: URL_ALLOWED, fallback: null });
}

/** The address of a server, without a path, that may be left out. */
export function optionalOrigin(facts: Described) {
  const schema = webUrl().refine(
    (text) => !URL.canParse(text) || new URL(text).origin === text,
    'holds more than a protocol and a host in small letters',
  );
  const allowed = `${URL_ALLOWED}, without a path`;
  return describe(schema.optional(), { ...facts, allowed, fallback: null });
}

/** A whole number within a range, both ends included. */
export function integer({ min, max, ...facts }: WithDefault & { min: number; max: number }) {
  const schema = z
    .string()
    .trim()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, 'is out of range');
  return describe(schema, { ...facts, allowed: `a whole number from ${min} to ${max}` });
}

/** `true` or `false`, nothing else. */
export function flag(facts: WithDefault) {
  const schema = z
    .string()
    .trim()
    .refine((value) => value === 'true' || value === 'false', 'is neither true nor false')
    .transform((value) => value === 'true');
  return describe(schema, { ...facts, allowed: '`true` or `false`' });
}

/** One word of a closed set. */
export function choice<const W extends string>({ words, ...facts }: WithDefault & { words: readonly W[] }) {
  const allowed = `one of ${words.map((word) => `\`${word}\``).join(', ')}`;
  return describe(z.enum(words, 'is not one of the known words'), { ...facts, allowed });
}

const NAME = /^[a-z][a-z0-9]{0,19}$/;

/** Short names, separated by commas, each once; none when it is left out. */
export function nameList(facts: Described) {
  const schema = z
    .string()
    .default('')
    .transform((value) => value.split(',').map((part) => part.trim()))
    .transform((names) => names.filter((name) => name !== ''))
    .refine((names) => names.every((name) => NAME.test(name)), 'holds something that is no such name')
    .refine((names) => new Set(names).size === names.length, 'holds a name twice');
  const allowed = 'names of at most 20 small letters and digits, such as `main,shop`';
  return describe(schema, { ...facts, allowed, fallback: null });
}

/** Networks in CIDR notation or single addresses, separated by commas; empty means none. */
export function networks(facts: WithDefault) {
  const schema = z.string().transform((value, context) => {
    const list = new BlockList();
    for (const item of value.split(',').map((part) => part.trim())) {
      if (item !== '' && !addNetwork(list, item)) {
        context.addIssue({ code: 'custom', message: `names no network: ${item}` });
      }
    }
    return list;
  });
  return describe(schema, { ...facts, allowed: 'addresses or networks such as `10.0.0.0/8, ::1`' });
}

/** Adds an address or a network as `10.0.0.0/8` or `::1`; false when it is neither. */
export function addNetwork(list: BlockList, item: string): boolean {
  const [address = '', prefix, ...more] = item.split('/');
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (version === 0 || more.length > 0 || !(length <= bits)) return false;
  list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4');
  return true;
}
