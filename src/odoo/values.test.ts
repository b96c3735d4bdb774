import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OdooError } from './errors.ts';
import type { Json } from './odoo.ts';
import { cleanCall, cleanText } from './values.ts';

const clean = (value: Json): Json | undefined => cleanCall('a.b', { args: [value], kwargs: {} }).args[0];

/** As a caller without types may give it. */
function untyped(value: unknown): Json {
  return JSON.parse('[null]', () => value);
}

describe('values on their way to Odoo', () => {
  test('lose what no XML can hold, and keep every other character', () => {
    expect(cleanText('a\u0000b\u000bc\u001f\ufffed')).toBe('abcd');
    expect(cleanText('a\ud800b')).toBe('a\ufffdb');
    expect(cleanText(' 👍 \t\r\n\u0085\u007f é ')).toBe(' 👍 \t\r\n\u0085\u007f é ');
  });

  test('always become text that PostgreSQL can store', () => {
    const anyText = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(anyText, (text) => {
        const cleaned = cleanText(text);
        expect(cleaned.isWellFormed() && !cleaned.includes('\u0000')).toBe(true);
      }),
    );
  });

  test('are cleaned at any depth, and the caller’s own values are left alone', () => {
    const payload = { list: [{ 'te\u0000xt': 'a\u0000' }] };
    expect(clean(payload)).toEqual({ list: [{ text: 'a' }] });
    expect(payload).toEqual({ list: [{ 'te\u0000xt': 'a\u0000' }] });
    expect(cleanCall('a.b', { args: [], kwargs: { name: '\u0000' } }).kwargs).toEqual({ name: '' });
  });

  test('that are nothing are left out of objects, and moments are written as UTC', () => {
    const given = untyped({ phone: undefined, at: new Date('2026-03-29T23:30:00.900Z'), list: [undefined] });
    expect(clean(given)).toEqual({ at: '2026-03-29 23:30:00', list: [null] });
  });

  test('may have any key', () => {
    expect(JSON.stringify(clean(JSON.parse('{"__proto__": 1}')))).toBe('{"__proto__":1}');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), 1e300])(
    'are refused when they are %d',
    (number) => {
      expect(() => clean({ number })).toThrow(OdooError);
      expect(() => clean({ number })).toThrow(/a\.b cannot be sent exactly/);
    },
  );

  test.each([
    ['bytes', Buffer.from('x')],
    ['a map', new Map([[1, 2]])],
    ['a large integer', 1n],
    ['a function', () => 1],
    ['no date', new Date(Number.NaN)],
  ])('are refused when they are %s', (_name, value) => {
    expect(() => clean(untyped(value))).toThrow(/cannot be sent exactly/);
  });

  test('are refused when they are nested without end', () => {
    const nested = (levels: number): Json => (levels === 0 ? [] : [nested(levels - 1)]);
    expect(clean(nested(50))).toEqual(nested(50));
    const circle: Json[] = [];
    circle.push(circle);
    for (const value of [nested(200), circle]) expect(() => clean(value)).toThrow(/100 levels of nesting/);
  });

  test('keep the greatest exact integers and fractions', () => {
    const numbers = [Number.MAX_SAFE_INTEGER, 0.1, -1e10, 1.5e-9];
    expect(clean(numbers)).toEqual(numbers);
  });
});
