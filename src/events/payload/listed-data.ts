import type { Json } from '../../odoo/index.ts';
import type { Member } from './documented-data.ts';
import type { ListedField } from './field-list.ts';
import { isJsonList } from './json-text.ts';
import { isRelated, plainValue, type Row } from './values.ts';

/**
 * The members for the fields of a list, in its order. A relation is an object, one to many a list in Odoo’s order, a dotted path
 * one value under its own name (a list of them through a relation to many); what is empty, or not there, is false as in Odoo.
 */
export function listedMembers(fields: readonly ListedField[], row: Row): Member[] {
  return fields.map(({ key, path, fields: inner }) => {
    if (inner === null || inner.length === 0) return [key, plainValue(valueAt(row, path))];
    return [key, nested(inner, row[key])];
  });
}

function nested(fields: readonly ListedField[], value: Json | undefined): Json {
  if (isJsonList(value)) {
    return value.map((item) => (isRelated(item) ? object(fields, item) : plainValue(item)));
  }
  return isRelated(value) ? object(fields, value) : plainValue(value);
}

function object(fields: readonly ListedField[], row: Row): Json {
  return Object.fromEntries(listedMembers(fields, row));
}

/**
 * What stands at the end of a path: undefined for a field that was not read, null behind an empty relation, a flat list of all
 * that there is behind a relation to many. A number picks one of a list, from 0.
 */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (value === null || value === false) return null;
  if (isJsonList(value))
    return isIndex(first) ? valueAt(value[Number(first)] ?? null, rest) : ofAll(value, path);
  if (typeof value !== 'object' || !Object.hasOwn(value, first)) return undefined;
  return valueAt(value[first], rest);
}

/** True for a place in a list. */
export function isIndex(segment: string): boolean {
  return /^\d{1,4}$/.test(segment);
}

function ofAll(items: readonly Json[], path: readonly string[]): Json | undefined {
  const found = items.map((item) => valueAt(item, path));
  if (found.length > 0 && found.every((item) => item === undefined)) return undefined;
  return found.flatMap((item) => (isJsonList(item) ? item : [item ?? false]));
}
