import { Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { type OdooError, unexpectedAnswer } from '../errors.ts';
import { type TransportLimits, tooLarge } from './transport.ts';
import { connectionError, httpStatusError } from './transport-errors.ts';

/** The options of a request as the library hands them on; `what` is ours. */
const Options = z.object({ what: z.string() });

/** Shorter than servers keep an idle socket, so that no call meets one that is just being closed. */
const IDLE_SOCKET_MS = 4_000;

/**
 * Kept-alive sockets, and a watch over each request of a library that has none: it would send and read without limit,
 * take a proxy's page for XML, leave a 404's socket occupied, and throw outside any promise at a fault without content.
 */
export function createWatchedAgent(isSecure: boolean, limits: TransportLimits, onRequest: () => void): Agent {
  const settings = { keepAlive: true, maxSockets: limits.connections, timeout: IDLE_SOCKET_MS };
  const agent = isSecure ? new SecureAgent(settings) : new Agent(settings);
  // What Node calls on any agent-like object to send a request.
  const addRequest: unknown = Reflect.get(agent, 'addRequest');
  if (typeof addRequest !== 'function') throw new TypeError('This Node has another kind of http agent.');
  return Object.assign(agent, {
    addRequest: (request: ClientRequest, options: unknown, ...rest: unknown[]) => {
      const { what } = Options.parse(options);
      const bytes = Number(request.getHeader('content-length'));
      if (bytes > limits.requestBytes) {
        // Without a socket, destroying it would tell nobody.
        process.nextTick(() => request.emit('error', tooLarge(what, bytes, limits.requestBytes)));
        request.destroy();
        return;
      }
      onRequest();
      limitConnecting(request, what, limits.connectTimeoutMs);
      watchAnswer(request, what, limits.responseBytes);
      Reflect.apply(addRequest, agent, [request, options, ...rest]);
    },
  });
}

function limitConnecting(request: ClientRequest, what: string, timeoutMs: number): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const cause = Object.assign(new Error('connect timeout'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
    const timer = setTimeout(() => request.destroy(connectionError(what, cause)), timeoutMs);
    const isDone = () => clearTimeout(timer);
    socket.once('connect', isDone).once('close', isDone);
  });
}

/** The library sees an answer only when all of it is here and it can be one. */
function watchAnswer(request: ClientRequest, what: string, limit: number): void {
  const deliver = request.listeners('response');
  request.removeAllListeners('response');
  request.once('response', (response) => {
    readAnswer(response, what, limit).then(
      (body) => {
        const { statusCode, headers } = response;
        const whole = Object.assign(Readable.from([body], { objectMode: false }), { statusCode, headers });
        for (const listener of deliver) Reflect.apply(listener, request, [whole]);
      },
      (error: unknown) => request.emit('error', error),
    );
  });
}

async function readAnswer(response: IncomingMessage, what: string, limit: number): Promise<Buffer> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200 || !/^(text|application)\/xml\b/i.test(headers['content-type'] ?? '')) {
    response.resume();
    throw httpStatusError(what, statusCode, headers.location);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > limit) throw answerTooLarge(what);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (!isAnswer(body.toString())) throw unexpectedAnswer(what, 'an XML-RPC answer');
  return body;
}

/** One value or one whole fault: at any other fault the library throws where nobody catches. */
function isAnswer(text: string): boolean {
  if (/<methodResponse>\s*<fault>\s*<value>\s*<struct>/.test(text)) return true;
  return /<methodResponse>\s*<params>/.test(text) && !/<fault/i.test(text);
}

function answerTooLarge(what: string): OdooError {
  const cause = Object.assign(new Error('answer too large'), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
  return connectionError(what, cause);
}
