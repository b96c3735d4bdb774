import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { ViaductError } from '../../errors.ts';
import { type AddressRules, isOpenAddress } from './addresses.ts';

/** All addresses of a host name, as the system resolver gives them. */
export type LookUpAll = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The destination is, or its name leads to, an address that deliveries may not reach. */
export class RefusedAddressError extends ViaductError {
  constructor(host: string, address: string) {
    const found = host === address ? host : `${host} leads to ${address}, which`;
    super({
      code: 'refused-address',
      message: `${found} is no public address. Allow private addresses on the subscription, or name the network in VIADUCT_EVENTS_ALLOWED_NETWORKS.`,
      retry: 'after-config',
    });
  }
}

/** Well below the time limit of an attempt, so that an unreachable receiver is told from one that does not answer. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How long an idle connection is kept for the next delivery. */
const KEEP_ALIVE_MS = 30_000;

const lookUpAllBySystem: LookUpAll = (hostname) => systemLookup(hostname, { all: true });

/**
 * An agent whose every connection is checked: the host where it is an address, else all addresses that its name has now.
 * One refused address refuses the name; what was checked is what is connected to, so that an answer that changes between
 * two look-ups gains nothing. Proxies named in the environment are not used, and nothing is redirected.
 */
export function createGuardedAgent(
  rules: AddressRules,
  { lookUpAll = lookUpAllBySystem }: { lookUpAll?: LookUpAll } = {},
): Agent {
  const lookup: LookupFunction = (hostname, options, callback) => {
    const fail = (error: unknown) =>
      callback(error instanceof Error ? error : new Error(String(error)), '', 0);
    const answer = (addresses: readonly LookupAddress[]) => {
      const refused = addresses.find(({ address }) => !isOpenAddress(address, rules));
      if (refused !== undefined) return fail(new RefusedAddressError(hostname, refused.address));
      const [first] = addresses;
      if (first === undefined) return fail(nothingFound(hostname));
      if (options.all === true) return callback(null, [...addresses]);
      return callback(null, first.address, first.family);
    };
    lookUpAll(hostname).then(answer, fail);
  };
  const connect = buildConnector({ lookup, timeout: CONNECT_TIMEOUT_MS, allowH2: false });

  return new Agent({
    // The time limit of an attempt covers the whole exchange.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // One request at a time on a connection: one that hangs has it for itself.
    ...{ pipelining: 1, allowH2: false },
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      // An address is connected to without any look-up.
      if (isIP(host) !== 0 && !isOpenAddress(host, rules)) {
        return callback(new RefusedAddressError(host, host), null);
      }
      return connect(options, callback);
    },
  });
}

function nothingFound(hostname: string): Error {
  return Object.assign(new Error(`${hostname} has no address.`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
  });
}
