import { readFile } from 'node:fs/promises';
import { ViaductError } from '../src/errors.ts';
import { installPackages } from './privileges.ts';
import type { OnProgress } from './progress.ts';
import { findProgram, run } from './shell.ts';

export const CHROMIUM_STEP = 'Chromium';

const PROGRAMS = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser'];

export type ChromiumOptions = { onProgress?: OnProgress; signal?: AbortSignal };

/**
 * The path of a Chromium that starts: the one of CHROMIUM_PATH, else one on the PATH, else Debian's, installed now.
 * Rejects with `chromium-missing`, `no-apt`, `no-root` or `command-failed`.
 */
export async function ensureChromium(options: ChromiumOptions = {}): Promise<string> {
  const { signal, onProgress = () => undefined } = options;
  const named = process.env['CHROMIUM_PATH'] ?? '';
  if (named !== '') {
    if (await starts(named, signal)) return named;
    throw missing(`CHROMIUM_PATH names ${named}, which does not start. Set it to a Chromium, or unset it.`);
  }
  const found = await findChromium(signal);
  if (found !== undefined) return found;
  const system = parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  // Ubuntu's package only starts snapd's, which is missing in containers and cannot be driven headless as root.
  if (system.ids.includes('ubuntu')) {
    throw missing(
      `${system.name} has Chromium only as a snap. Install Google Chrome (https://www.google.com/chrome/), or run \`npx playwright-core install chromium --with-deps\` and set CHROMIUM_PATH to what it installed.`,
    );
  }
  onProgress({ step: CHROMIUM_STEP, fraction: 0.01, text: 'installing chromium' });
  await installPackages(['chromium'], { what: CHROMIUM_STEP, onProgress, signal });
  const installed = await findChromium(signal);
  if (installed === undefined) {
    throw missing('chromium was installed but does not start. Set CHROMIUM_PATH to a Chromium that does.');
  }
  onProgress({ step: CHROMIUM_STEP, fraction: 1, text: installed });
  return installed;
}

async function findChromium(signal: AbortSignal | undefined): Promise<string | undefined> {
  for (const program of PROGRAMS) {
    const path = await findProgram(program);
    if (path !== undefined && (await starts(path, signal))) return path;
  }
  return undefined;
}

/** A stub that stands for a snap is on the PATH too, but cannot tell its version. */
async function starts(path: string, signal: AbortSignal | undefined): Promise<boolean> {
  return run(path, ['--version'], { timeoutMs: 20_000, signal }).then(
    (printed) => /Chrom/.test(printed),
    () => false,
  );
}

/** The names a system goes by, from os-release(5). */
export function parseOsRelease(text: string): { ids: string[]; name: string } {
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  const ids = `${value('ID')} ${value('ID_LIKE')}`.split(' ').filter((id) => id !== '');
  return { ids, name: value('PRETTY_NAME') || 'This system' };
}

function missing(message: string): ViaductError {
  return new ViaductError({ code: 'chromium-missing', message, retry: 'after-config' });
}
