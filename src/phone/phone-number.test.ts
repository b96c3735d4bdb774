import { describe, expect, test } from 'vitest';
import { parsePhoneNumber } from './phone-number.ts';

describe('parsePhoneNumber', () => {
  test.each([
    ['+45 12 34 56 78', undefined, '4512345678', 'DK'],
    ['12 34 56 78', 'DK', '4512345678', 'DK'],
    ['0045 12345678', 'DK', '4512345678', 'DK'],
    ['+33 (0)6 12 34 56 78', undefined, '33612345678', 'FR'],
    ['020 7946 0018', 'GB', '442079460018', 'GB'],
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
  ])('refuses %s in %s with words', (text, country) => {
    const parsed = parsePhoneNumber(text, country);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.words.length).toBeGreaterThan(10);
  });

  test('a country nobody knows is as good as none', () => {
    expect(parsePhoneNumber('+4512345678', 'XX')).toMatchObject({ ok: true, e164: '+4512345678' });
  });
});
