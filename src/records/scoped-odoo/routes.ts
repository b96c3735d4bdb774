import type { HttpContext, RateLimit, Route } from '../../http/index.ts';
import { createOdooService, type OdooServiceOptions } from './create-odoo-service.ts';
import { createJson2Route, createVersionRoutes } from './json-2.ts';
import { createJsonRpcRoute } from './json-rpc.ts';
import { createXmlRpcRoutes } from './xml-rpc.ts';

export type ScopedOdooOptions = Omit<OdooServiceOptions, 'onRefused'> & { rateLimit: RateLimit };

/** Odoo's own protocols, for clients of Odoo that are pointed at an endpoint instead. */
export function createScopedOdooRoutes({ rateLimit, ...options }: ScopedOdooOptions): Route[] {
  const refused = new WeakSet<HttpContext>();
  const odoo = createOdooService({ ...options, onRefused: (c) => refused.add(c) });
  // Refusals are answered with 200 there, and are to be counted all the same.
  const counted: RateLimit = { ...rateLimit, isRefusal: (c) => refused.has(c) };
  return [
    createJsonRpcRoute(odoo, counted),
    createJson2Route(odoo, rateLimit),
    ...createXmlRpcRoutes(odoo, counted),
    ...createVersionRoutes(odoo, { count: 'requests', points: 600, windowSeconds: 60 }),
  ];
}
