import { expect, test } from 'vitest';
import { debianProgress } from './debian-progress.ts';

test('follows the packages from the download to the set-up', () => {
  const read = debianProgress();
  expect(read('I: running apt-get update...')).toMatchObject({ fraction: 0, text: 'running apt-get update' });
  read('0 upgraded, 59 newly installed, 0 to remove and 0 not upgraded.');
  expect(
    read(
      'Get:56 http://deb.debian.org/debian trixie/main amd64 init-system-helpers all 1.69~deb13u1 [39.4 kB]',
    ).text,
  ).toBe('downloading init-system-helpers');
  expect(read('Unpacking xfonts-utils (1:7.7+7) ...').text).toBe('unpacking xfonts-utils');
  const last = read('Setting up odoo-19 (19.0.0+dfsg-1) ...');
  expect(last.text).toBe('setting up odoo-19');
  expect(last.fraction).toBeGreaterThan(0);
});

test('stays at or below 0.8 when more packages come than were expected', () => {
  const read = debianProgress();
  for (const kind of ['Get:1 http://deb.debian.org/debian', 'Unpacking x', 'Setting up x']) {
    for (let count = 0; count < 500; count += 1) read(kind);
  }
  expect(read('I: creating tarball...').fraction).toBeCloseTo(0.8);
});
