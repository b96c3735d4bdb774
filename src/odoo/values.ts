import { OdooError } from './errors.ts';
import type { Json } from './odoo.ts';

type Call = { args: readonly Json[]; kwargs: { readonly [name: string]: Json } };

type Fields = { readonly [key: string]: unknown };

/** Nesting that every transport and Python's own parsers carry. */
const MAX_DEPTH = 100;

/**
 * Copies of a call's values as every transport carries them and PostgreSQL stores them, so that a call means the same on
 * each; the caller's own are not touched. Characters that no XML and no PostgreSQL text can hold are removed, lone
 * surrogates become U+FFFD (both come with pasted chat text and would fail the whole batch), and `undefined` is left
 * out. What would arrive as something else is refused with kind `validation`, outcome `not-done`: NaN, infinities,
 * integers beyond 2^53, values that JSON does not have, and nesting deeper than 100.
 */
export function cleanCall(what: string, { args, kwargs }: Call): Call {
  return {
    args: args.map((value) => cleanValue(what, value, 1)),
    kwargs: cleanObject(what, kwargs, 1),
  };
}

function cleanValue(what: string, value: unknown, depth: number): Json {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
    throw notSent(what, 'A number', 'a finite number below 2^53. Send it as text.');
  }
  if (depth > MAX_DEPTH) throw notSent(what, 'A value', `at most ${MAX_DEPTH} levels of nesting.`);
  if (Array.isArray(value)) return value.map((item) => cleanValue(what, item, depth + 1));
  if (value instanceof Date) return dateText(what, value);
  if (isPlainObject(value)) return cleanObject(what, value, depth + 1);
  throw notSent(
    what,
    `A value of type ${typeof value}`,
    'text, numbers, booleans, null, lists and plain objects.',
  );
}

function cleanObject(what: string, object: Fields, depth: number): { [key: string]: Json } {
  const copy: { [key: string]: Json } = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const clean = cleanValue(what, value, depth);
    // Assigned plainly, it would become the prototype.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: clean, enumerable: true });
    else copy[cleanText(key)] = clean;
  }
  return copy;
}

/** Everything that XML 1.0 cannot hold, NUL among it. Odoo removes most of these itself from what it answers as XML. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NOT_STORABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Text as PostgreSQL can store and every transport can carry it. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return NOT_STORABLE.test(wellFormed) ? wellFormed.split(NOT_STORABLE).join('') : wellFormed;
}

/** As Odoo writes a moment: UTC, without an offset. */
function dateText(what: string, date: Date): string {
  if (Number.isNaN(date.getTime())) throw notSent(what, 'A date', 'one that exists.');
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function notSent(what: string, found: string, expected: string): OdooError {
  return new OdooError({
    kind: 'validation',
    outcome: 'not-done',
    message: `${found} given to ${what} cannot be sent exactly; expected ${expected}`,
  });
}
