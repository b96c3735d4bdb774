import { expect, test } from 'vitest';
import { isFromAllowedNetwork } from './networks.ts';

test.each([
  ['198.51.100.7', [], true],
  ['203.0.113.9', ['203.0.113.0/24'], true],
  ['198.51.100.7', ['203.0.113.0/24'], false],
  ['2001:db8::5', ['203.0.113.0/24', '2001:db8::/32'], true],
  ['203.0.113.9', ['203.0.113.9'], true],
  ['203.0.113.9', ['the office'], false],
  ['unknown', ['0.0.0.0/0'], false],
])('%s may call an endpoint for %j: %j', (address, networks, allowed) => {
  expect(isFromAllowedNetwork(address, networks)).toBe(allowed);
});
