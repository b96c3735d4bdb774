import type { Json } from '../../odoo/index.ts';
import type { ValueKind } from '../catalogue/documents.ts';
import { isJsonList, isJsonObject } from './json-text.ts';

/** One record as `web_read` gives it. */
export type Row = { readonly [field: string]: Json };

const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|\+00:00)?$/;
const ODOO_MOMENT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/** A value as the documented payloads have it; what Odoo calls False is null in all but booleans. */
export function documentedValue(kind: ValueKind, value: Json | undefined): Json {
  if (kind === 'boolean') return value === true;
  if (value === undefined || value === null || value === false) return null;
  if (kind === 'relation') return idOf(value) ?? null;
  if (kind === 'datetime') return momentText(value);
  return kind === 'date' && typeof value === 'string' ? value.slice(0, 10) : value;
}

/** A value whose kind nobody told, as Odoo has it; moments as `2025-01-22T10:00:00Z`, of relations only the id as `{"id": 1}`. */
export function plainValue(value: Json | undefined): Json {
  if (value === undefined || value === null) return false;
  if (typeof value === 'string') return ODOO_MOMENT.test(value) ? momentText(value) : value;
  if (isJsonList(value)) return value.map((item) => (isRelated(item) ? onlyId(item) : item));
  return isRelated(value) ? onlyId(value) : value;
}

/** True for the object that stands for a related record. */
export function isRelated(value: Json | undefined): value is Row {
  return isJsonObject(value) && Object.hasOwn(value, 'id');
}

/** The id of a related record, given as itself or as the object that was read; undefined for anything else. */
export function idOf(value: Json | undefined): Json | undefined {
  if (typeof value === 'number') return value;
  return isRelated(value) ? value['id'] : undefined;
}

function onlyId(related: Row): Json {
  return { id: related['id'] ?? null };
}

function momentText(value: Json): Json {
  const parts = typeof value === 'string' ? MOMENT.exec(value) : null;
  return parts === null ? value : `${parts[1]}T${parts[2]}Z`;
}
