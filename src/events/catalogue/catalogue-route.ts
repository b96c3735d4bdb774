import type { RateLimit, Route } from '../../http/index.ts';
import { catalogue } from './catalogue.ts';

/** `GET /v1/events`: the types of events with schema and example. Public: it says nothing that the documentation does not. */
export function createCatalogueRoute({ rateLimit }: { rateLimit: RateLimit }): Route {
  let text: string | null = null;
  return {
    method: 'GET',
    path: '/v1/events',
    rateLimit,
    handle(c) {
      // Made when first asked for: few ask, and it takes some memory.
      text ??= JSON.stringify({ events: catalogue() });
      return c.body(text, 200, {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=3600',
      });
    },
  };
}
