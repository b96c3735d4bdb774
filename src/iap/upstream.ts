import { errors, Pool } from 'undici';
import { HttpError } from '../http/index.ts';
import { headersForClient } from './pass-headers.ts';

export type PassedRequest = {
  method: 'GET' | 'POST';
  /** Path and query as they came. */
  path: string;
  headers: string[];
  body: Buffer;
};

export type PassedAnswer = { status: number; headers: [string, string][]; body: Uint8Array };

export type UpstreamLimits = { timeoutMs: number; answerBytes: number; connections: number };

/** One server to which requests are passed on; never another one, since redirects are passed back and not followed. */
export type Upstream = {
  origin: string;
  /** Asks once, never again: a repeated request might be charged twice. Rejects with an HttpError, 502 or 504. */
  ask(request: PassedRequest): Promise<PassedAnswer>;
  stop(): Promise<void>;
};

/** Kept-alive connections to one server. Bodies pass as they are, compressed ones too. */
export function createUpstream(origin: string, limits: UpstreamLimits): Upstream {
  const pool = new Pool(origin, {
    connections: limits.connections,
    pipelining: 1,
    connectTimeout: limits.timeoutMs,
    headersTimeout: limits.timeoutMs,
    bodyTimeout: limits.timeoutMs,
    maxResponseSize: limits.answerBytes,
  });
  return {
    origin,
    async ask({ method, path, headers, body }) {
      try {
        const signal = AbortSignal.timeout(limits.timeoutMs);
        const content = method === 'GET' && body.length === 0 ? {} : { body };
        const answer = await pool.request({ method, path, headers, signal, ...content });
        return {
          status: answer.statusCode,
          headers: headersForClient(answer.headers),
          body: await answer.body.bytes(),
        };
      } catch (error) {
        throw failed(error, origin, limits);
      }
    },
    stop: () => pool.destroy(),
  };
}

function failed(error: unknown, origin: string, { timeoutMs, answerBytes }: UpstreamLimits): HttpError {
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    const detail = `The answer of ${origin} is longer than ${answerBytes} bytes (VIADUCT_IAP_ANSWER_BYTES).`;
    return new HttpError({ status: 502, code: 'iap-answer-too-large', detail });
  }
  const isTimeout =
    (error instanceof Error && error.name === 'TimeoutError') ||
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError;
  if (isTimeout) {
    const detail = `${origin} has not answered within ${timeoutMs} ms (VIADUCT_IAP_TIMEOUT_MS).`;
    return new HttpError({ status: 504, code: 'iap-timeout', detail });
  }
  // The reason may name what was asked, token and all.
  const detail = `${origin} could not be reached, or its answer was cut off.`;
  return new HttpError({ status: 502, code: 'iap-unreachable', detail });
}
