import type { Json } from '../../odoo/index.ts';
import { payloadError } from './errors.ts';
import { isJsonList, isJsonObject, parseJsonText } from './json-text.ts';
import { isFieldName, LONGEST_PATH } from './read-spec.ts';

/** One member of the payload: a field, a path through relations with one value, or a relation with fields of its own. */
export type ListedField =
  | { key: string; path: readonly string[]; fields: null }
  | { key: string; path: readonly string[]; fields: readonly ListedField[] };

const MOST_ITEMS = 500;

/**
 * The fields that an administrator listed: a JSON list of names, dotted paths and `{"relation": [fields]}`, or one name or path
 * per line. Throws `payload-invalid` with the position.
 */
export function parseFieldList(text: string): ListedField[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') && !trimmed.startsWith('{')) return parseLines(trimmed);
  const value = parseJsonText('The field list', trimmed);
  if (!isJsonList(value)) throw payloadError('The field list is no list. Write ["name", "partner_id.name"].');
  const fields = parseItems(value, '', 1);
  refuseMany(count(fields));
  return fields;
}

/** All paths that reading these fields takes. */
export function listedPaths(fields: readonly ListedField[]): string[][] {
  return fields.flatMap(({ path, fields: inner }) =>
    inner === null || inner.length === 0 ? [[...path]] : listedPaths(inner).map((rest) => [...path, ...rest]),
  );
}

function parseLines(text: string): ListedField[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  const fields = lines.flatMap((line, index) => (line === '' ? [] : [dotted(line, `line ${index + 1}`, 1)]));
  refuseMany(fields.length);
  return fields;
}

function parseItems(items: readonly Json[], at: string, depth: number): ListedField[] {
  return items.flatMap((item, index) => {
    const where = `${at === '' ? '' : `${at}, `}item ${index + 1}`;
    if (typeof item === 'string') return [dotted(item.trim(), where, depth)];
    if (isJsonObject(item)) {
      return Object.entries(item).map(([name, inner]) => relation(name, inner, where, depth));
    }
    throw payloadError(
      `The field list, ${where}: expected a name, as "partner_id.name", or {"partner_id": ["name"]}.`,
    );
  });
}

function relation(name: string, inner: Json, at: string, depth: number): ListedField {
  const where = `${at} (${name.slice(0, 60)})`;
  if (!isFieldName(name)) throw noField(where, name);
  if (depth >= LONGEST_PATH) throw tooDeep(where);
  const listed = isJsonObject(inner) ? (inner['fields'] ?? []) : inner;
  if (!isJsonList(listed)) {
    throw payloadError(`The field list, ${where}: expected a list of fields, or {"fields": [...]}.`);
  }
  return { key: name, path: [name], fields: parseItems(listed, where, depth + 1) };
}

function dotted(name: string, where: string, depth: number): ListedField {
  const path = name.split('.');
  if (!path.every(isFieldName)) throw noField(where, name);
  if (depth + path.length - 1 > LONGEST_PATH) throw tooDeep(where);
  return { key: name, path, fields: null };
}

function count(fields: readonly ListedField[]): number {
  return fields.reduce((sum, { fields: inner }) => sum + 1 + count(inner ?? []), 0);
}

function refuseMany(found: number): void {
  if (found <= MOST_ITEMS) return;
  throw payloadError(`The field list names ${found} fields; at most ${MOST_ITEMS} are read.`);
}

function noField(where: string, name: string) {
  const shown = JSON.stringify(name.slice(0, 60));
  return payloadError(
    `The field list, ${where}: ${shown} is no name of a field, as name or partner_id.name.`,
  );
}

function tooDeep(where: string) {
  return payloadError(
    `The field list, ${where}: it follows more than ${LONGEST_PATH} fields one after the other.`,
  );
}
