import { createHash } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { ViaductError } from '../src/errors.ts';
import { run } from './shell.ts';

/** Trixie's first keyring. It is pinned by its hash, as a host that lacks the keys cannot check a signature. */
const KEYRING = {
  url: 'https://deb.debian.org/debian/pool/main/d/debian-archive-keyring/debian-archive-keyring_2025.1_all.deb',
  sha256: '9ea7778e443144ca490668737a8ab22dd3e748bb99e805e22ec055abeb3c7fac',
};

const HOST_KEY = '/usr/share/keyrings/debian-archive-trixie-automatic.gpg';

/**
 * The mmdebstrap option that names Debian's keys, empty where the host has trixie's (Debian 12 and newer);
 * older hosts and Ubuntu get them, into `folder`, from Debian's keyring package. Rejects with `keyring-unavailable`.
 */
export async function keyringOption(
  folder: string,
  signal?: AbortSignal,
  hostKey = HOST_KEY,
): Promise<string[]> {
  const isThere = await access(hostKey).then(
    () => true,
    () => false,
  );
  if (isThere) return [];
  const limit = AbortSignal.timeout(60_000);
  const answer = await request(KEYRING.url, {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (answer.statusCode !== 200 || found !== KEYRING.sha256) {
    throw new ViaductError({
      code: 'keyring-unavailable',
      message: `${KEYRING.url} answered ${answer.statusCode} with other bytes than expected. Install Debian's package debian-archive-keyring, 2025.1 or newer, then try again.`,
      retry: 'after-config',
    });
  }
  const file = join(folder, 'keyring.deb');
  await writeFile(file, bytes);
  await run('dpkg-deb', ['-x', file, folder], { timeoutMs: 60_000, signal });
  return [`--keyring=${join(folder, 'usr/share/keyrings/debian-archive-keyring.gpg')}`];
}
