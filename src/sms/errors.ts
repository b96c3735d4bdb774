import { GatewayApiErrorBody } from './schema.ts';

/**
 * What a refusal is about: the account (all messages share its fate), a text (all messages with that text do), or one
 * message among others.
 */
export type RefusalScope = 'account' | 'text' | 'message';

/** What came of one `POST /rest/mtsms`. */
export type SendOutcome =
  /** Taken: `ids` in the order of the request, or empty when the answer could not be matched. */
  | { kind: 'accepted'; ids: readonly number[] }
  /** Nothing was taken and nothing will be: the request has to change. */
  | { kind: 'refused'; scope: RefusalScope; failureType: string; words: string; suspects: readonly string[] }
  /** Nothing was taken, and the same request may be made again after `retryAfterMs` (null: no wish). */
  | { kind: 'not-accepted'; words: string; retryAfterMs: number | null }
  /** It may or may not have been taken: never to be repeated blindly. */
  | { kind: 'unknown'; words: string };

type Refusal = { scope: RefusalScope; failureType: string };
const account = (failureType: string): Refusal => ({ scope: 'account', failureType });
const message = (failureType: string): Refusal => ({ scope: 'message', failureType });

/**
 * GatewayAPI's API error codes (REST documentation, "API errors") and the Odoo failure types they show as. What is wrong
 * with the way every request is made counts as the account's: taking the request apart would not help.
 */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['0x0210', account('sms_acc')],
  ['0x0211', account('sms_acc')],
  ['0x0212', account('sms_acc')],
  ['0x0213', account('sms_acc')],
  ['0x0214', message('sms_not_allowed')],
  ['0x0215', message('sms_not_allowed')],
  ['0x0216', account('sms_credit')],
  ['0x0217', message('sms_country_not_supported')],
  ['0x0218', account('sms_server')],
  ['0x0219', account('sms_acc')],
  ['0x021A', account('sms_acc')],
  ['0x021B', account('sms_acc')],
  ['0x021C', account('sms_acc')],
  ['0x021D', account('sms_acc')],
  ['0x021F', message('sms_not_allowed')],
  ['0x0220', account('sms_server')],
  ['0x0221', account('sms_server')],
  ['0x0222', message('sms_server')],
  ['0x0223', account('sms_acc')],
  ['0x0224', account('sms_acc')],
  ['0x0225', account('sms_acc')],
  ['0x0226', account('sms_acc')],
  ['0x0229', account('sms_acc')],
  ['0x022A', account('sms_acc')],
  ['0x0310', message('sms_server')],
  ['0x0311', account('sms_server')],
  ['0x0312', { scope: 'text', failureType: 'unknown' }],
]);

/** Statuses without a known code that one message among others may cause; the others speak of the account or address. */
const MESSAGE_STATUSES = new Set([400, 413, 422]);

/** Words are shown in Odoo, so they are kept short. */
const MAX_WORDS = 300;

/** What GatewayAPI's answer means. A 4xx has one error object for the whole request, so nothing of it was accepted. */
export function outcomeOfAnswer(answer: {
  status: number;
  body: string;
  retryAfterMs: number | null;
}): SendOutcome {
  const { status, retryAfterMs } = answer;
  const error = parseErrorBody(answer.body);
  const words = error === null ? `GatewayAPI answered ${status}.` : wordsOf(error);
  const notAccepted = { kind: 'not-accepted', words, retryAfterMs } as const;
  if (status === 429 || status === 408) return notAccepted;
  if (status >= 500) {
    // GatewayAPI's own error object says that the request failed as a whole, and Retry-After that it is to be made again.
    // Anything else came from something in between, behind which the request may well have been taken.
    const isItsOwn = error?.code != null || error?.incident_uuid != null;
    const asksAgain = status === 503 && retryAfterMs !== null;
    return isItsOwn || asksAgain ? notAccepted : { kind: 'unknown', words };
  }
  if (status < 400) return { kind: 'unknown', words: `GatewayAPI answered ${status}, which it never does.` };
  const refusal = REFUSALS.get(normalised(error?.code ?? '')) ?? defaultRefusal(status);
  return {
    kind: 'refused',
    ...refusal,
    words,
    suspects: error === null ? [] : suspectNumbers(error),
  };
}

function defaultRefusal(status: number): Refusal {
  if (status === 401 || status === 403) return account('sms_acc');
  return MESSAGE_STATUSES.has(status) ? message('unknown') : account('sms_server');
}

function parseErrorBody(body: string): GatewayApiErrorBody | null {
  try {
    return GatewayApiErrorBody.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

/** `%1` in the message stands for the first of `variables`, and so on. */
function filledIn(error: GatewayApiErrorBody): string {
  return error.message.replace(/%(\d)/g, (placeholder, digit: string) =>
    String(error.variables?.[Number(digit) - 1] ?? placeholder),
  );
}

function wordsOf(error: GatewayApiErrorBody): string {
  const code = error.code == null ? '' : ` (${error.code})`;
  return `GatewayAPI: ${filledIn(error).slice(0, MAX_WORDS)}${code.slice(0, MAX_WORDS)}`;
}

/** The documentation writes the hexadecimal digits in capitals. */
function normalised(code: string): string {
  return code.replace(/^0x[0-9a-f]+$/i, (hex) => `0x${hex.slice(2).toUpperCase()}`);
}

/** Numbers that the error names: most likely the ones it is about. */
function suspectNumbers(error: GatewayApiErrorBody): string[] {
  return [...filledIn(error).matchAll(/\d{5,15}/g)].map(([digits]) => digits);
}
