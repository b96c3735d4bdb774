import { resolveSecretReference, type SecretPlaces } from '../../config/index.ts';
import { unusable } from './unusable.ts';

export type Header = {
  name: string;
  value: string;
  /** Not to be shown in the log of deliveries. */
  isSecret: boolean;
};

/** Those that Viaduct sets, or that belong to the connection and not to a request; in lower case. */
export const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  ...['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp', 'webhook-signature'],
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'],
  ...['te', 'trailer', 'proxy-authorization', 'proxy-authenticate', 'proxy-connection', 'http2-settings'],
]);
/** Characters of a name (RFC 9110, section 5.6.2) and of a value that fits into one line of ASCII. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;
const SECRET_NAME = /auth|token|secret|key|cookie|password|signature/i;

/**
 * Headers as an administrator writes them, `Name: value` a line; a value may be `env:NAME` or `file:/path`. `own` names
 * those that the subscription's other fields make. Throws `subscription-unusable` or what the secret's reference throws.
 */
export async function readHeaderLines(
  text: string,
  { own, places }: { own: readonly string[]; places: SecretPlaces },
): Promise<Header[]> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return Promise.all(lines.map((line) => readLine(line, own, places)));
}

async function readLine(line: string, own: readonly string[], places: SecretPlaces): Promise<Header> {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trim();
  // The line itself is not repeated: it may hold a secret.
  if (!NAME.test(name)) throw unusable('A line of the headers is not written as Name: value.');
  if (RESERVED_HEADERS.has(name.toLowerCase()) || own.includes(name.toLowerCase())) {
    throw unusable(`The header ${name} is set by Viaduct; leave it out.`);
  }
  const written = line.slice(colon + 1).trim();
  const isReference = /^(env|file):/.test(written);
  const value = isReference ? await resolveSecretReference(written, places) : written;
  if (!VALUE.test(value)) throw unusable(`The header ${name} has characters that no header may have.`);
  return { name, value, isSecret: isReference || SECRET_NAME.test(name) };
}
