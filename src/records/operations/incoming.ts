import type { Json } from '../../odoo/index.ts';
import { isToMany } from '../scope/field-meta.ts';
import { isList, isObject, type JsonObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { odooMoment } from './dates.ts';

const MOST_DEPTH = 20;

/**
 * Values as Odoo takes them, of values in the shape that reading gives: moments in ISO 8601, a record as `{"id": 5}`. What is
 * not understood stays as it is, for the scope to judge.
 */
export function incomingValues(scope: Scope, model: string, values: Json | undefined, depth = 1): Json {
  if (!isObject(values) || depth > MOST_DEPTH) return values ?? null;
  const entries = Object.entries(values).map(([field, value]): [string, Json] => [
    field,
    incomingValue(scope, model, field, value, depth),
  ]);
  return Object.fromEntries(entries);
}

function incomingValue(scope: Scope, model: string, field: string, value: Json, depth: number): Json {
  const meta = scope.meta(model, field);
  if (meta === undefined) return value;
  if (meta.type === 'datetime' && typeof value === 'string') return odooMoment(value);
  if (meta.type === 'many2one') return idOf(value);
  const { relation } = meta;
  if (!isToMany(meta.type) || relation === null || !isList(value)) return value;
  return value.map((item) => {
    if (!isList(item)) return idOf(item);
    const [code, id, third] = item;
    const isValues = code === 0 || code === 1;
    if (!isValues || item.length !== 3) return item;
    return [code, id ?? null, incomingValues(scope, relation, third, depth + 1)];
  });
}

function idOf(value: Json): Json {
  if (!isObject(value)) return value;
  const { id } = value;
  return typeof id === 'number' && !('$ref' in value) ? id : value;
}

/** A domain as Odoo takes it: moments in ISO 8601 become Odoo's. To be given after the scope has judged it. */
export function incomingDomain(scope: Scope, model: string, domain: readonly Json[]): readonly Json[] {
  return domain.map((term) => {
    if (!isList(term)) return term;
    const [path, operator, value] = term;
    if (typeof path !== 'string' || operator === undefined || value === undefined) return term;
    const meta = scope.field(model, path);
    if (isList(value) && meta.relation !== null && (operator === 'any' || operator === 'not any')) {
      return [path, operator, incomingDomain(scope, meta.relation, value)];
    }
    if (meta.type !== 'datetime') return term;
    return [path, operator, isList(value) ? value.map(moment) : moment(value)];
  });
}

const moment = (value: Json): Json => (typeof value === 'string' ? odooMoment(value) : value);

/** A plain object of the members that are there. */
export function given(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
