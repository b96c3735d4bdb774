import { parsePhoneNumber } from '../../phone/index.ts';
import type { SmsAccount } from '../accounts/accounts.ts';

/**
 * The dedupe key of an SMS in the send queue. With the number: whoever knows a uuid but not its number must not stand in
 * the way of the true SMS.
 */
export function sendKey(uuid: string, msisdn: string): string {
  return `${uuid}:${msisdn}`;
}

/** Which country it is in the end, the sending account and its company say; refused is what is a number in none. */
export function parseInAnyCountry(number: string, accounts: readonly SmsAccount[]) {
  const countries = new Set(accounts.flatMap(({ country, countries }) => country ?? countries));
  const parsed = [...countries].map((country) => parsePhoneNumber(number, country));
  return parsed.find(({ ok }) => ok) ?? parsed[0] ?? parsePhoneNumber(number);
}
