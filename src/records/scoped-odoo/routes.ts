import type { HttpContext, RateLimit, Route } from '../../http/index.ts';
import { createOdooService, type OdooServiceOptions } from './create-odoo-service.ts';
import { createJson2Route, createVersionRoutes } from './json-2.ts';
import { createJsonRpcRoute } from './json-rpc.ts';
import { createXmlRpcRoutes } from './xml-rpc.ts';

export type ScopedOdooOptions = Omit<OdooServiceOptions, 'onRefused'> & { rateLimit: RateLimit };

/** As long as one call to Odoo may take: posting an invoice is slower than any answer to a provider. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Odoo's own protocols, for clients of Odoo that are pointed at an endpoint instead. */
export function createScopedOdooRoutes({ rateLimit, ...options }: ScopedOdooOptions): Route[] {
  const refused = new WeakSet<HttpContext>();
  const odoo = createOdooService({ ...options, onRefused: (c) => refused.add(c) });
  // Refusals are answered with 200 there, and are to be counted all the same.
  const counted: RateLimit = { ...rateLimit, isRefusal: (c) => refused.has(c) };
  const calls = [
    createJsonRpcRoute(odoo, counted),
    createJson2Route(odoo, rateLimit),
    ...createXmlRpcRoutes(odoo, counted),
  ];
  return [
    ...calls.map((route) => ({ ...route, answerTimeoutMs: ANSWER_TIMEOUT_MS })),
    ...createVersionRoutes(odoo, { count: 'requests', points: 600, windowSeconds: 60 }),
  ];
}
