const ONE_YEAR_SECONDS = 31_536_000;

/** Headers of every answer. A page with scripts overrides its own policy. */
export function securityHeaders({ publicUrl }: { publicUrl: string }): Readonly<Record<string, string>> {
  const headers = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
  // HSTS over plain http would be ignored, and would lock out a host that has no certificate.
  if (!publicUrl.startsWith('https://')) return headers;
  return { ...headers, 'strict-transport-security': `max-age=${ONE_YEAR_SECONDS}` };
}
