import type { BlockList } from 'node:net';
import type { Metrics } from '../metrics.ts';
import { clientAddress, isTrusted } from './client-address.ts';
import type { HttpContext } from './context.ts';
import { problem } from './problem.ts';
import type { Route } from './route.ts';

/** The state of one part of Viaduct, in words that tell a person what to do. */
export type PartState = {
  name: string;
  up: boolean;
  /** False when Viaduct can do its work without it for a while. */
  matters: boolean;
  detail: string;
};

/** Reads what the parts know of themselves; must not call anybody, since anybody may ask often. */
export type Readiness = () => readonly PartState[];

export type HealthParts = { metrics: Metrics; readiness: Readiness; operatorNetworks: BlockList };

/** `/healthz` for everybody; `/readyz` and `/metrics` for the networks of the operators. */
export function healthRoutes({ metrics, readiness, operatorNetworks }: HealthParts): Route[] {
  const forOperators = (handle: Route['handle']) => (c: HttpContext) =>
    isTrusted(clientAddress(c), operatorNetworks) ? handle(c) : notForYou(c);
  return [
    { method: 'GET', path: '/healthz', rateLimit: 'none', handle: (c) => c.json({ status: 'alive' }) },
    { method: 'GET', path: '/readyz', rateLimit: 'none', handle: forOperators((c) => ready(c, readiness())) },
    {
      method: 'GET',
      path: '/metrics',
      rateLimit: 'none',
      handle: forOperators(async (c) =>
        c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
      ),
    },
  ];
}

function ready(c: HttpContext, parts: readonly PartState[]): Response {
  const down = parts.filter((part) => !part.up && part.matters).map((part) => part.name);
  const status = down.length === 0 ? 'ready' : `down: ${down.join(', ')}`;
  return c.json({ status, parts }, down.length === 0 ? 200 : 503);
}

function notForYou(c: HttpContext): Response {
  const detail =
    'There is nothing here for your address. VIADUCT_OPERATOR_NETWORKS names those that may look.';
  return problem(c, { status: 403, code: 'not-an-operator', detail });
}
