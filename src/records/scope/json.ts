import type { Json } from '../../odoo/index.ts';

export type JsonObject = { readonly [key: string]: Json };

/** True for a list of values. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** True for an object with named members. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for what can be the id of a record. */
export function isId(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/** True for what Odoo takes for an empty field. */
export function isEmpty(value: Json | undefined): value is null | false {
  return value === null || value === false;
}

/** True for text, numbers, truth values and null. */
export function isScalar(value: Json | undefined): value is string | number | boolean | null {
  return value !== undefined && (value === null || typeof value !== 'object');
}
