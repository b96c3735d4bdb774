import { createServer, type IncomingMessage } from 'node:http';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { Config } from '../config/index.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Answer } from './answer.ts';
import { createHttpApp } from './app.ts';
import { refuseConnection } from './client-error.ts';
import type { Edge } from './context.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { close, listen } from './life-cycle.ts';
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
  /** Listens, and tells the port. Rejects with `port-unavailable`. */
  start: () => Promise<{ port: number }>;
  /** Takes nothing more, lets running requests finish within `stopGraceMs`, then cuts the rest. */
  stop: () => Promise<void>;
};

/** Longer than the 60 s for which proxies keep a connection, so that they never write into one that just closed. */
const KEEP_ALIVE_MS = 65_000;

/** The server of Viaduct. `routes` come from the channels; health and metrics are its own. */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const { config } = parts;
  const answer = createAnswer(parts);
  const headers = securityHeaders(config);
  const nextRequestId = createRequestIds(config);
  let stopping = false;

  function onRequest(incoming: IncomingMessage, outgoing: Answer): void {
    outgoing.requestId = nextRequestId(incoming);
    outgoing.common = headers;
    if (stopping) outgoing.setHeader('connection', 'close');
    void answer(incoming, outgoing);
  }

  const server = createServer({ ...receiveLimits(config), ServerResponse: Answer }, onRequest);
  server.maxConnections = config.connections;
  server.on('clientError', refuseConnection);
  return {
    start: () => listen(server, config),
    stop: () => {
      stopping = true;
      return close(server, config.stopGraceMs);
    },
  };
}

function createAnswer({ config, log, metrics, routes, readiness }: HttpServerParts) {
  const { operatorNetworks, answerTimeoutMs } = config;
  const health = healthRoutes({ metrics, readiness, operatorNetworks });
  const app = createHttpApp({ routes: [...routes, ...health], metrics, answerTimeoutMs });
  const edge: Edge = { config, log };
  return getRequestListener((request, env) => {
    if (!isHttp1(env)) return new Response(null, { status: 505 });
    return app.fetch(request, { incoming: env.incoming, outgoing: env.outgoing, edge });
  });
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
