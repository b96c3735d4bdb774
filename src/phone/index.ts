export { type ParsedPhoneNumber, parsePhoneNumber } from './phone-number.ts';
