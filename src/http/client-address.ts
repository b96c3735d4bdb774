import { type BlockList, isIP } from 'node:net';
import type { HttpContext } from './context.ts';

const UNKNOWN = 'unknown';
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The address of the client: the peer's, or what trusted proxies say of it. Never what an untrusted peer says. */
export function clientAddress(c: HttpContext): string {
  const { incoming, edge } = c.env;
  const forwarded = incoming.headers['x-forwarded-for'];
  const chain = typeof forwarded === 'string' ? forwarded : undefined;
  return findClient(incoming.socket.remoteAddress, chain, edge.config.trustedProxies);
}

/**
 * Reads X-Forwarded-For from right to left for as long as the last speaker is a trusted proxy:
 * everything to the left of the first untrusted address may be forged.
 */
export function findClient(
  peer: string | undefined,
  forwarded: string | undefined,
  trusted: BlockList,
): string {
  let client = plainAddress(peer ?? '') ?? UNKNOWN;
  const said = forwarded?.split(',') ?? [];
  while (said.length > 0 && isTrusted(client, trusted)) {
    const next = plainAddress(said.pop() ?? '');
    if (next === null) return client;
    client = next;
  }
  return client;
}

/** Whether an address lies in one of the networks. */
export function isTrusted(address: string | undefined, networks: BlockList): boolean {
  const plain = plainAddress(address ?? '');
  return plain !== null && networks.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** One form for one address: without port, brackets or the IPv6 coat of an IPv4 address; null when it is none. */
function plainAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[([^\]]+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(MAPPED_IPV4, '$1');
  return isIP(bare) === 0 ? null : bare.toLowerCase();
}

/** What a rate limit counts as one visitor: an IPv4 address, or the /64 network that one IPv6 visitor owns. */
export function visitorKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const left = head.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - tail.split(':').length;
  return [
    ...left.filter((part) => part !== ''),
    ...Array<string>(Math.max(0, zeros)).fill('0'),
    ...(tail ?? '').split(':'),
  ]
    .slice(0, 4)
    .join(':');
}
