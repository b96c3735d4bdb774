import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mutant } from './mutant.ts';

export type Copy = { folder: string; remove: () => Promise<void> };

/** A copy of the project as it is in the working tree, with the same node_modules. */
export async function copyProject(): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' });
  for (const path of listed.trim().split('\n')) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // A file that was deleted and not yet committed is listed too.
    await cp(path, join(folder, path)).catch(() => undefined);
  }
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** Makes the change in the copy, does the work, and takes the change back. */
export async function changed<T>(
  { folder }: Copy,
  { file, from, to }: Mutant['change'],
  work: () => Promise<T>,
): Promise<T> {
  const path = join(folder, file);
  const before = await readFile(path, 'utf8');
  await writeFile(
    path,
    before.replace(from, () => to),
  );
  try {
    return await work();
  } finally {
    await writeFile(path, before);
  }
}
