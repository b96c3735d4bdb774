import { expect, test } from 'vitest';
import { sampleGrant } from '../records/scope/testing/sample-scope.ts';
import { sampleEndpoint, sampleKey } from '../records/testing/sample-endpoint.ts';
import { endpointFindings } from './records-checks.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const SOON = '2026-03-05T12:00:00Z';

test('sound endpoints are one line, those at rest are not looked at', () => {
  const replaced = sampleEndpoint({ keys: [sampleKey('a'), sampleKey('b', { expiresAt: SOON })] });
  const networked = sampleEndpoint({ auth: 'public', keys: [], networks: ['10.0.0.0/8'] });
  const resting = [sampleEndpoint({ keys: [], paused: true }), sampleEndpoint({ keys: [], active: false })];
  expect(endpointFindings([replaced, networked, ...resting], NOW_MS)).toMatchObject([
    { check: 'record api', state: 'ok', words: '2 of 4 endpoints take calls.' },
  ]);
});

test.each([
  ['acts for nobody', { userId: 0 }, 'fault', /archived or gone/],
  ['acts for who has left', { userActive: false }, 'fault', /archived or gone/],
  ['names no network', { networks: ['10.0.0.0/8', 'office'] }, 'fault', /none: office/],
  ['allows nothing', { grants: [] }, 'fault', /no model/],
  [
    'allows what never works',
    {
      grants: [
        sampleGrant('ir.config_parameter'),
        sampleGrant('res.users'),
        sampleGrant('res.partner', { methods: ['sudo'] }),
      ],
    },
    'warning',
    /never works: ir.config_parameter, .*res.users, .*sudo of res.partner/,
  ],
  ['is over', { expiresAt: '2026-02-28T12:00:00Z' }, 'fault', /until 2026-02-28/],
  ['ends soon', { expiresAt: SOON }, 'warning', /until 2026-03-05/],
  ['is open to all', { auth: 'public' as const, keys: [] }, 'warning', /is public/],
  ['has no key', { keys: [] }, 'fault', /no key/],
  [
    'has one that ended',
    { keys: [sampleKey('a', { expiresAt: '2026-03-01T11:00:00Z' })] },
    'fault',
    /no key/,
  ],
  ['has one that ends soon', { keys: [sampleKey('a', { expiresAt: SOON })] }, 'warning', /in 4 days/],
])('an endpoint that %s is named', (_, parts, state, words) => {
  const [, ...found] = endpointFindings([sampleEndpoint(parts)], NOW_MS);
  expect(found).toMatchObject([
    { check: 'endpoint 7', state, words: expect.stringMatching(words), cure: expect.stringMatching(/^Open/) },
  ]);
});
