import { type Dispatcher, Pool } from 'undici';
import { OdooError, unexpectedAnswer } from '../errors.ts';
import type { Json } from '../odoo.ts';
import { parseAddress, type TransportLimits, tooLarge } from './transport.ts';
import { abortError, connectionError } from './transport-errors.ts';

export type JsonRequest = {
  /** Below the address of Odoo, with a slash in front. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Posted as JSON; without it the request is a GET. */
  body?: Json;
  what: string;
  signal: AbortSignal;
};

/** `json` is absent where the answer was none; of a page only its beginning is kept. */
export type JsonReply = { status: number; location: string | undefined; page: string; json?: unknown };

export type HttpJson = {
  /** One request; rejects with an {@link OdooError} when no whole answer came. */
  ask: (request: JsonRequest) => Promise<JsonReply>;
  sent: () => number;
  stop: () => Promise<void>;
};

/** JSON over kept-alive connections; redirects are not followed. Throws on a bad address. */
export function createHttpJson({ url, limits }: { url: string; limits: TransportLimits }): HttpJson {
  const { origin, prefix } = parseAddress(url);
  const pool = new Pool(origin, {
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
    sent: () => sent,
    stop: () => pool.destroy(),
    ask: async ({ path, headers: own = {}, body: value, what, signal }) => {
      const body = value === undefined ? null : Buffer.from(JSON.stringify(value));
      if (body !== null && body.length > limits.requestBytes) {
        throw tooLarge(what, body.length, limits.requestBytes);
      }
      sent += 1;
      const headers = { 'content-type': 'application/json', accept: 'application/json', ...own };
      const method = body === null ? 'GET' : 'POST';
      try {
        return await readReply(
          what,
          await pool.request({ path: prefix + path, method, headers, body, signal }),
        );
      } catch (error) {
        throw error instanceof OdooError ? error : (abortError(what, signal) ?? connectionError(what, error));
      }
    },
  };
}

async function readReply(what: string, response: Dispatcher.ResponseData): Promise<JsonReply> {
  const { statusCode: status, headers, body } = response;
  const location = headers['location']?.toString();
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
  if (!isJson) {
    return { status, location, page: await beginningOf(body).catch(() => '') };
  }
  const text = await body.text();
  try {
    return { status, location, page: '', json: JSON.parse(text) };
  } catch {
    // The cause is left out: a parser's message quotes the text, which may hold what nobody may log.
    throw unexpectedAnswer(what, 'JSON');
  }
}

const PAGE_BYTES = 64 * 1024;

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  let page = '';
  for await (const chunk of body) {
    page += String(chunk);
    if (page.length > PAGE_BYTES) break;
  }
  return page;
}
