import {
  type HttpContext,
  HttpError,
  parseJson,
  type RateLimit,
  type Route,
  rawBody,
} from '../../http/index.ts';
import type { Journal, NewEntry } from '../../journal/index.ts';
import type { IapAccount, SmsAccount } from '../accounts/accounts.ts';
import type { SmsDatabase } from '../database.ts';
import { countSegments } from '../gatewayapi/segments.ts';
import { SEND_QUEUE, STATE_QUEUE } from '../queues.ts';
import { JsonRpcRequest, type SendJob, SendParams, type SendResult, type StateJob } from '../schema.ts';
import { parseInAnyCountry, sendKey } from './send-key.ts';

export type SendRouteOptions = {
  journal: Pick<Journal, 'append'>;
  databaseOf: (uuid: string) => Promise<SmsDatabase | null>;
  limits: { postBytes: number; postMessages: number };
  rateLimit: RateLimit;
  nowMs: () => number;
  /** Counts messages by what was answered. */
  onTaken: (count: number, database: SmsDatabase) => void;
};

/** GatewayAPI's field `max_parts` ends at 255. */
const MAX_SEGMENTS = 255;
/** What the JSON of a post may hold for each SMS, and around them; Odoo writes 10 where each SMS has a text of its own. */
const MAX_VALUES_PER_SMS = 16;
const MAX_VALUES_AROUND = 256;
/** Characters of GSM 03.38 in so many segments. */
const MAX_CHARACTERS = MAX_SEGMENTS * 153;
/** A copy still names the address of Viaduct that the database it was made from has. */
const UNKNOWN_DATABASE =
  'Viaduct does not serve this database: it is a copy, or its id was changed. See Viaduct > Status in Odoo.';
/** Odoo commits only after our answer: a look before that is a call for nothing. Measured at about 1 ms per SMS. */
const FIRST_LOOK_MS = 80;
const FIRST_LOOK_PER_SMS_MS = 2;

/**
 * `POST /api/sms/3/send`: Odoo's own SMS protocol (17, 18 and 19; `sms/tools/sms_api.py`), JSON-RPC 2.0. Answered as soon
 * as the journal has the messages on disk; what is known to be wrong at once is refused with words.
 */
export function createSendRoute(options: SendRouteOptions): Route {
  const { journal, databaseOf, limits } = options;

  async function handle(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c, limits.postBytes);
    const request = parseRequest(bytes, MAX_VALUES_AROUND + limits.postMessages * MAX_VALUES_PER_SMS);
    // Counted before each one is looked at: the faults of a million wrong recipients are a gigabyte.
    const count = countMessages(request.params);
    if (count > limits.postMessages) throw tooMany(count, limits.postMessages);
    const params = parseParams(request.params);
    const messages = params.messages.flatMap(({ content, numbers }) =>
      numbers.map(({ number, uuid }) => ({ uuid, number: number || '', content: content || '' })),
    );
    const result = await answerAll(messages, params);
    return c.json({ jsonrpc: '2.0', id: request.id ?? null, result });
  }

  async function answerAll(messages: readonly Message[], params: SendParams): Promise<SendResult[]> {
    const all = (state: string) => messages.map(({ uuid }) => ({ uuid, state }));
    const database = await databaseOf(params.dbuuid);
    // Any word that Odoo does not know is shown to the user as the reason of the failure.
    if (database === null) return all(UNKNOWN_DATABASE);
    const held = database.heldWords();
    if (held !== null) return all(held);
    // No token proves nothing, even where Odoo has an account without one.
    const account = params.account_token ? await database.accounts.byIapToken(params.account_token) : null;
    if (account === null) return all('unregistered');
    const accounts = await database.accounts.all();
    const [only, ...more] = accounts;
    // Of several, only the company says which one is to send; that is known when Odoo has committed.
    if (only?.problem != null && more.length === 0) return all(only.problem);
    return append(messages, database, { account, accounts });
  }

  async function append(
    messages: readonly Message[],
    database: SmsDatabase,
    asked: Asked,
  ): Promise<SendResult[]> {
    const checked = messages.map((message) => check(message, asked));
    const jobs = checked.filter((outcome) => 'job' in outcome).map(({ job }) => job);
    const runAtMs = options.nowMs() + FIRST_LOOK_MS + FIRST_LOOK_PER_SMS_MS * jobs.length;
    const appended = await journal.append(
      jobs.map((job) => ({
        database: database.id,
        queue: SEND_QUEUE,
        key: job.uuid,
        dedupe: sendKey(job.uuid, job.msisdn),
        payload: JSON.stringify(job),
        runAtMs,
      })),
    );
    const ended = jobs.filter((_, index) => appended[index]?.duplicate && appended[index].state === 'done');
    if (ended.length > 0) await journal.append(ended.map((job) => repeated(job, database.id)));
    options.onTaken(jobs.length, database);
    return checked.map((outcome) =>
      'job' in outcome ? { uuid: outcome.job.uuid, state: 'processing' } : outcome.refusal,
    );
  }

  return { method: 'POST', path: '/api/sms/3/send', handle, rateLimit: options.rateLimit };
}

