import { GatewayApiErrorBody, type InvalidField, type MessageTaken } from '../schema.ts';
import type { Charge } from './charges.ts';
import { type Refusal, type RefusalScope, refusalOf } from './refusal-codes.ts';
import type { OutgoingSms, ProviderAnswer } from './sending-api.ts';

/** GatewayAPI's id of a message: a number of the REST API, a ULID of the messaging API. */
export type MessageId = number | string;

/** What became of one message. */
export type MessageOutcome =
  | { kind: 'accepted'; messageId: MessageId | null; charge?: Charge }
  | RefusedMessage
  | { kind: 'not-accepted'; words: string; retryAfterMs: number | null }
  | { kind: 'unknown'; words: string };
export type RefusedMessage = { kind: 'refused'; failureType: string; words: string };

/** What came of one request to send. */
export type SendOutcome =
  /** Taken: `ids` (and `charges`) in the order of the request, or empty when the answer could not be matched. */
  | { kind: 'accepted'; ids: readonly MessageId[]; charges?: readonly Charge[] }
  /** Taken, with an answer to each message, in the order of the request. */
  | { kind: 'each'; outcomes: readonly MessageOutcome[] }
  /** Nothing was taken and nothing will be: the request has to change. */
  | { kind: 'refused'; scope: RefusalScope; failureType: string; words: string; suspects: readonly string[] }
  /** Nothing was taken because of these messages, by their place in the request: the others may go without them. */
  | { kind: 'invalid'; messages: ReadonlyMap<number, RefusedMessage> }
  /** Nothing was taken, and the same request may be made again after `retryAfterMs` (null: no wish). */
  | { kind: 'not-accepted'; words: string; retryAfterMs: number | null }
  /** It may or may not have been taken: never to be repeated blindly. */
  | { kind: 'unknown'; words: string };

/** Words are shown in Odoo, so they are kept short. */
const MAX_WORDS = 300;

/**
 * What an answer other than an acceptance means, on either API: both refuse with GatewayAPI's error object, and the
 * messaging API also with a list of invalid fields. A 4xx is about the whole request, so nothing of it was accepted.
 */
export function outcomeOfAnswer(answer: ProviderAnswer, messages: readonly OutgoingSms[] = []): SendOutcome {
  const { status, retryAfterMs } = answer;
  const error = parseErrorBody(answer.body);
  const words = (error && wordsOf(error)) ?? `GatewayAPI answered ${status}.`;
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
  if (error !== null && status === 422) {
    const invalid = invalidMessages(error, messages.length);
    if (invalid.size > 0) return { kind: 'invalid', messages: invalid };
  }
  const suspects = error === null ? [] : suspectNumbers(error);
  return { kind: 'refused', ...refusalOfError(error, status), words, suspects };
}

/** An answer to one message that is no acceptance: its refusal, or nothing that anybody could read. */
export function outcomeOfUntaken(one: MessageTaken): MessageOutcome {
  const error = typeof one.error === 'string' ? { message: one.error } : (one.error ?? one);
  const parsed = GatewayApiErrorBody.safeParse(error).data ?? null;
  const words = parsed && wordsOf(parsed);
  if (parsed === null || !words)
    return { kind: 'unknown', words: 'GatewayAPI gave it neither an id nor an error.' };
  return { kind: 'refused', failureType: refusalOfError(parsed, 422).failureType, words };
}

/** Fields of a message that hold what the account says, and so are as wrong in all others. */
const ACCOUNT_FIELDS = new Set(['sender', 'label', 'priority', 'expiration']);
const FAILURE_OF_FIELD: ReadonlyMap<string, string> = new Map([['recipient', 'sms_number_format']]);

function refusalOfError(error: GatewayApiErrorBody | null, status: number): Refusal {
  const isOfAccount = fieldsOf(error).some(({ loc }) => ACCOUNT_FIELDS.has(lastName(loc)));
  if (error?.code == null && isOfAccount) return { scope: 'account', failureType: 'sms_server' };
  return refusalOf(error?.code, status);
}

/** The messages whose own fields are invalid; none when it is the account's, or nobody's. */
function invalidMessages(error: GatewayApiErrorBody, count: number): Map<number, RefusedMessage> {
  const invalid = new Map<number, RefusedMessage>();
  if (refusalOfError(error, 422).scope === 'account') return invalid;
  for (const field of fieldsOf(error)) {
    const index = field.loc.find((step) => typeof step === 'number');
    if (index === undefined || index < 0 || index >= count || invalid.has(index)) continue;
    const failureType = FAILURE_OF_FIELD.get(lastName(field.loc)) ?? 'unknown';
    invalid.set(index, { kind: 'refused', failureType, words: `GatewayAPI: ${wordsOfField(field)}` });
  }
  return invalid;
}

function parseErrorBody(body: string): GatewayApiErrorBody | null {
  try {
    return GatewayApiErrorBody.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

function fieldsOf(error: GatewayApiErrorBody | null): readonly InvalidField[] {
  return Array.isArray(error?.detail) ? error.detail : [];
}

function lastName(loc: InvalidField['loc']): string {
  return String(loc.findLast((step) => typeof step === 'string') ?? '');
}

function wordsOfField({ loc, msg }: InvalidField): string {
  const name = lastName(loc);
  return `${name === '' ? '' : `${name}: `}${msg}`.slice(0, MAX_WORDS);
}

/** `%1` in the message stands for the first of `variables`, and so on. */
function filledIn(error: GatewayApiErrorBody): string {
  const message =
    error.message ?? (typeof error.detail === 'string' ? error.detail : error.description) ?? '';
  return message.replace(/%(\d)/g, (placeholder, digit: string) =>
    String(error.variables?.[Number(digit) - 1] ?? placeholder),
  );
}

function wordsOf(error: GatewayApiErrorBody): string | null {
  const code = error.code == null ? '' : ` (${error.code})`;
  const [field] = fieldsOf(error);
  const said = filledIn(error) || (field === undefined ? '' : wordsOfField(field));
  return said === '' && code === ''
    ? null
    : `GatewayAPI: ${said.slice(0, MAX_WORDS)}${code.slice(0, MAX_WORDS)}`;
}

/** Numbers that the error names: most likely the ones it is about. */
function suspectNumbers(error: GatewayApiErrorBody): string[] {
  return [...filledIn(error).matchAll(/\d{5,15}/g)].map(([digits]) => digits);
}
