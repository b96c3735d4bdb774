import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OdooError } from './errors.ts';
import { cleanText, encodeRequest } from './values.ts';

describe('values on their way to Odoo', () => {
  test('lose NUL characters and lone surrogates, and keep every other character', () => {
    expect(cleanText('a\u0000b')).toBe('ab');
    expect(cleanText('a\ud800b')).toBe('a\ufffdb');
    expect(cleanText('👍 \u000b\u001f\ufffe é')).toBe('👍 \u000b\u001f\ufffe é');
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
    const payload = { list: [{ text: 'a\u0000' }] };
    expect(encodeRequest('a.b', payload)).toBe('{"list":[{"text":"a"}]}');
    expect(payload).toEqual({ list: [{ text: 'a\u0000' }] });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)])(
    'are refused when they are %d',
    (number) => {
      const encode = () => encodeRequest('a.b', { number });
      expect(encode).toThrow(OdooError);
      expect(encode).toThrow(/a\.b cannot be sent exactly/);
    },
  );

  test('keep the greatest exact integers and fractions', () => {
    expect(encodeRequest('a.b', { numbers: [Number.MAX_SAFE_INTEGER, 0.1, -1e300 / 1e290] })).toBe(
      '{"numbers":[9007199254740991,0.1,-10000000000]}',
    );
  });
});
