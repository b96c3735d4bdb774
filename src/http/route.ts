import type { Metrics } from '../metrics.ts';
import { type HttpContext, requestId } from './context.ts';
import type { Deadlines } from './deadlines.ts';
import { HttpError, type Problem, problem, problemOf } from './problem.ts';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';
import { createRouteMeter } from './route-meter.ts';

/** One address of the server and what stands behind it. */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A path in Hono's notation, as `/v1/messages/:id`. */
  path: string;
  handle: (c: HttpContext) => Response | Promise<Response>;
  rateLimit: RateLimit | 'none';
  /** Takes only what no other route has an address for, whatever the method there. */
  isFallback?: boolean;
  /** How problems are told by an endpoint that stands in for another system; without it as RFC 9457 has it. */
  tellProblem?: (c: HttpContext, problem: Problem) => Response;
  /** Overrides the server's limit for an answer, in milliseconds. */
  answerTimeoutMs?: number;
};

export type RouteParts = {
  metrics: Metrics;
  deadlines: Deadlines;
  answerTimeoutMs: number;
  monotonicMs: () => number;
};

/**
 * One function per route instead of a chain of middlewares: rate limit, time limit, errors and metrics.
 * A report is acknowledged thousands of times per second, and each middleware costs some percent of that.
 */
export function createRouteHandler(route: Route, parts: RouteParts): (c: HttpContext) => Promise<Response> {
  const { metrics, deadlines, monotonicMs } = parts;
  const limiter = route.rateLimit === 'none' ? null : createRateLimiter(route.rateLimit);
  const looksAtAll = route.rateLimit !== 'none' && route.rateLimit.isRefusal !== undefined;
  const timeLimitMs = route.answerTimeoutMs ?? parts.answerTimeoutMs;
  const measure = createRouteMeter({ metrics, method: route.method, route: route.path });
  const tellProblem = route.tellProblem ?? problem;
  const tooLate = () => tooSlow(timeLimitMs);

  return async (c) => {
    const startedMs = monotonicMs();
    let response: Response;
    try {
      const limited = limiter?.before(c);
      if (limited !== undefined) await limited;
      const answer = route.handle(c);
      response = answer instanceof Promise ? await deadlines.within(answer, timeLimitMs, tooLate) : answer;
    } catch (error) {
      response = tellProblem(c, problemOf(error));
      logFailure(c, route, response.status, error);
    }
    const { status } = response;
    if (limiter !== null && (status >= 400 || looksAtAll)) await limiter.after(c, status);
    measure(status, (monotonicMs() - startedMs) / 1000);
    return response;
  };
}

function tooSlow(timeLimitMs: number): HttpError {
  return new HttpError({
    status: 503,
    code: 'answer-timeout',
    detail: `There was no answer within ${timeLimitMs} ms. Send the request again later.`,
    headers: { 'retry-after': '30' },
  });
}

function logFailure(c: HttpContext, { method, path }: Route, status: number, error: unknown): void {
  const { log } = c.env.edge;
  const facts = { requestId: requestId(c), method, route: path, status, error };
  // A refusal of our own making (Odoo not yet reached, the journal full) says all in its words.
  if (error instanceof HttpError && status >= 500)
    log.warn({ ...facts, error: error.message }, 'request put off');
  else if (status >= 500) log.error(facts, 'request failed');
  else log.debug(facts, 'request refused');
}
