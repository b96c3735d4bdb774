import { mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ViaductError } from '../src/errors.ts';
import { runAsRoot } from './privileges.ts';
import { findProgram, run } from './shell.ts';

const TIMEOUT_MS = 120_000;

/**
 * The path of an nginx: the one on the PATH, else Debian's, unpacked without being installed, since its package would start
 * a server on port 80. Rejects with `nginx-missing` or `command-failed`.
 */
export async function ensureNginx(): Promise<string> {
  const found = await findProgram('nginx');
  if (found !== undefined) return found;
  const folder = join(homedir(), '.cache', 'viaduct', 'nginx');
  const program = join(folder, 'usr/sbin/nginx');
  if (await starts(program)) return program;
  if ((await findProgram('apt-get')) === undefined) throw missing('There is no apt-get to get nginx with.');
  await mkdir(folder, { recursive: true });
  const shell = (script: string) => run('sh', ['-ec', script, 'sh', folder], { timeoutMs: TIMEOUT_MS });
  await runAsRoot('apt-get', ['update'], { timeoutMs: TIMEOUT_MS }).catch(() => undefined);
  await shell('cd "$1" && rm -f nginx_*.deb && apt-get download nginx');
  const [archive = 'none'] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['-x', join(folder, archive), folder], { timeoutMs: TIMEOUT_MS });
  if (await starts(program)) return program;
  throw missing('Debian’s nginx was fetched but does not start.');
}

async function starts(program: string): Promise<boolean> {
  return run(program, ['-v'], { timeoutMs: TIMEOUT_MS }).then(
    () => true,
    () => false,
  );
}

function missing(why: string): ViaductError {
  return new ViaductError({
    code: 'nginx-missing',
    message: `${why} Install nginx (1.22 or newer), then try again.`,
    retry: 'after-config',
  });
}
