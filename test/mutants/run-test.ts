import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Copy } from './copy.ts';
import { type Mutant, projectOf } from './mutant.ts';

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numFailedTestSuites: z.number(),
});

export type Verdict = 'passed' | 'failed' | 'not-run';

const TIME_LIMIT_MS = 600_000;

/** Runs one test of the copy by its name. `not-run` where no test has that name, or vitest did not get as far. */
export async function runTest({ folder }: Copy, { file, name }: Mutant['test']): Promise<Verdict> {
  const output = join(folder, 'mutant-report.json');
  await rm(output, { force: true });
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const child = spawn(
    process.execPath,
    [
      ...[vitest, 'run', '--project', projectOf(file), file, '-t', namePattern(name)],
      ...['--reporter=json', `--outputFile=${output}`, '--bail=1'],
    ],
    { cwd: folder, stdio: 'ignore', timeout: TIME_LIMIT_MS },
  );
  await once(child, 'exit');
  const text = await readFile(output, 'utf8').catch(() => null);
  if (text === null) return 'not-run';
  const report = Report.parse(JSON.parse(text));
  if (report.numFailedTests > 0) return 'failed';
  if (report.numPassedTests > 0) return 'passed';
  // What the test needs did not start.
  return report.numFailedTestSuites > 0 ? 'failed' : 'not-run';
}

/** Every test whose name contains this one; `%s` and the like stand for the values of a row. */
function namePattern(name: string): string {
  return name
    .split(/%[sijdo]|\$\w+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
}
