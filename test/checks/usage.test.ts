import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';

// Each test starts a process of its own, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

function run(name: string, word: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`test/${name}/run.ts`, word], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test.each(['bench', 'chaos'])(
  '%s tells its usage when it is asked for, and its names at a wrong one',
  (name) => {
    const usage = expect.stringMatching(/^Usage: npm run \w+ -- NAME .*names: .*sms/);
    expect(run(name, '--help')).toMatchObject({ status: 0, stdout: usage });
    expect(run(name, 'nonsense')).toMatchObject({ status: 2, stderr: usage });
  },
);

test.each(['bench', 'chaos'])('%s refuses an option that it does not have', (name) => {
  expect(run(name, '--nonsense')).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage: ') });
});
