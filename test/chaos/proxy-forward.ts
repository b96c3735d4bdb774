import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';

export type ForwardedAnswer = { status: number; rawHeaders: string[]; body: Buffer };

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/**
 * Sends a request on and reads the whole answer. A new connection each time: one kept alive would break
 * with the process behind it, and the client would see a fault that it would not have without a proxy.
 */
export async function forward(
  upstream: URL,
  incoming: http.IncomingMessage,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const outgoing = http.request({
    host: upstream.hostname,
    port: upstream.port,
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: endToEnd(incoming.rawHeaders, body, body.length === 0),
    agent: false,
  });
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end(body);
  });
  const answerBody = await readAll(answer);
  const status = answer.statusCode ?? 502;
  const isBodiless = incoming.method === 'HEAD' || status === 204 || status === 304;
  return { status, rawHeaders: endToEnd(answer.rawHeaders, answerBody, isBodiless), body: answerBody };
}

/** Hands an upgraded connection (a websocket) through, bytes as they are. */
export function tunnel(upstream: URL, incoming: http.IncomingMessage, client: Duplex, head: Buffer): void {
  const server = net.connect(Number(upstream.port), upstream.hostname, () => {
    const pairs = pairsOf(incoming.rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
    server.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${pairs.join('')}\r\n`);
    server.write(head);
    server.pipe(client);
    client.pipe(server);
  });
  const end = () => {
    server.destroy();
    client.destroy();
  };
  for (const socket of [server, client]) socket.once('error', end).once('close', end);
}

/** The whole body; rejects when the connection breaks before its end. */
export async function readAll(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

/** Headers as they came, with the length of a body that came in pieces. */
function endToEnd(rawHeaders: readonly string[], body: Buffer, isBodiless: boolean): string[] {
  const kept = pairsOf(rawHeaders).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
  const hasLength = kept.some(([name]) => name.toLowerCase() === 'content-length');
  if (!hasLength && !isBodiless) kept.push(['content-length', String(body.length)]);
  return kept.flat();
}
