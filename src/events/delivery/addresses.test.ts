import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressKind, isOpenAddress } from './addresses.ts';

const PUBLIC = ['8.8.8.8', '1.1.1.1', '100.63.255.255', '100.128.0.1', '172.15.255.255', '172.32.0.1'].concat(
  ['169.253.255.255', '192.0.1.1', '198.17.255.255', '223.255.255.255', '2606:4700::1111', '2a00::1'],
);

const PRIVATE = [
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['100.64.0.1', 'CGNAT'],
  ['100.127.255.255', 'CGNAT'],
  ['::1', 'loopback'],
  ['fc00::1', 'unique local'],
  ['fdff:ffff::1', 'unique local'],
] as const;

const FORBIDDEN = [
  ['169.254.169.254', 'metadata'],
  ['fd00:ec2::254', 'metadata of AWS'],
  ['FD00:0EC2:0:0:0:0:0:254', 'metadata of AWS, spelled out'],
  ['100.100.100.200', 'metadata of Alibaba'],
  ['168.63.129.16', 'the host of Azure'],
  ['0.0.0.0', 'this host'],
  ['0.1.2.3', 'this network'],
  ['169.254.0.1', 'link-local'],
  ['192.0.0.192', 'protocol assignments'],
  ['192.0.2.1', 'documentation'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['192.88.99.1', '6to4 relay'],
  ['192.31.196.1', 'AS112'],
  ['192.175.48.1', 'AS112'],
  ['192.52.193.1', 'AMT'],
  ['198.18.0.1', 'benchmarks'],
  ['198.19.255.255', 'benchmarks'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::127.0.0.1', 'IPv4-compatible'],
  ['::ffff:127.0.0.1', 'IPv4-mapped loopback'],
  ['::ffff:8.8.8.8', 'IPv4-mapped public'],
  ['0:0:0:0:0:ffff:7f00:1', 'IPv4-mapped, in hex'],
  ['::ffff:0:127.0.0.1', 'IPv4-translated'],
  ['64:ff9b::7f00:1', 'NAT64'],
  ['64:ff9b::8.8.8.8', 'NAT64 public'],
  ['64:ff9b:1::1', 'local NAT64'],
  ['100::1', 'discard'],
  ['2001::1', 'Teredo'],
  ['2001:2::1', 'benchmarks'],
  ['2001:10::1', 'ORCHID'],
  ['2001:20::1', 'ORCHIDv2'],
  ['2001:1ff::1', 'protocol assignments'],
  ['2001:db8::1', 'documentation'],
  ['3fff::1', 'documentation'],
  ['2002:7f00:1::', '6to4'],
  ['2620:4f:8000::1', 'AS112'],
  ['5f00::1', 'segment routing'],
  ['4000::1', 'not assigned'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local with a zone'],
  ['2606:4700::1111%eth0', 'a zone'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['localhost', 'no address'],
  ['127.1', 'short form'],
  ['2130706433', 'decimal'],
  ['0x7f000001', 'hex'],
  ['0177.0.0.1', 'octal'],
  ['08.8.8.8', 'a leading zero'],
  ['8.8.8.8.', 'a dot at the end'],
  ['[::1]', 'brackets'],
  [' 8.8.8.8', 'a space'],
  ['', 'nothing'],
] as const;

describe('an address', () => {
  test.each(PUBLIC)('%s is public', (address) => {
    expect(addressKind(address)).toBe('public');
  });

  test.each(PRIVATE)('%s is private: %s', (address) => {
    expect(addressKind(address)).toBe('private');
  });

  test.each(FORBIDDEN)('%s is forbidden: %s', (address) => {
    expect(addressKind(address)).toBe('forbidden');
  });

  test('that carries an IPv4 address inside is never public', () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.constantFrom('::', '::ffff:', '::ffff:0:', '64:ff9b::'),
        (address, prefix) => {
          expect(addressKind(`${prefix}${address}`)).not.toBe('public');
        },
      ),
    );
  });

  test('is never public outside of global unicast', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const isGlobal = /^[23][0-9a-f]{3}:/i.test(address);
        if (!isGlobal) expect(addressKind(address)).not.toBe('public');
      }),
    );
  });
});

describe('what is open', () => {
  const none = { allowed: new BlockList(), allowPrivate: false };

  test('is only what is public, as a rule', () => {
    expect(PUBLIC.filter((address) => !isOpenAddress(address, none))).toEqual([]);
    expect([...PRIVATE, ...FORBIDDEN].filter(([address]) => isOpenAddress(address, none))).toEqual([]);
  });

  test('is what is private too, for a subscription that may, and nothing forbidden', () => {
    const rules = { ...none, allowPrivate: true };
    expect(PRIVATE.filter(([address]) => !isOpenAddress(address, rules))).toEqual([]);
    expect(FORBIDDEN.filter(([address]) => isOpenAddress(address, rules))).toEqual([]);
  });

  test('is what the settings name, and no more', () => {
    const allowed = new BlockList();
    allowed.addSubnet('10.1.0.0', 16, 'ipv4');
    allowed.addSubnet('fd12::', 32, 'ipv6');
    const rules = { allowed, allowPrivate: false };
    const candidates = ['10.1.2.3', '10.2.0.1', 'fd12::5', 'fd13::5', '127.0.0.1', '8.8.8.8', 'localhost'];
    expect(candidates.filter((address) => isOpenAddress(address, rules))).toEqual([
      '10.1.2.3',
      'fd12::5',
      '8.8.8.8',
    ]);
  });
});
