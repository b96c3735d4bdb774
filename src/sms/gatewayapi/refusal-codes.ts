/**
 * What a refusal is about: the account (all messages share its fate), a text (all messages with that text do), or one
 * message among others.
 */
export type RefusalScope = 'account' | 'text' | 'message';

export type Refusal = { scope: RefusalScope; failureType: string };
type DocumentedRefusal = Refusal & { code: string; status: number; meaning: string };

function refusal(
  code: string,
  [status, meaning]: readonly [number, string],
  scope: RefusalScope,
  failureType: string,
): DocumentedRefusal {
  return { code, status, meaning, scope, failureType };
}

/**
 * GatewayAPI's API error codes (REST documentation, "API errors") and the Odoo failure types they show as. What is wrong
 * with the way every request is made counts as the account's: taking the request apart would not help.
 */
export const REFUSAL_CODES: readonly DocumentedRefusal[] = [
  refusal('0x0210', [401, 'unknown user name'], 'account', 'sms_acc'),
  refusal('0x0211', [401, 'wrong password'], 'account', 'sms_acc'),
  refusal('0x0212', [401, 'invalid IP address'], 'account', 'sms_acc'),
  refusal('0x0213', [403, 'IP address not authorised'], 'account', 'sms_acc'),
  refusal('0x0214', [403, 'number blacklisted for a while'], 'message', 'sms_not_allowed'),
  refusal('0x0215', [403, 'number blacklisted'], 'message', 'sms_not_allowed'),
  refusal('0x0216', [403, 'insufficient credit'], 'account', 'sms_credit'),
  refusal('0x0217', [403, 'country not allowed'], 'message', 'sms_country_not_supported'),
  refusal('0x0218', [422, 'unknown message class'], 'account', 'sms_server'),
  refusal('0x0219', [403, 'e-mail not enabled'], 'account', 'sms_acc'),
  refusal('0x021A', [403, 'number look-up not enabled'], 'account', 'sms_acc'),
  refusal('0x021B', [403, 'phone book not enabled'], 'account', 'sms_acc'),
  refusal('0x021C', [403, 'MMS not enabled'], 'account', 'sms_acc'),
  refusal('0x021D', [403, 'SMS not enabled'], 'account', 'sms_acc'),
  refusal('0x021F', [403, 'operator not allowed'], 'message', 'sms_not_allowed'),
  refusal('0x0220', [400, 'unsupported parameter'], 'account', 'sms_server'),
  refusal('0x0221', [400, 'unsupported signature method'], 'account', 'sms_server'),
  refusal('0x0222', [400, 'missing parameter'], 'message', 'sms_server'),
  refusal('0x0223', [401, 'wrong consumer key'], 'account', 'sms_acc'),
  refusal('0x0224', [401, 'wrong signature'], 'account', 'sms_acc'),
  refusal('0x0225', [401, 'expired time stamp'], 'account', 'sms_acc'),
  refusal('0x0226', [401, 'wrong nonce'], 'account', 'sms_acc'),
  refusal('0x0229', [401, 'invalid token'], 'account', 'sms_acc'),
  refusal('0x022A', [403, 'account frozen'], 'account', 'sms_acc'),
  refusal('0x0310', [422, 'the same recipient twice'], 'message', 'sms_server'),
  refusal('0x0311', [422, 'priority not available'], 'account', 'sms_server'),
  refusal('0x0312', [422, 'content filtered'], 'text', 'unknown'),
];

/** The codes of faults of the service itself: nothing was taken, and the request is made again. */
export const RETRIED_CODES = [{ code: '0x021E', status: 500, meaning: 'message class not set up' }] as const;

const BY_CODE: ReadonlyMap<string, Refusal> = new Map(
  REFUSAL_CODES.map(({ code, scope, failureType }) => [code, { scope, failureType }]),
);

/** Statuses without a known code that one message among others may cause; the others speak of the account or address. */
const MESSAGE_STATUSES = new Set([400, 413, 422]);

/** What a refusal with this code, or without a known one with this status, is about and shows as. */
export function refusalOf(code: string | null | undefined, status: number): Refusal {
  return BY_CODE.get(normalised(code ?? '')) ?? byStatus(status);
}

function byStatus(status: number): Refusal {
  if (status === 401 || status === 403) return { scope: 'account', failureType: 'sms_acc' };
  return MESSAGE_STATUSES.has(status)
    ? { scope: 'message', failureType: 'unknown' }
    : { scope: 'account', failureType: 'sms_server' };
}

/** The documentation writes the hexadecimal digits in capitals. */
function normalised(code: string): string {
  return code.replace(/^0x[0-9a-f]+$/i, (hex) => `0x${hex.slice(2).toUpperCase()}`);
}
