import { BlockList, isIP } from 'node:net';
import { addNetwork } from '../../config/index.ts';

/**
 * Whether an address may call an endpoint with these networks. None allow everybody; lines that name no network allow nobody, so
 * that a slip of the pen closes a door rather than opening it.
 */
export function isFromAllowedNetwork(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return true;
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
