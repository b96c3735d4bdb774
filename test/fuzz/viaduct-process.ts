import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startCommand } from '../support/start-command.ts';

const SERVER = new URL('viaduct-server.ts', import.meta.url).pathname;
const STOP_MS = 20_000;
const WATCH_MS = 250;
const BYTES_PER_KIB = 1024;
/** Of the heap and of what Node keeps beside it (Linux, proc(5)). */
const RSS = /^VmRSS:\s+(\d+) kB$/m;

export type ViaductProcess = {
  port: number;
  /** All routes that it serves, as `POST /path`. */
  routes: readonly string[];
  /** Where its log goes. */
  logFile: string;
  /** Ended by itself, by a signal or with a code, or null. */
  crash: () => string | null;
  /** Has the process collect its garbage, and reads the memory that it still holds, in bytes. */
  settledRssBytes: () => Promise<number>;
  peakRssBytes: () => number;
  stop: () => Promise<void>;
};

/** Starts Viaduct's server as a process of its own, so that its memory is its own and its death is seen. */
export async function startViaductProcess(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<ViaductProcess> {
  const logFile = join(folder, 'viaduct.log');
  const log = openSync(logFile, 'w');
  const { flags, environment: started } = startCommand();
  const child = fork(SERVER, {
    execArgv: [...flags, '--expose-gc'],
    env: { PATH: process.env['PATH'], ...started, ...environment },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = once(child, 'exit');
  let stopping = false;
  let crash: string | null = null;
  child.on('exit', (code, signal) => {
    if (!stopping || code !== 0) crash = `ended with ${signal ?? code}`;
  });
  const { port, routes } = await helloOf(child, ended);
  let peak = 0;
  const watch = setInterval(() => {
    if (crash === null) peak = Math.max(peak, rssBytes(child.pid));
  }, WATCH_MS);

  async function settledRssBytes(): Promise<number> {
    if (crash !== null) return 0;
    child.send('settle');
    await Promise.race([once(child, 'message'), ended]);
    return rssBytes(child.pid);
  }

  async function stop(): Promise<void> {
    clearInterval(watch);
    if (crash !== null || stopping) return;
    stopping = true;
    child.send('stop');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  return { port, routes, logFile, crash: () => crash, settledRssBytes, peakRssBytes: () => peak, stop };
}

const Hello = z.object({ port: z.number(), routes: z.array(z.string()) });

async function helloOf(child: NodeJS.EventEmitter, ended: Promise<unknown>): Promise<z.infer<typeof Hello>> {
  const [message] = await Promise.race([once(child, 'message'), ended.then(() => [null])]);
  return Hello.parse(message);
}

function rssBytes(pid: number | undefined): number {
  try {
    return Number(RSS.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * BYTES_PER_KIB;
  } catch {
    // It ended between two looks; its exit is reported as such.
    return 0;
  }
}
