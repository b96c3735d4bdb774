import type { HttpContext, Route } from '../../http/index.ts';
import type { RecordRouteParts } from '../routes.ts';
import { createV1Route } from './handle.ts';
import { V1_OPERATIONS, v1Document } from './operations.ts';

const PAGES_PER_MINUTE = 600;

/** Viaduct's own doors to records, and what is written about them. */
export function createV1Routes(parts: RecordRouteParts): Route[] {
  return [
    // Before those of records, whose addresses they would be taken for.
    page('/v1/openapi.json', async () => ({
      text: JSON.stringify(v1Document()),
      headers: { 'content-type': 'application/json' },
    })),
    page('/v1/reference', async () => {
      // Read when first asked for: few ask.
      const { REFERENCE_POLICY, referencePage } = await import('./reference-page.ts');
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': REFERENCE_POLICY,
      };
      return { text: referencePage(v1Document()), headers };
    }),
    ...V1_OPERATIONS.map((operation) => createV1Route(operation, parts)),
  ];
}

type Page = { text: string; headers: Record<string, string> };

/** Public: it says nothing of any endpoint. Made when first asked for. */
function page(path: string, make: () => Promise<Page>): Route {
  let made: Promise<Page> | null = null;
  return {
    ...{ method: 'GET', path, rateLimit: { count: 'requests', points: PAGES_PER_MINUTE, windowSeconds: 60 } },
    async handle(c: HttpContext) {
      made ??= make();
      const { text, headers } = await made;
      return c.body(text, 200, { ...headers, 'cache-control': 'public, max-age=3600' });
    },
  };
}
