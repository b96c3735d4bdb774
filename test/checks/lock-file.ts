/**
 * `npm ci` refuses a lock file that leaves out an optional package of another platform, and `npm install` leaves them
 * out when the registry it asked had none. This check names such gaps; with `--write` it fills them in.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { say } from './say.ts';

const LockedPackage = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const LockFile = z.looseObject({ packages: z.record(z.string(), LockedPackage) });
type LockFile = z.infer<typeof LockFile>;

const PLATFORMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

type Gap = { place: string; entry: Record<string, unknown> };

/** The entries that the lock file should have and has not. */
function findGaps({ packages }: LockFile): Gap[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]): Gap[] => {
      const places = [`${parent}/node_modules/${name}`, `node_modules/${name}`];
      if (!EXACT_VERSION.test(version) || places.some((place) => packages[place] !== undefined)) return [];
      return [{ place: `node_modules/${name}`, entry: entryOf(name, version, dev === true) }];
    }),
  );
}

function entryOf(name: string, version: string, dev: boolean): Record<string, unknown> {
  const words = name.split(/[/-]/);
  const cpu = PROCESSORS.find((processor) => words.some((word) => word.startsWith(processor)));
  const os = PLATFORMS.find((platform) => words.includes(platform));
  return {
    version,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(dev ? { dev } : {}),
    ...(words.includes('musl') ? { libc: ['musl'] } : {}),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}

const lock = LockFile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
const gaps = findGaps(lock);
if (gaps.length > 0 && process.argv.includes('--write')) {
  for (const { place, entry } of gaps) lock.packages[place] = entry;
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync('package-lock.json', `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
  say(`package-lock.json: filled in ${gaps.length} packages of other platforms`);
} else if (gaps.length > 0) {
  const names = gaps.map(({ place }) => `  ${place}`).join('\n');
  say(`package-lock.json lacks packages of other platforms; run npm run lock:complete\n${names}`);
  process.exitCode = 1;
}
