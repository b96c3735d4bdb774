import type { HttpContext } from './context.ts';
import { HttpError } from './problem.ts';

/** Bodies up to here are not counted: they are most of the traffic, and the connections bound their number. */
const UNCOUNTED_BYTES = 65_536;

/**
 * The bytes of the body, before anybody parses them. Rejects with `body-too-large` (413) as soon as the limit is passed,
 * with `too-many-bodies` (503) when other long bodies fill the room for them, or with `body-incomplete` (400) when the
 * client goes away. What is left unread the server drains.
 */
export function rawBody(c: HttpContext, maxBytes: number = c.env.edge.config.bodyBytes): Promise<Buffer> {
  const { headers } = c.env.incoming;
  if (Number(headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => readBody(c, maxBytes, resolve, reject));
}

// Plain listeners on Node's own stream: web streams and async iteration cost a fifth of the throughput.
function readBody(
  c: HttpContext,
  maxBytes: number,
  resolve: (body: Buffer) => void,
  reject: (error: HttpError) => void,
): void {
  const { incoming } = c.env;
  const room = longBodyRoom(c);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isRefused = false;

  function refuse(error: HttpError): void {
    isRefused = true;
    chunks.length = 0;
    reject(error);
  }

  incoming.on('data', (chunk: Buffer) => {
    if (isRefused) return;
    bytes += chunk.length;
    if (bytes > maxBytes) refuse(tooLarge(maxBytes));
    else if (bytes > UNCOUNTED_BYTES && !room.grow(chunk.length)) refuse(tooMany());
    else chunks.push(chunk);
  });
  incoming.on('end', () => {
    const [only] = chunks;
    resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  });
  incoming.on('error', () => refuse(incomplete()));
  incoming.on('close', () => {
    if (!incoming.readableEnded) refuse(incomplete());
  });
}

/** What one long body takes of the room for all of them, until its request is answered or gone. */
function longBodyRoom({ env: { edge, outgoing } }: HttpContext): { grow: (bytes: number) => boolean } {
  let held = 0;
  return {
    grow(bytes) {
      if (!edge.bodies.take(bytes)) return false;
      if (held === 0) outgoing.once('close', () => edge.bodies.give(held));
      held += bytes;
      return true;
    },
  };
}

function tooLarge(maxBytes: number): HttpError {
  const detail = `The body is longer than ${maxBytes} bytes. Send less at a time.`;
  return new HttpError({ status: 413, code: 'body-too-large', detail });
}

function tooMany(): HttpError {
  const detail = 'Too many long bodies are on their way at the same time. Send this one again later.';
  return new HttpError({ status: 503, code: 'too-many-bodies', detail, headers: { 'retry-after': '5' } });
}

function incomplete(): HttpError {
  const detail = 'The connection ended before the body was complete. Send the request again.';
  return new HttpError({ status: 400, code: 'body-incomplete', detail });
}
