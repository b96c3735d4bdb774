import { type SpawnOptions, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ViaductError } from '../src/errors.ts';

export type RunOptions = {
  /** The command is ended after this many milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  env?: NodeJS.ProcessEnv;
  /** Sees every line of both outputs while the command runs. */
  onLine?: (line: string) => void;
};

/** A command that runs, and its end: the promise rejects like {@link run}. */
export type RunningCommand = { stdout: Readable; ended: Promise<void>; kill: () => void };

const KEPT_LINES = 15;

function commandFailed(command: string, how: string, lines: readonly string[]): ViaductError {
  return new ViaductError({
    code: 'command-failed',
    message: `\`${command}\` ${how}. Its last words:\n${lines.join('\n')}`,
    retry: 'later',
  });
}

/**
 * Starts a command whose standard output is somebody else's to read; standard error goes to `onLine`.
 * `ended` rejects with `command-failed` on a non-zero exit, a missing program, the time limit or an abort.
 */
export function start(command: string, args: readonly string[], options: RunOptions): RunningCommand {
  const spawnOptions: SpawnOptions = { env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] };
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const child = spawn(command, [...args], { ...spawnOptions, stdio: ['ignore', 'pipe', 'pipe'], signal });
  const lastLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > KEPT_LINES) lastLines.shift();
    options.onLine?.(line);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      const how = limit.aborted
        ? `took longer than ${options.timeoutMs / 1000} s`
        : `failed: ${error.message}`;
      reject(commandFailed(command, how, lastLines));
    });
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve();
      else reject(commandFailed(command, `ended with ${code ?? killedBy}`, lastLines));
    });
  });
  return { stdout: child.stdout, ended, kill: () => child.kill('SIGTERM') };
}

/** Runs a command to its end and gives what it printed. Rejects with `command-failed`. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const running = start(command, args, options);
  const printed: string[] = [];
  createInterface({ input: running.stdout }).on('line', (line) => {
    printed.push(line);
    options.onLine?.(line);
  });
  await running.ended;
  return printed.join('\n');
}

/** The path of a program, or undefined when no folder of PATH or of the system's administrators has it. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter((path) => path !== '')) {
    const path = join(folder, name);
    const isRunnable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isRunnable) return path;
  }
  return undefined;
}
