/** Headers of one connection only (RFC 9110, 7.6.1, and older ones of the same kind). */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];

/**
 * What the upstream is not told, beside the above: another host's name, what Node has already answered (`expect`), who
 * asked from where, and cookies, which browsers share between the ports of one host: Odoo's session would be among them.
 */
const NOT_FOR_UPSTREAM = [
  ...['host', 'expect', 'cookie'],
  ...['forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
];

/** Cookies of another host, and a promise about the protocol of this one. */
const NOT_FOR_CLIENT = ['set-cookie', 'strict-transport-security'];

/** The headers of a request that go on to the upstream: names, values and order as they came, in one flat list. */
export function headersForUpstream(rawHeaders: readonly string[]): string[] {
  return kept(pairs(rawHeaders), NOT_FOR_UPSTREAM).flat();
}

/** The headers of an answer that go back to the client. */
export function headersForClient(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): [string, string][] {
  const all = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return kept(all, NOT_FOR_CLIENT);
}

function kept(headers: readonly [string, string][], unwanted: readonly string[]): [string, string][] {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((word) => word.trim().toLowerCase()));
  const dropped = new Set([...HOP_BY_HOP, ...unwanted, ...named]);
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()));
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );
}
