import { describe, expect, test } from 'vitest';
import { isKnownCountry, parsePhoneNumber } from './phone-number.ts';

describe('parsePhoneNumber', () => {
  test.each([
    ['+45 12 34 56 78', undefined, '4512345678', 'DK'],
    ['12 34 56 78', 'DK', '4512345678', 'DK'],
    ['0045 12345678', 'DK', '4512345678', 'DK'],
    ['+33 (0)6 12 34 56 78', undefined, '33612345678', 'FR'],
    ['020 7946 0018', 'GB', '442079460018', 'GB'],
    ['+45 12345678 ext. 12', undefined, '4512345678', 'DK'],
    ['٤٥ ١٢٣٤٥٦٧٨', 'DK', '4512345678', 'DK'],
  ])('reads %s in %s', (text, country, msisdn, expectedCountry) => {
    expect(parsePhoneNumber(text, country)).toMatchObject({ ok: true, msisdn, country: expectedCountry });
  });

  test.each([
    ['', undefined],
    ['   ', 'DK'],
    ['12345678', undefined],
    ['+45 12', undefined],
    ['+4512345678901234', undefined],
    ['call me maybe', 'DK'],
    ['201', 'DK'],
    ['+999 123456', undefined],
    ['112', 'DK'],
    ['0800 FLOWERS', 'GB'],
    ['+45 12 34 56 78 / +45 87 65 43 21', undefined],
    ['1'.repeat(300), 'DK'],
  ])('refuses %s in %s with words', (text, country) => {
    const parsed = parsePhoneNumber(text, country);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.words.length).toBeGreaterThan(10);
  });

  test.each(['XX', '', 'dk', 'constructor'])('a country nobody knows (%j) is as good as none', (country) => {
    expect(isKnownCountry(country)).toBe(false);
    expect(parsePhoneNumber('+4512345678', country)).toMatchObject({ ok: true, e164: '+4512345678' });
    expect(parsePhoneNumber('12345678', country)).toMatchObject({ ok: false });
  });

  test('a number that belongs to no country has none', () => {
    expect(parsePhoneNumber('+883 5100 1234 5678')).toMatchObject({ ok: true, country: null });
  });
});
