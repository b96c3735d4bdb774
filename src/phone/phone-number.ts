import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type ParsedPhoneNumber =
  | { ok: true; e164: string; msisdn: string; country: string | null }
  | { ok: false; words: string };

/**
 * Reads a phone number as a person or Odoo wrote it. A number without `+` is read in `defaultCountry`
 * (ISO 3166 alpha-2). Judged by possible lengths, not by allotted ranges: numbering plans grow faster than tables.
 */
export function parsePhoneNumber(text: string, defaultCountry?: string): ParsedPhoneNumber {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: false, words: 'The number is missing.' };
  const number = parsePhoneNumberFromString(trimmed, {
    ...(defaultCountry !== undefined && isKnownCountry(defaultCountry) ? { defaultCountry } : {}),
    extract: false,
  });
  if (number === undefined) {
    return {
      ok: false,
      words:
        'The number could not be read. Write it with + and the country code, for example +45 12 34 56 78.',
    };
  }
  if (!number.isPossible()) {
    return {
      ok: false,
      words: `The number has an impossible length for ${number.country ?? `+${number.countryCallingCode}`}.`,
    };
  }
  return {
    ok: true,
    e164: number.number,
    msisdn: number.number.slice(1),
    country: number.country ?? null,
  };
}

/** Whether this is a country code (ISO 3166 alpha-2) that numbers can be read in. */
export function isKnownCountry(code: string): code is CountryCode {
  return isSupportedCountry(code);
}
