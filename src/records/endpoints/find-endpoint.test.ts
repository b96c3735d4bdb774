import { describe, expect, test } from 'vitest';
import { KEY, sampleEndpoint, sampleKey, UUID } from '../testing/sample-endpoint.ts';
import { Endpoint } from './endpoint.ts';
import { createEndpointFinder } from './find-endpoint.ts';

const NOW_MS = Date.parse('2026-01-22T10:00:00Z');
const OTHER = sampleEndpoint({ id: 8, uuid: 'other', keys: [sampleKey('other key', { id: 2 })] });

function find(endpoints: readonly Endpoint[], key: string | null, uuid: string | null) {
  const found = createEndpointFinder(endpoints).find({ key, uuid }, NOW_MS);
  return found === null ? null : [found.endpoint.id, found.keyId];
}

describe('an endpoint', () => {
  test('is found by its key alone, and by its key at its own address', () => {
    const endpoints = [OTHER, Endpoint.parse(sampleEndpoint())];
    expect(find(endpoints, KEY, null)).toEqual([7, 1]);
    expect(find(endpoints, KEY, UUID)).toEqual([7, 1]);
  });

  test.each([
    ['a wrong key', 'wrong', UUID],
    ['no key', null, UUID],
    ['an empty key', '', UUID],
    ['the key of another one', 'other key', UUID],
    ['its key at another address', KEY, 'other'],
    ['its key at an unknown address', KEY, 'unknown'],
    ['its hash as the key', sampleKey(KEY).hash, null],
    ['nothing', null, null],
  ])('is not found with %s', (_, key, uuid) => {
    expect(find([sampleEndpoint(), OTHER], key, uuid)).toBeNull();
  });

  test('takes two keys, each until its end', () => {
    const keys = [
      sampleKey('new', { id: 5 }),
      sampleKey('old', { id: 4, expiresAt: '2026-01-22T10:00:01Z' }),
      sampleKey('over', { id: 3, expiresAt: '2026-01-22T10:00:00Z' }),
    ];
    const endpoints = [sampleEndpoint({ keys })];
    expect(['new', 'old', 'over'].map((key) => find(endpoints, key, null))).toEqual([[7, 5], [7, 4], null]);
  });

  test('that is public is found by its address only, whatever key is shown', () => {
    const endpoints = [sampleEndpoint({ auth: 'public' })];
    expect(find(endpoints, null, UUID)).toEqual([7, null]);
    expect(find(endpoints, 'wrong', UUID)).toEqual([7, null]);
    expect(find(endpoints, KEY, null)).toBeNull();
  });
});
