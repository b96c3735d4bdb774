const ONE_YEAR_SECONDS = 31_536_000;

/**
 * Headers of every answer. They are constant, so they are set once per answer at Node's own response: cheaper than a
 * middleware, and errors that never reach a handler carry them too. A page with scripts overrides its own policy.
 */
export function securityHeaders({ publicUrl }: { publicUrl: string }): ReadonlyMap<string, string> {
  const headers = new Map([
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['referrer-policy', 'no-referrer'],
    ['cache-control', 'no-store'],
  ]);
  // HSTS over plain http would be ignored, and would lock out a host that has no certificate.
  if (publicUrl.startsWith('https://')) {
    headers.set('strict-transport-security', `max-age=${ONE_YEAR_SECONDS}`);
  }
  return headers;
}
