import type { Dice } from './dice.ts';

/** One request before it is written out. Header names may repeat, and nothing is checked. */
export type Request = {
  method: string;
  target: string;
  version: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
};

/** What is sent on one connection, and what must not come of it. */
export type Attack = {
  kind: string;
  /** As `POST /path`, or `elsewhere`. */
  route: string;
  /** Written one after the other, each in a packet of its own. */
  packets: readonly Buffer[];
  /** Requests in those bytes. */
  requests: number;
  /** HEAD: the answer names the length of a body that does not come. */
  isHead: boolean;
  /**
   * How the connection goes on: `keep` waits for all answers and uses it again; `part` waits a moment for what comes and
   * leaves; `half-close` sends FIN, `reset` sends RST after the last byte.
   */
  ending: 'keep' | 'part' | 'half-close' | 'reset';
  /** A 2xx (or a promise to send) would mean that something forged was believed. */
  mustRefuse: boolean;
};

/** What a route's generator makes: a request that is well framed, whatever its words are. */
export type Payload = { kind: string; request: Request; mustRefuse: boolean };

/** Makes hostile requests for one route. `offered` is told each `database uuid` that may be believed. */
export type Generator = (dice: Dice, offered: (database: string, uuid: string) => void) => Payload;

/** A request with a host, and a length where there is a body. */
export function request(parts: Partial<Request> & Pick<Request, 'method' | 'target'>): Request {
  const { headers = [], body = Buffer.alloc(0) } = parts;
  const length = body.length > 0 || parts.method === 'POST' ? [lengthHeader(body.length)] : [];
  return { version: 'HTTP/1.1', ...parts, headers: [['host', '127.0.0.1'], ...headers, ...length], body };
}

/** The `content-length` of a body. */
export function lengthHeader(length: number | string): readonly [string, string] {
  return ['content-length', String(length)];
}

/** The same request without headers of this name. */
export function without(name: string, { headers, ...rest }: Request): Request {
  return { ...rest, headers: headers.filter(([other]) => other !== name) };
}

/** The same request with further headers. */
export function withHeaders(original: Request, ...headers: Request['headers'][number][]): Request {
  return { ...original, headers: [...original.headers, ...headers] };
}

/** The bytes of a request; one character of a head is one byte. */
export function bytesOf({ method, target, version, headers, body }: Request): Buffer {
  const lines = [`${method} ${target} ${version}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
