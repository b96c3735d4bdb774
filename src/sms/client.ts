import { type Dispatcher, Pool, request } from 'undici';
import { errorText } from '../errors.ts';
import { outcomeOfAnswer, type SendOutcome } from './errors.ts';
import { SendAccepted } from './schema.ts';
import { countSegments } from './segments.ts';

/** One SMS as GatewayAPI gets it; `userref` comes back in its delivery report. */
export type OutgoingSms = { userref: string; msisdn: string; content: string };

export type GatewayApiAccount = { baseUrl: string; token: string; sender: string };

export type GatewayApiClient = {
  /** Posts one request with all messages; never rejects: whatever happens is an outcome. */
  send(account: GatewayApiAccount, messages: readonly OutgoingSms[]): Promise<SendOutcome>;
  stop(): Promise<void>;
};

export type GatewayApiLimits = { timeoutMs: number; connections: number; answerMaxBytes: number };

/** Errors that undici raises before a byte of the request has left this machine. */
const NOT_SENT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * A client of GatewayAPI's REST API (`POST /rest/mtsms`). Connections are kept alive, and stay below the 40 per address
 * that GatewayAPI allows.
 */
export function createGatewayApiClient(options: {
  limits: GatewayApiLimits;
  /** Where delivery reports are to be posted to. */
  callbackUrl: string;
}): GatewayApiClient {
  const { limits, callbackUrl } = options;
  const pools = new Map<string, Pool>();

  function poolOf(origin: string): Pool {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections: limits.connections,
      pipelining: 1,
      connectTimeout: limits.timeoutMs,
      headersTimeout: limits.timeoutMs,
      bodyTimeout: limits.timeoutMs,
    });
    pools.set(origin, pool);
    return pool;
  }

  return {
    async send(account, messages) {
      const url = new URL('/rest/mtsms', account.baseUrl);
      const body = JSON.stringify(messages.map((message) => asRequest(message, account, callbackUrl)));
      try {
        const answer = await post(url, body, account.token, poolOf(url.origin), limits);
        return answer.status === 200
          ? acceptedOutcome(answer.body, messages.length)
          : outcomeOfAnswer(answer);
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

function asRequest(message: OutgoingSms, account: GatewayApiAccount, callbackUrl: string) {
  const { encoding } = countSegments(message.content);
  return {
    sender: account.sender,
    message: message.content,
    recipients: [{ msisdn: message.msisdn }],
    userref: message.userref,
    callback_url: callbackUrl,
    // GatewayAPI never detects it: other text sent as GSM 03.38 arrives mangled.
    ...(encoding === 'UCS2' ? { encoding } : {}),
  };
}

async function post(url: URL, body: string, token: string, dispatcher: Dispatcher, limits: GatewayApiLimits) {
  const response = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(limits.timeoutMs),
  });
  const text = await readWhatComes(response.body, limits.answerMaxBytes);
  const retryAfter = response.headers['retry-after'];
  const seconds = typeof retryAfter === 'string' ? Number(retryAfter) : Number.NaN;
  return {
    status: response.statusCode,
    body: text,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
  };
}

/** The body, or what came of it before the connection broke: the status alone already says most. */
async function readWhatComes(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {}
  return Buffer.concat(chunks).toString('utf8');
}

/** A 200 is an acceptance even where its body cannot be read: the reports match by `userref`, not by id. */
function acceptedOutcome(body: string, expected: number): SendOutcome {
  let ids: readonly number[] = [];
  try {
    ids = SendAccepted.parse(JSON.parse(body)).ids;
  } catch {}
  return { kind: 'accepted', ids: ids.length === expected ? ids : [] };
}

function outcomeOfFailure(error: unknown): SendOutcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NOT_SENT_CODES.has(code)) {
    return { kind: 'not-accepted', words: `GatewayAPI could not be reached (${code}).`, retryAfterMs: null };
  }
  return { kind: 'unknown', words: `The connection to GatewayAPI broke: ${errorText(error)}` };
}
