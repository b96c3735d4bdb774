import { createServer, type IncomingMessage } from 'node:http';
import { getRequestListener, type Http2Bindings, type HttpBindings, RequestError } from '@hono/node-server';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Answer } from './answer.ts';
import { createHttpApp } from './app.ts';
import { createBodyStore } from './body-store.ts';
import { createConnectionRefusal, MALFORMED } from './client-error.ts';
import type { Edge } from './context.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { close, listen } from './life-cycle.ts';
import { problemMembers, problemOf } from './problem.ts';
import { createRequestIds } from './request-id.ts';
import type { Route } from './route.ts';
import { securityHeaders } from './security-headers.ts';

export type HttpServerParts = {
  config: Config['http'];
  log: Log;
  metrics: Metrics;
  routes: readonly Route[];
  readiness: Readiness;
};

export type HttpServer = {
  /** What it serves, health and metrics included. */
  routes: readonly Route[];
  /** Listens, and tells the port. Rejects with `port-unavailable`. */
  start: () => Promise<{ port: number }>;
  /** Takes nothing more, lets running requests finish within `stopGraceMs`, then cuts the rest. */
  stop: () => Promise<void>;
};

/** Longer than the 60 s for which proxies keep a connection, so that they never write into one that just closed. */
const KEEP_ALIVE_MS = 65_000;

/** The server of Viaduct. `routes` come from the channels; health and metrics are its own. */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const { config, metrics, readiness } = parts;
  const health = healthRoutes({ metrics, readiness, operatorNetworks: config.operatorNetworks });
  const routes = [...parts.routes, ...health];
  const answer = createAnswer({ ...parts, routes });
  const common = securityHeaders(config);
  const nextRequestId = createRequestIds(config);
  let stopping = false;

  class OwnAnswer<Request extends IncomingMessage = IncomingMessage> extends Answer<Request> {
    override readonly requestId = nextRequestId(this.req);
    override readonly common = common;
  }

  function onRequest(incoming: IncomingMessage, outgoing: OwnAnswer): void {
    if (stopping) outgoing.setHeader('connection', 'close');
    void answer(incoming, outgoing);
  }

  const server = createServer({ ...receiveLimits(config), ServerResponse: OwnAnswer }, onRequest);
  server.maxConnections = config.connections;
  // Who does not read his answers would otherwise keep his connection for ever.
  server.timeout = config.receiveTimeoutMs + longestAnswerMs(routes, config);
  server.on('clientError', createConnectionRefusal({ nextRequestId, common }));
  return {
    routes,
    start: () => listen(server, config),
    stop: () => {
      stopping = true;
      return close(server, config.stopGraceMs);
    },
  };
}

function createAnswer({ config, log, metrics, routes }: Omit<HttpServerParts, 'readiness'>) {
  const app = createHttpApp({ routes, metrics, answerTimeoutMs: config.answerTimeoutMs });
  const edge: Edge = { config, log, bodies: createBodyStore(config.bodiesBytes) };
  const listener: Parameters<typeof getRequestListener>[0] = (request, env) => {
    if (!isHttp1(env)) return new Response(null, { status: 505 });
    return app.fetch(request, { incoming: env.incoming, outgoing: env.outgoing, edge });
  };
  return getRequestListener(listener, { errorHandler: (error) => refuseUnread(error, log) });
}

/** What never became a request of the application: an address or a host that is none. Anything else is our own fault. */
function refuseUnread(error: unknown, log: Log): Response {
  const isMalformed = error instanceof RequestError;
  if (!isMalformed) log.error({ error }, 'request failed');
  const told = isMalformed ? MALFORMED : problemOf(error);
  const headers = { 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify(problemMembers(told)), { status: told.status, headers });
}

function longestAnswerMs(routes: readonly Route[], { answerTimeoutMs }: Config['http']): number {
  return Math.max(answerTimeoutMs, ...routes.map((route) => route.answerTimeoutMs ?? 0));
}

function isHttp1(env: HttpBindings | Http2Bindings): env is HttpBindings {
  return env.outgoing instanceof Answer;
}

function receiveLimits({ receiveTimeoutMs }: Config['http']) {
  return {
    requestTimeout: receiveTimeoutMs,
    headersTimeout: receiveTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, receiveTimeoutMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
}
