import { expect, test } from 'vitest';
import { installedApps, parseVersion } from './discovery.ts';

test.each([
  ['19.0-20251001', '19.0', { major: 19, edition: 'community' }],
  ['18.0+e-20250101', '18.0', { major: 18, edition: 'enterprise' }],
  ['saas~18.4+e', 'saas~18.4', { major: 18, edition: 'enterprise' }],
  ['17.0', '17.0', { major: 17, edition: 'community' }],
])('the version %s is read', (server_version, server_serie, expected) => {
  const answer = { server_version, server_serie, protocol_version: 1 };
  expect(parseVersion(answer)).toEqual({ ...expected, text: server_version });
});

test.each([[null], [{ server_version: 'x', server_serie: 'x' }]])(
  'the version %j cannot be read, an error of the protocol',
  (answer) => {
    expect(() => parseVersion(answer)).toThrow(/common\.version with something else than a version/);
  },
);

test('the installed apps are named in order', async () => {
  const rows = [
    { id: 2, name: 'sms' },
    { id: 1, name: 'base' },
  ];
  expect(await installedApps(async () => rows)).toEqual(['base', 'sms']);
  await expect(installedApps(async () => false)).rejects.toMatchObject({ kind: 'protocol' });
});
