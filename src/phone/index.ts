export { isKnownCountry, type ParsedPhoneNumber, parsePhoneNumber } from './phone-number.ts';
