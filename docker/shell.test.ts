import { expect, test } from 'vitest';
import { findProgram, run } from './shell.ts';

const options = { timeoutMs: 10_000 };

test('gives what a command printed, and shows each line as it comes', async () => {
  const lines: string[] = [];
  const printed = run('sh', ['-c', 'echo one; echo two'], { ...options, onLine: (line) => lines.push(line) });
  await expect(printed).resolves.toBe('one\ntwo');
  expect(lines).toEqual(['one', 'two']);
});

test('says how a command ended, with its last words', async () => {
  const failing = run('sh', ['-c', 'echo no such disk >&2; exit 3'], options);
  await expect(failing).rejects.toMatchObject({
    code: 'command-failed',
    message: expect.stringMatching(/ended with 3.*\n.*no such disk/s),
  });
});

test('ends a command that takes too long', async () => {
  await expect(run('sleep', ['30'], { timeoutMs: 50 })).rejects.toThrow(/took longer than 0.05 s/);
});

test('ends a command when it is aborted', async () => {
  const abort = new AbortController();
  const running = run('sleep', ['30'], { ...options, signal: abort.signal });
  abort.abort();
  await expect(running).rejects.toMatchObject({ code: 'command-failed' });
});

test('finds programs, and does not find what is not there', async () => {
  await expect(findProgram('sh')).resolves.toMatch(/\/sh$/);
  await expect(findProgram('viaduct-no-such-program')).resolves.toBeUndefined();
});