type Message = { uuid: string; number: string; content: string };
type Checked = { job: SendJob } | { refusal: SendResult };
/** Odoo's account that asks, and all that may have to send. */
type Asked = { account: IapAccount; accounts: readonly SmsAccount[] };

function check({ uuid, number, content }: Message, { account, accounts }: Asked): Checked {
  const parsed = parseInAnyCountry(number, accounts);
  if (!parsed.ok) {
    return { refusal: { uuid, state: 'wrong_number_format', failure_reason: parsed.words } };
  }
  const words = contentFault(content);
  if (words !== null) return { refusal: { uuid, state: words } };
  return { job: { uuid, number, msisdn: parsed.msisdn, content, iapAccountId: account.iapAccountId } };
}

function contentFault(content: string): string | null {
  if (content.trim() === '') return 'The SMS is empty. Write a text.';
  if (content.length > MAX_CHARACTERS) {
    return `The SMS is too long: ${content.length} characters, at most ${MAX_CHARACTERS} are allowed.`;
  }
  const { segments } = countSegments(content);
  if (segments <= MAX_SEGMENTS) return null;
  return `The SMS is too long: ${segments} segments, at most ${MAX_SEGMENTS} are allowed.`;
}

/**
 * A person sent an SMS again that was already handed over (Odoo never got our answer, or its outcome is unknown). It is
 * not sent twice; if its outcome is still unknown, that is said again.
 */
function repeated(job: SendJob, database: string): NewEntry {
  const state: StateJob = { kind: 'unknown', uuid: job.uuid, words: 'It was handed to GatewayAPI before.' };
  return { database, queue: STATE_QUEUE, key: job.uuid, payload: JSON.stringify(state) };
}

function parseRequest(body: Buffer, maxValues: number): JsonRpcRequest {
  try {
    return JsonRpcRequest.parse(parseJson(body, maxValues));
  } catch (error) {
    if (error instanceof HttpError) throw error;
    const detail =
      'The body is not a JSON-RPC 2.0 request, as Odoo posts it to {sms.endpoint}/api/sms/3/send.';
    throw new HttpError({ status: 400, code: 'not-json-rpc', detail });
  }
}

function parseParams(params: unknown): SendParams {
  const parsed = SendParams.safeParse(params);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join('.')).slice(0, 5);
  const detail = `These parameters are missing or of another kind than Odoo sends: ${where.join(', ')}.`;
  throw new HttpError({ status: 400, code: 'wrong-parameters', detail });
}

/** How many SMS these parameters ask for, whatever else is wrong with them. */
function countMessages(params: unknown): number {
  const messages = listIn(params, 'messages');
  return messages.reduce<number>((sum, message) => sum + Math.max(1, listIn(message, 'numbers').length), 0);
}

function listIn(holder: unknown, name: string): readonly unknown[] {
  if (typeof holder !== 'object' || holder === null) return [];
  const list: unknown = Object.getOwnPropertyDescriptor(holder, name)?.value;
  return Array.isArray(list) ? list : [];
}

function tooMany(count: number, limit: number): HttpError {
  const detail = `${count} SMS in one post; at most ${limit} are taken. Lower sms.session.batch.size in Odoo.`;
  return new HttpError({ status: 413, code: 'too-many-messages', detail });
}
