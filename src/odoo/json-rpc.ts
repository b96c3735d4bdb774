import { type Dispatcher, Pool } from 'undici';
import { z } from 'zod';
import { faultError, OdooError, unexpectedAnswer } from './errors.ts';
import type { Json } from './odoo.ts';
import { abortError, connectionError, httpStatusError } from './transport-errors.ts';
import { encodeRequest } from './values.ts';

export type JsonRpcLimits = {
  /** Sockets open to Odoo at one time. */
  connections: number;
  /** Bytes of one request and of one answer. */
  requestBytes: number;
  responseBytes: number;
  connectTimeoutMs: number;
};

export type JsonRpcRequest = {
  service: 'common' | 'object';
  method: string;
  args: readonly Json[];
  /** Names the call in error texts: `model.method`. */
  what: string;
  signal: AbortSignal;
};

export type JsonRpc = {
  /** One POST to `/jsonrpc`; rejects with an {@link OdooError}. */
  send: (request: JsonRpcRequest) => Promise<Json>;
  callCount: () => number;
  stop: () => Promise<void>;
};

/**
 * The envelope of an answer. `result` is absent for a method that returned None (odoo/http.py, JsonRPCDispatcher);
 * a fault's own name and words are in `error.data`.
 */
const Answer = z.object({
  result: z.custom<Json>().optional(),
  error: z
    .object({
      message: z.string().default(''),
      data: z.object({ name: z.string().default(''), message: z.string().default('') }).optional(),
    })
    .optional(),
});

/** JSON-RPC over kept-alive connections; redirects are not followed, proxies' pages are not parsed. Throws on a bad address. */
export function createJsonRpc({ url, limits }: { url: string; limits: JsonRpcLimits }): JsonRpc {
  const base = parseAddress(url);
  const path = `${base.pathname.replace(/\/+$/, '')}/jsonrpc`;
  const pool = new Pool(base.origin, {
    connections: limits.connections,
    pipelining: 1,
    connectTimeout: limits.connectTimeoutMs,
    // Time limits come from the caller's signal, which also covers an answer that trickles in.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: limits.responseBytes,
  });
  let sent = 0;
  return {
    callCount: () => sent,
    stop: () => pool.destroy(),
    send: async ({ service, method, args, what, signal }) => {
      const body = Buffer.from(
        encodeRequest(what, {
          jsonrpc: '2.0',
          method: 'call',
          id: sent + 1,
          params: { service, method, args },
        }),
      );
      if (body.length > limits.requestBytes) throw tooLarge(what, body.length, limits.requestBytes);
      sent += 1;
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      try {
        const response = await pool.request({ path, method: 'POST', headers, body, signal });
        return await readAnswer(what, response);
      } catch (error) {
        throw error instanceof OdooError ? error : (abortError(what, signal) ?? connectionError(what, error));
      }
    },
  };
}

function parseAddress(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  const isPlain =
    base !== undefined && /^https?:$/.test(base.protocol) && base.username === '' && base.password === '';
  if (isPlain && base.search === '' && base.hash === '') return base;
  throw new OdooError({
    kind: 'protocol',
    outcome: 'not-done',
    retry: 'after-config',
    message:
      'The address of Odoo must be http://… or https://…, without user name, password, query or fragment.',
  });
}

async function readAnswer(what: string, response: Dispatcher.ResponseData): Promise<Json> {
  const { statusCode, headers, body } = response;
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
  if (statusCode !== 200 || !isJson) {
    await body.dump({ limit: 64 * 1024 }).catch(() => undefined);
    throw httpStatusError(what, statusCode, headers['location']?.toString());
  }
  const answer = parseAnswer(what, await body.text());
  if (answer.error === undefined) return answer.result ?? null;
  const { data, message } = answer.error;
  throw faultError(what, { name: data?.name ?? '', message: data?.message || message });
}

function parseAnswer(what: string, text: string): z.infer<typeof Answer> {
  try {
    return Answer.parse(JSON.parse(text));
  } catch {
    // The cause is left out: a parser's message quotes the text, which may hold what nobody may log.
    throw unexpectedAnswer(what, 'a JSON-RPC answer');
  }
}

function tooLarge(what: string, bytes: number, limit: number): OdooError {
  return new OdooError({
    kind: 'limit',
    outcome: 'not-done',
    message: `The request ${what} has ${bytes} bytes, the limit is ${limit}. Send it in smaller batches.`,
  });
}
