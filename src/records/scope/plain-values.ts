import type { Json } from '../../odoo/index.ts';
import { isEmpty, isScalar } from './json.ts';

const PLAIN: Readonly<Record<string, { expected: string; takes: (value: Json) => boolean }>> = {
  boolean: { expected: 'true or false', takes: (value) => value === true || value === 0 || value === 1 },
  integer: { expected: 'a whole number', takes: (value) => /^-?\d{1,10}$/.test(String(value)) },
  float: { expected: 'a number', takes: isNumeric },
  monetary: { expected: 'a number', takes: isNumeric },
  date: {
    expected: 'a day, as 2026-01-22',
    takes: (value) => /^\d{4}-\d\d-\d\d([ T].*)?$/.test(String(value)),
  },
  datetime: {
    expected: 'a moment with its zone, as 2026-01-22T10:00:00Z',
    takes: (value) => /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(String(value)),
  },
};

function isNumeric(value: Json): boolean {
  return value !== true && Number.isFinite(Number(value));
}

/**
 * What a field of this type takes, in words, where the value is not that; null where it is. Refused is what Odoo would take for
 * something else, as the text "false" for true, or answer with words of its code.
 */
export function expectedPlain(type: string, value: Json): string | null {
  const { expected, takes } = PLAIN[type] ?? { expected: `a plain value (${type})`, takes: isScalar };
  return isEmpty(value) || value === '' || (isScalar(value) && takes(value)) ? null : expected;
}
