import { OdooError } from './errors.ts';
import type { Json } from './odoo.ts';

/**
 * JSON text of a request. What PostgreSQL or Python cannot hold is settled here, once and without touching the
 * caller's values: NUL characters are removed, lone surrogates become U+FFFD (both come with pasted chat text and
 * would fail the whole batch); NaN, infinities and integers beyond 2^53 are refused with kind `validation`,
 * because they would arrive as another number.
 */
export function encodeRequest(what: string, request: { readonly [key: string]: Json }): string {
  return JSON.stringify(request, (_key, value: unknown) => {
    if (typeof value === 'string') return cleanText(value);
    if (typeof value === 'number' && isUnsafeNumber(value)) {
      throw new OdooError({
        kind: 'validation',
        outcome: 'not-done',
        message: `A number given to ${what} cannot be sent exactly; expected a finite number below 2^53. Send it as text.`,
      });
    }
    return value;
  });
}

/** Text as PostgreSQL can store it. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\u0000') ? wellFormed.replaceAll('\u0000', '') : wellFormed;
}

function isUnsafeNumber(value: number): boolean {
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}
