import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { killAndWait } from '../../fixtures/gatewayapi/index.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { ViaductError } from '../../src/errors.ts';

export type SupervisorOptions = {
  /** The program itself, never a wrapper as npm: its process id is what gets killed. */
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Answers 2xx once the child can work, as `http://127.0.0.1:8080/readyz`. */
  readyUrl: string;
  /** Both output streams of every child are appended here. */
  logFile: string;
  /** After so many exits in a row without having been ready, it is not started again. */
  maxFailedStarts?: number;
  clock?: Clock;
};

export type SupervisorCounts = {
  starts: number;
  /** Exits by SIGKILL, whoever sent it. */
  kills: number;
  /** Exits by anything else, which nobody asked for. */
  crashes: number;
};

export type Supervisor = {
  /** Of the running child, or null between two. */
  pid: () => number | null;
  /** Resolves when the present child answers; rejects after `timeoutMs`, or at once when it is not started again. */
  ready: (timeoutMs: number) => Promise<void>;
  /** Ends the child with kill -9 and resolves when the next one has been started. */
  kill: () => Promise<void>;
  counts: () => SupervisorCounts;
  /** Ends the child with SIGTERM, after `graceMs` with SIGKILL, and starts no other. */
  stop: (graceMs?: number) => Promise<void>;
};

const POLL_MS = 25;

/** Starts a program and starts it again whenever it ends, until stopped. */
export function startSupervisor(options: SupervisorOptions): Supervisor {
  const { clock = systemClock, maxFailedStarts = 5 } = options;
  const counts: SupervisorCounts = { starts: 0, kills: 0, crashes: 0 };
  let child: ChildProcess | null = null;
  let failedStarts = 0;
  let isStopping = false;

  function start(): void {
    const log = openSync(options.logFile, 'a');
    const started = spawn(options.command, options.args, {
      env: options.env,
      stdio: ['ignore', log, log],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    closeSync(log);
    counts.starts += 1;
    failedStarts += 1;
    child = started;
    started.once('error', () => ended(null));
    started.once('exit', (_code, signal) => ended(signal));
  }

  function ended(signal: NodeJS.Signals | null): void {
    child = null;
    if (isStopping) return;
    if (signal === 'SIGKILL') {
      counts.kills += 1;
      failedStarts = 0;
    } else counts.crashes += 1;
    if (failedStarts < maxFailedStarts) start();
  }

  async function isReady(): Promise<boolean> {
    const asked = child;
    if (asked === null || !(await answers(options.readyUrl))) return false;
    if (child !== asked) return false;
    failedStarts = 0;
    return true;
  }

  start();
  return {
    pid: () => child?.pid ?? null,
    ready: async (timeoutMs) => {
      const deadlineMs = clock.nowMs() + timeoutMs;
      while (!(await isReady())) {
        if (child === null) throw notReady(`ended ${failedStarts} times before it was ready`, options);
        if (clock.nowMs() >= deadlineMs) throw notReady(`was not ready within ${timeoutMs} ms`, options);
        await clock.sleep(POLL_MS);
      }
    },
    kill: async () => {
      const victim = child;
      if (victim?.pid === undefined) return;
      const exited = once(victim, 'exit');
      await killAndWait(victim.pid);
      await exited;
    },
    counts: () => ({ ...counts }),
    stop: async (graceMs = 10_000) => {
      isStopping = true;
      const last = child;
      if (last === null) return;
      const exited = once(last, 'exit');
      last.kill('SIGTERM');
      const timer = setTimeout(() => last.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function notReady(what: string, { command, logFile }: SupervisorOptions): ViaductError {
  return new ViaductError({
    code: 'chaos-child-not-ready',
    message: `${command} ${what}. Its output is in ${logFile}.`,
    retry: 'never',
  });
}
