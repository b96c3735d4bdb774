import { ViaductError } from '../src/errors.ts';
import type { OnProgress } from './progress.ts';
import { findProgram, type RunOptions, run } from './shell.ts';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Puts sudo before a command where that is needed. Rejects with `no-root` when there is neither root nor sudo. */
export async function asRoot(command: string, args: readonly string[]): Promise<readonly [string, string[]]> {
  if (isRoot()) return [command, [...args]];
  if ((await findProgram('sudo')) !== undefined) return ['sudo', [command, ...args]];
  throw new ViaductError({
    code: 'no-root',
    message: `\`${command}\` must run as root, and this is neither root nor a machine with sudo. Run as root, or install sudo.`,
    retry: 'after-config',
  });
}

export async function runAsRoot(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  return run(...(await asRoot(command, args)), options);
}

export type InstallOptions = {
  /** Why the packages are needed: the end of the message when there is no apt-get. */
  what: string;
  onProgress: OnProgress;
  signal?: AbortSignal | undefined;
};

/** Installs Debian packages with apt-get. Rejects with `no-apt`, `no-root` or `command-failed`. */
export async function installPackages(packages: readonly string[], options: InstallOptions): Promise<void> {
  if ((await findProgram('apt-get')) === undefined) {
    throw new ViaductError({
      code: 'no-apt',
      message: `There is no apt-get to install ${packages.join(', ')} with. Install ${options.what} yourself, then try again.`,
      retry: 'after-config',
    });
  }
  let handled = 0;
  const report = (text: string): void => {
    // A package is unpacked and set up; how many come along is not known before apt has decided.
    handled += /^(Get:|Unpacking |Setting up )/.test(text) ? 1 : 0;
    options.onProgress({ step: options.what, fraction: 1 - 1 / (1 + handled / 15), text });
  };
  const common: RunOptions = {
    timeoutMs: 600_000,
    signal: options.signal,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    onLine: report,
  };
  const wait = 'DPkg::Lock::Timeout=120';
  // Lists of one broken third-party source must not stop what Debian's own lists can give.
  await runAsRoot('apt-get', ['-o', wait, 'update'], common).catch(() => undefined);
  const install = ['-o', wait, 'install', '-y', '--no-install-recommends', ...packages];
  await runAsRoot('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...install], common);
}
