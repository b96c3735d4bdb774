import { Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';
import type { Metrics } from '../metrics.ts';
import type { HttpContext, HttpEnv } from './context.ts';
import { createDeadlines } from './deadlines.ts';
import { problem, problemOf } from './problem.ts';
import { createRouteHandler, type Route } from './route.ts';

export type HttpAppParts = {
  routes: readonly Route[];
  metrics: Metrics;
  answerTimeoutMs: number;
  monotonicMs?: () => number;
};

/** The routes as a Hono application, with an answer for what is no route and for the wrong method. */
export function createHttpApp(parts: HttpAppParts): Hono<HttpEnv> {
  const { routes, metrics, answerTimeoutMs, monotonicMs = () => performance.now() } = parts;
  const deadlines = createDeadlines(monotonicMs);
  const app = new Hono<HttpEnv>();
  const methods = new TrieRouter<string>();
  const fallbacks = new TrieRouter<(c: HttpContext) => Promise<Response>>();
  for (const route of routes) {
    const handler = createRouteHandler(route, { metrics, deadlines, answerTimeoutMs, monotonicMs });
    if (route.isFallback) fallbacks.add(route.method, route.path, handler);
    else {
      app.on(route.method, route.path, handler);
      methods.add('ALL', route.path, route.method);
    }
  }
  app.notFound((c) => {
    const [matches] = methods.match('ALL', c.req.path);
    const allowed = [...new Set(matches.map(([method]) => method))];
    const [[fallback] = []] = fallbacks.match(c.req.method, c.req.path);
    if (allowed.length === 0 && fallback !== undefined) return fallback[0](c);
    metrics.httpRequests.inc({ method: 'any', route: 'none', status: '404' });
    return noRoute(c, allowed);
  });
  // Only what is thrown outside a route's own handler comes here, such as a path that cannot be decoded.
  app.onError((error, c) => problem(c, problemOf(error)));
  return app;
}

function noRoute(c: HttpContext, methods: readonly string[]): Response {
  if (methods.length === 0) {
    return problem(c, { status: 404, code: 'no-such-route', detail: 'There is nothing at this address.' });
  }
  const allow = methods.join(', ');
  const detail = `This address takes ${allow}.`;
  return problem(c, { status: 405, code: 'method-not-allowed', detail, headers: { allow } });
}
