import type { Json } from '../../odoo/index.ts';
import { isList, isObject, type JsonObject } from '../scope/json.ts';
import type { Caller } from './caller.ts';

type Judge = Pick<Caller, 'scope'>;

/**
 * Odoo gives a many2one as its id and its name. The name is a field of another model: where the endpoint may not read it,
 * an empty text stands for it.
 */
export function withoutForeignNames(model: string, rows: Json, { scope }: Judge): Json {
  if (!isList(rows)) return rows;
  const known = new Map<string, boolean>();
  const isClosed = (key: string): boolean => {
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    // A key of a group may name a part, as `date_order:month`, or lead on, as `partner_id.country_id`.
    const path = key.split(':')[0] ?? key;
    const closed = !isAllowed(() => scope.field(model, `${path}.display_name`));
    known.set(key, closed);
    return closed;
  };
  const told = (key: string, value: Json): Json => {
    if (isNamed(value)) return isClosed(key) ? nameless(value) : value;
    return isProperties(value) && scope.meta(model, key)?.type === 'properties' ? value.map(property) : value;
  };
  return rows.map((row) => (isObject(row) ? mapped(row, told) : row));
}

/** The same of what `web_read` gives, in which only properties hold names that nobody asked for. */
export function withoutPropertyNames(
  model: string,
  rows: Json,
  specification: JsonObject,
  { scope }: Judge,
): Json {
  if (!isList(rows)) return rows;
  const told = (key: string, value: Json): Json => {
    const meta = scope.meta(model, key);
    if (meta?.type === 'properties' && isProperties(value)) return value.map(property);
    const asked = specification[key];
    const fields = isObject(asked) ? asked['fields'] : undefined;
    if (meta?.relation == null || !isObject(fields)) return value;
    if (isList(value)) return withoutPropertyNames(meta.relation, value, fields, { scope });
    const one = isObject(value) ? withoutPropertyNames(meta.relation, [value], fields, { scope }) : value;
    return isList(one) ? (one[0] ?? null) : one;
  };
  return rows.map((row) => (isObject(row) ? mapped(row, told) : row));
}

function mapped(row: JsonObject, told: (key: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, told(key, value)]));
}

function isNamed(value: Json): value is readonly [number, string] {
  return isList(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string';
}

function nameless([id]: readonly [number, string]): Json {
  return [id, ''];
}

function isProperties(value: Json): value is readonly JsonObject[] {
  return isList(value) && value.every(isObject);
}

/** Properties lead to records of any model. */
function property(definition: JsonObject): JsonObject {
  const { value } = definition;
  if (value === undefined) return definition;
  const isMany = isList(value) && !isNamed(value);
  const told = isMany ? value.map((one) => (isNamed(one) ? nameless(one) : one)) : value;
  return { ...definition, value: isNamed(told) ? nameless(told) : told };
}

/** Whether a judgement ends without a refusal. */
export function isAllowed(judge: () => unknown): boolean {
  try {
    judge();
    return true;
  } catch {
    return false;
  }
}
