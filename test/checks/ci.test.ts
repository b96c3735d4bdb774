import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What `.ci/run` makes of an npm that succeeds at everything, and of tests that leave this summary. */
function runWith(summary: string) {
  const folder = mkdtempSync(join(tmpdir(), 'viaduct-ci-'));
  folders.push(folder);
  cpSync('.ci', join(folder, '.ci'), { recursive: true });
  const npm = `#!/bin/sh\nif [ "$1" = test ]; then printf '${summary}' > "$VIADUCT_TEST_SUMMARY"; fi\n`;
  writeFileSync(join(folder, 'npm'), npm, { mode: 0o755 });
  const environment = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const { status, stdout } = spawnSync(join(folder, '.ci/run'), { env: environment, encoding: 'utf8' });
  return [status, stdout.trim().split('\n').at(-1)];
}

test('a run passes when all of its tests did', () => {
  expect(runWith('3 0 0\\n4 0 0\\n')).toEqual([0, '7 passed, 0 failed']);
});

test.each([
  ['had no tests', '', '0 passed, 0 failed'],
  ['skipped some', '3 0 1\\n', '3 passed, 0 failed, 1 skipped'],
  ['told of a failure', '3 1 0\\n', '3 passed, 1 failed'],
])('a run that %s fails, though npm test succeeded', (_, summary, line) => {
  expect(runWith(summary)).toEqual([1, line]);
});
