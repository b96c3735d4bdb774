import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import { findClient, visitorKey } from './client-address.ts';

const trusted = new BlockList();
trusted.addSubnet('10.0.0.0', 8, 'ipv4');
trusted.addAddress('::1', 'ipv6');

describe('the client’s address', () => {
  test.each([
    ['is the peer’s when nothing is forwarded', '203.0.113.9', undefined, '203.0.113.9'],
    ['is the peer’s when the peer is no trusted proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['is what a trusted proxy says', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['ignores what the client put to the left', '10.0.0.1', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
    ['is found behind two trusted proxies', '10.0.0.1', '1.2.3.4, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['is the last known when a forwarded one is no address', '10.0.0.1', '1.2.3.4, garbage', '10.0.0.1'],
    ['is the leftmost when all are trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['loses the port', '::1', '198.51.100.1:443', '198.51.100.1'],
    ['loses brackets and port', '::1', '[2001:DB8::7]:443', '2001:db8::7'],
    ['loses the IPv6 coat of an IPv4 peer', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['is unknown when the peer is gone', undefined, '198.51.100.1', 'unknown'],
  ])('%s', (_, peer, forwarded, expected) => {
    expect(findClient(peer, forwarded, trusted)).toBe(expected);
  });
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2'],
  ['2001:db8:1:2::7', '2001:db8:1:2'],
  ['2001:db8::7', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('one visitor is an IPv4 address or an IPv6 network: %s', (address, key) => {
  expect(visitorKey(address)).toBe(key);
});
