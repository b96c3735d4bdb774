import { type Dispatcher, Pool, request } from 'undici';
import { errorText } from '../../errors.ts';
import type { SendingApiName } from '../accounts/sending-options.ts';
import type { SendOutcome } from './errors.ts';
import { messagingApi } from './messaging-api.ts';
import { readAnswer } from './read-answer.ts';
import { createRestApi } from './rest-api.ts';
import type { GatewayApiAccount, OutgoingSms, ProviderAnswer, SendingApi } from './sending-api.ts';

export type GatewayApiClient = {
  /** Posts one request with all messages; never rejects: whatever happens is an outcome. */
  send(account: GatewayApiAccount, messages: readonly OutgoingSms[]): Promise<SendOutcome>;
  stop(): Promise<void>;
};

export type GatewayApiLimits = { timeoutMs: number; connections: number; answerMaxBytes: number };

/** System calls that fail before a byte of the request has left this machine. */
const CONNECTING_CALLS = new Set(['getaddrinfo', 'connect']);
/** Errors of undici and TLS that come before it too; OpenSSL's verdicts on a certificate, as Node.js lists them. */
const NOT_SENT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
/** Well below the time limit of a request, so that an unreachable provider is told apart from one that does not answer. */
const MAX_CONNECT_MS = 10_000;

/**
 * A client of GatewayAPI's two APIs: the account says which. Connections are kept alive, and stay below the 40 per address
 * that GatewayAPI allows.
 */
export function createGatewayApiClient(options: {
  limits: GatewayApiLimits;
  /** Where delivery reports are to be posted to; the messaging API knows only the address in its dashboard. */
  callbackUrl: string;
}): GatewayApiClient {
  const { limits } = options;
  const apis: Record<SendingApiName, SendingApi> = { rest: createRestApi(options), messaging: messagingApi };
  const pools = new Map<string, Pool>();

  function poolOf(origin: string): Pool {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connections: limits.connections,
      pipelining: 1,
      connectTimeout: Math.min(MAX_CONNECT_MS, limits.timeoutMs / 2),
      headersTimeout: limits.timeoutMs,
      bodyTimeout: limits.timeoutMs,
    });
    pools.set(origin, pool);
    return pool;
  }

  return {
    async send(account, messages) {
      const api = apis[account.sending.api];
      const url = api.url(account);
      try {
        const answer = await post(url, api.write(account, messages), account.token, {
          dispatcher: poolOf(url.origin),
          limits,
        });
        return api.read(answer, messages);
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

async function post(
  url: URL,
  body: string,
  token: string,
  { dispatcher, limits }: { dispatcher: Dispatcher; limits: GatewayApiLimits },
): Promise<ProviderAnswer> {
  const response = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(limits.timeoutMs),
  });
  const text = await readAnswer(response.body, limits.answerMaxBytes);
  const retryAfter = response.headers['retry-after'];
  const seconds = typeof retryAfter === 'string' ? Number(retryAfter) : Number.NaN;
  return {
    status: response.statusCode,
    body: text,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
  };
}

function outcomeOfFailure(error: unknown): SendOutcome {
  if (!cameBeforeSending(error)) {
    return { kind: 'unknown', words: `The connection to GatewayAPI broke: ${errorText(error)}` };
  }
  const code = 'code' in error ? ` (${error.code})` : '';
  return { kind: 'not-accepted', words: `GatewayAPI could not be reached${code}.`, retryAfterMs: null };
}

function cameBeforeSending(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // One error for each address of the host.
  if (error instanceof AggregateError) return error.errors.every(cameBeforeSending);
  const call = 'syscall' in error ? String(error.syscall) : '';
  const code = 'code' in error ? String(error.code) : '';
  return CONNECTING_CALLS.has(call) || NOT_SENT_CODES.has(code);
}
