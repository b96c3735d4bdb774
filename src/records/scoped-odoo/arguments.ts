import type { Json } from '../../odoo/index.ts';
import { isList, isObject, type JsonObject } from '../scope/json.ts';
import { OdooFault } from './odoo-fault.ts';

/** Python's idea of nothing: clients send an empty text, zero or False for what they leave out. */
export function isNothing(value: Json | undefined): boolean {
  if (isList(value)) return value.length === 0;
  return !value || (isObject(value) && Object.keys(value).length === 0);
}

/** The ids that a method runs on: a number stands for a list of one. Throws a TypeError as Python names it. */
export function idsOf(value: Json | undefined): number[] {
  if (value === false || value === null) return [];
  const list = isList(value) ? value : [value];
  return list.map((id) => {
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
    throw badArgument('ids must be a list of numbers');
  });
}

/** A list of texts, or of one. */
export function textsOf(name: string, value: Json | undefined): string[] {
  if (isNothing(value)) return [];
  const list = isList(value) ? value : [value];
  return list.map((text) => {
    if (typeof text === 'string') return text;
    throw badArgument(`${name} must be a list of texts`);
  });
}

/** A text; undefined for nothing. */
export function textOf(name: string, value: Json | undefined): string | undefined {
  if (isNothing(value)) return undefined;
  if (typeof value === 'string') return value;
  throw badArgument(`${name} must be a text`);
}

/** A whole number from zero on; undefined for nothing. */
export function countOf(name: string, value: Json | undefined): number | undefined {
  if (isNothing(value)) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw badArgument(`${name} must be a whole number that is not negative`);
}

export function objectOf(name: string, value: Json | undefined): JsonObject {
  if (isNothing(value)) return {};
  if (isObject(value)) return value;
  throw badArgument(`${name} must be a mapping of names to values`);
}

/** A list; an empty one for nothing. */
export function listOf(name: string, value: Json | undefined): readonly Json[] {
  if (isNothing(value)) return [];
  if (isList(value)) return value;
  throw badArgument(`${name} must be a list`);
}

export function badArgument(words: string): OdooFault {
  return new OdooFault('TypeError', words);
}
