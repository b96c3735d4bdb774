import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';
import type { Answer } from './answer.ts';
import type { BodyStore } from './body-store.ts';

/** What one server gives to all of its requests. */
export type Edge = { config: Config['http']; log: Log; bodies: BodyStore };

/** The environment of every handler: Node's own request and response, and the edge they came in by. */
export type HttpEnv = { Bindings: { incoming: IncomingMessage; outgoing: Answer; edge: Edge } };
export type HttpContext = Context<HttpEnv>;

/** The id of this request, as its answer carries it and as log lines should name it. */
export function requestId(c: HttpContext): string {
  return c.env.outgoing.requestId;
}
