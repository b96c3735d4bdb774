import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';

/** What one server gives to all of its requests. */
export type Edge = { config: Config['http']; log: Log };

/** The environment of every handler: Node's own request and response, and the edge they came in by. */
export type HttpEnv = { Bindings: { incoming: IncomingMessage; outgoing: ServerResponse; edge: Edge } };
export type HttpContext = Context<HttpEnv>;

export const REQUEST_ID_HEADER = 'x-request-id';

/** The id of this request, as its answer carries it and as log lines should name it. */
export function requestId(c: HttpContext): string {
  return String(c.env.outgoing.getHeader(REQUEST_ID_HEADER));
}
