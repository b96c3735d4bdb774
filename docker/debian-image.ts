import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { request } from 'undici';
import { systemClock } from '../src/clock.ts';
import { ViaductError } from '../src/errors.ts';
import type { Docker } from './client.ts';
import { keyringOption } from './debian-keyring.ts';
import { debianProgress, IMAGE_STEP } from './debian-progress.ts';
import { asRoot, installPackages } from './privileges.ts';
import { forwardOnly, type OnProgress } from './progress.ts';
import { findProgram, type RunningCommand, start } from './shell.ts';

const SOURCES = 'sources.list';
const MIRROR = 'http://deb.debian.org/debian';

/** The size of the tar when this was written, for the last part of the bar. */
const EXPECTED_BYTES = 1_160_000_000;

/** The official image has python3-phonenumbers too; without it Odoo judges no number. */
const PACKAGES = 'odoo-19,python3-phonenumbers,postgresql,tzdata,ca-certificates';

/** Nobody reads manuals in a container; of Odoo's 800 MB of translations we use French. */
const LEFT_OUT = [
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/doc/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/lib/python3/dist-packages/odoo/addons/*/i18n/*.po',
  'path-include=/usr/lib/python3/dist-packages/odoo/addons/*/i18n/fr.po',
];

/** Odoo comes from sid, everything else from trixie: on sid's own Python 3.14 Odoo 19 does not start. */
const PIN = 'Package: *\\nPin: release n=sid\\nPin-Priority: 100\\n';
const PIN_HOOK = `mkdir -p "$1/etc/apt/preferences.d"; printf '${PIN}' > "$1/etc/apt/preferences.d/sid"`;

/** Ends the tag of the image: one that was made of something else is not taken for it. */
export const RECIPE = createHash('sha256')
  .update([PACKAGES, ...LEFT_OUT, PIN].join('\n'))
  .digest('hex')
  .slice(0, 8);

export type BuildOptions = { repository: string; tag: string; onProgress: OnProgress; signal?: AbortSignal };

/**
 * Builds one image with Odoo 19 and PostgreSQL 17 from Debian packages, in about three minutes.
 * Rejects with `command-failed` and mmdebstrap's last words, or with what installing mmdebstrap rejects with.
 */
export async function buildDebianImage(docker: Docker, options: BuildOptions): Promise<void> {
  const { signal } = options;
  const onProgress = forwardOnly(options.onProgress);
  if ((await findProgram('mmdebstrap')) === undefined) {
    await installPackages(['mmdebstrap'], {
      what: IMAGE_STEP,
      signal,
      onProgress: ({ text }) => onProgress({ step: IMAGE_STEP, fraction: 0.01, text }),
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-image-'));
  try {
    await writeFile(join(folder, SOURCES), await sourceLines(signal));
    const read = debianProgress();
    const [command, commandArguments] = await asRoot('mmdebstrap', await mmdebstrapArguments(folder, signal));
    const building = start(command, commandArguments, {
      timeoutMs: 1_800_000,
      signal,
      onLine: (line) => onProgress(read(line)),
    });
    await store(docker, building, { ...options, onProgress });
    onProgress({ step: IMAGE_STEP, fraction: 1, text: `built ${options.repository}:${options.tag}` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function mmdebstrapArguments(folder: string, signal: AbortSignal | undefined): Promise<string[]> {
  return [
    '--verbose',
    '--variant=minbase',
    '--format=tar',
    `--include=${PACKAGES}`,
    ...(await keyringOption(folder, signal)),
    ...['force-unsafe-io', ...LEFT_OUT].map((option) => `--dpkgopt=${option}`),
    `--setup-hook=${PIN_HOOK}`,
    'trixie',
    '-',
    join(folder, SOURCES),
  ];
}

/** The tar goes straight from mmdebstrap into Docker: a gigabyte that is not written twice. */
async function store(docker: Docker, building: RunningCommand, options: BuildOptions): Promise<void> {
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      // Docker goes on for a while after the last byte.
      const fraction = 0.8 + Math.min(1, bytes / EXPECTED_BYTES) * 0.12;
      options.onProgress({
        step: IMAGE_STEP,
        fraction,
        text: `storing the image, ${Math.round(bytes / 1e6)} MB`,
      });
      done(null, chunk);
    },
  });
  const name = { repo: options.repository, tag: options.tag };
  const importing = docker.importImage(building.stdout.pipe(counter), name);
  try {
    // A half-finished tar would be stored as an image too, so mmdebstrap's own end decides.
    const [answer] = await Promise.all([importing, building.ended]);
    await new Promise<unknown>((resolve, reject) => {
      docker.modem.followProgress(answer, (error: Error | null, output: unknown) =>
        error === null ? resolve(output) : reject(error),
      );
    });
  } catch (error) {
    building.kill();
    counter.destroy();
    await importing.catch(() => undefined);
    await docker
      .getImage(`${options.repository}:${options.tag}`)
      .remove()
      .catch(() => undefined);
    throw error;
  }
}

/** Mirrors can be past sid's Valid-Until; only then is the check switched off, and only for that source. */
async function sourceLines(signal: AbortSignal | undefined): Promise<string> {
  const option = (await isPastValidUntil(signal)) ? '[check-valid-until=no] ' : '';
  return `deb ${MIRROR} trixie main\ndeb ${option}${MIRROR} sid main\n`;
}

async function isPastValidUntil(signal: AbortSignal | undefined): Promise<boolean> {
  const limit = AbortSignal.timeout(30_000);
  const url = `${MIRROR}/dists/sid/InRelease`;
  const text = await request(url, {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  }).then(
    (answer) => answer.body.text(),
    (error: unknown) => {
      throw new ViaductError({
        code: 'debian-unreachable',
        message: `No container registry answers, and neither does ${url}. Viaduct's Odoo comes from either; check the network.`,
        retry: 'later',
        cause: error,
      });
    },
  );
  const until = /^Valid-Until: (.+)$/m.exec(text)?.[1];
  return until !== undefined && Date.parse(until) < systemClock.nowMs();
}
