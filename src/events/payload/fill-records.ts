import type { Json } from '../../odoo/index.ts';
import { isJsonList, type JsonObject } from './json-text.ts';
import { valueAt } from './listed-data.ts';
import { fillTemplate, type Lookup } from './template.ts';
import { idOf, isRelated, plainValue, type Row } from './values.ts';

/** The facts of an event that templates may name, as `_event`. */
export type Variables = { readonly [name: string]: Json };

export type FillOptions = { variables: Variables; onMissing: (path: string) => void };

/**
 * A template filled for records. The one entry of its `records` is repeated for each record, several are matched with the
 * records in order; all else is filled from the first record.
 */
export function fillForRecords(template: JsonObject, rows: readonly Row[], options: FillOptions): JsonObject {
  const fill = (value: Json, row: Row) => fillTemplate(value, lookupIn(row, options), options.onMissing);
  const [firstRow = {}] = rows;
  const filled = Object.entries(template).map(([key, value]): [string, Json] => {
    if (key !== 'records' || !isJsonList(value) || value.length === 0) return [key, fill(value, firstRow)];
    const [only, ...others] = value;
    if (only !== undefined && others.length === 0) return [key, rows.map((row) => fill(only, row))];
    return [key, value.map((item, index) => fill(item, rows[index] ?? firstRow))];
  });
  return Object.fromEntries(filled);
}

/** Whether a template has a place for several records. */
export function hasRecords(template: JsonObject): boolean {
  return isJsonList(template['records']);
}

function lookupIn(row: Row, { variables }: FillOptions): Lookup {
  return (path) => {
    const [first = ''] = path;
    if (!first.startsWith('_')) return flat(valueAt(row, path));
    return first === '_id' ? row['id'] : valueAt(variables, path);
  };
}

/** A related record is its id here: there is no list of fields that says more. */
function flat(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return value;
  if (isJsonList(value)) return value.map((item) => flat(item) ?? null);
  return isRelated(value) ? idOf(value) : plainValue(value);
}
