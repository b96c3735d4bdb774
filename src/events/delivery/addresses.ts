import type { BlockList } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * - `public`: global unicast, where a receiver on the internet may be.
 * - `private`: a machine or network of our own; open only to a subscription that an administrator lets in.
 * - `forbidden`: no receiver is ever there: metadata services of clouds, link-local, multicast, documentation, addresses
 *   that carry another one inside (IPv4-mapped, NAT64, 6to4, Teredo) and whatever is not assigned.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

/** Where clouds keep credentials outside of link-local: AWS over IPv6, Alibaba within CGNAT, Azure in public space. */
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200', '168.63.129.16']);
const PRIVATE_RANGES = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);
/** All that IANA has handed out as global unicast (registry "IPv6 Global Unicast Address Assignments"). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** What kind of address this is, written as the system resolver or a URL writes it; whatever else is forbidden. */
export function addressKind(text: string): AddressKind {
  // Not `ipaddr.isValid`: it takes octal and short forms, which somebody else may read in another way.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return 'forbidden';
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6 && address.zoneId) return 'forbidden';
  if (METADATA.has(address.toString())) return 'forbidden';
  const range = address.range();
  if (PRIVATE_RANGES.has(range)) return 'private';
  if (range !== 'unicast') return 'forbidden';
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST) ? 'public' : 'forbidden';
}

export type AddressRules = {
  /** Networks that are open to every subscription, whatever kind they are. */
  allowed: BlockList;
  /** Whether this subscription may reach private addresses. */
  allowPrivate: boolean;
};

/** Whether a delivery may be connected to this address. */
export function isOpenAddress(text: string, { allowed, allowPrivate }: AddressRules): boolean {
  const kind = addressKind(text);
  if (kind === 'public' || (kind === 'private' && allowPrivate)) return true;
  return ipaddr.isValid(text) && allowed.check(text, ipaddr.parse(text).kind());
}
