import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ViaductError } from '../src/errors.ts';
import { isRoot, runAsRoot } from './privileges.ts';
import { findProgram } from './shell.ts';
import { until } from './until.ts';

/** What comes back from a daemon's socket: an answer, a refusal of this user, or nothing. */
export type DaemonState = 'answers' | 'refuses' | 'silent';

export type DaemonPlace = { socketPath: string; pidFile: string };

export type StartOptions = DaemonPlace & { more: readonly string[]; signal?: AbortSignal | undefined };

const LOG_FILE = join(tmpdir(), 'viaduct-dockerd.log');

/** How the daemon at a socket takes a ping: `GET /_ping` of the Docker Engine API. */
export async function askDaemon(socketPath: string): Promise<DaemonState> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 3000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'answers' : 'silent');
    });
    ping.once('timeout', () => ping.destroy());
    ping.once('error', (error) => {
      resolve('code' in error && error.code === 'EACCES' ? 'refuses' : 'silent');
    });
    ping.end();
  });
}

/**
 * Starts dockerd apart from this process, so that a Ctrl-C here does not hit it before its containers are gone.
 * Where the kernel or the rights for a bridge are missing it starts without one: our containers use the host's network.
 * Rejects with `docker-ended` or `not-ready` and the end of dockerd's log.
 */
export async function startDaemon(options: StartOptions): Promise<void> {
  try {
    await startOnce(options);
  } catch (error) {
    options.signal?.throwIfAborted();
    await stopDaemon(options).catch(() => undefined);
    const withoutBridge = ['--bridge=none', '--iptables=false', '--ip6tables=false'];
    if (options.more.includes('--bridge=none')) throw error;
    await startOnce({ ...options, more: [...options.more, ...withoutBridge] });
  }
}

async function startOnce({ socketPath, pidFile, more, signal }: StartOptions): Promise<void> {
  const dockerd = (await findProgram('dockerd')) ?? 'dockerd';
  // Whoever is not root is let in by the socket's group.
  const group = isRoot() ? [] : ['--group', String(process.getgid?.())];
  const daemonArguments = ['--host', `unix://${socketPath}`, '--pidfile', pidFile, ...group, ...more];
  const script = 'log=$1; shift; rm -f "$log"; setsid "$@" >"$log" 2>&1 </dev/null & echo $!';
  const detached = ['-c', script, 'sh', LOG_FILE, dockerd, ...daemonArguments];
  const pid = Number.parseInt(await runAsRoot('sh', detached, { timeoutMs: 60_000, signal }), 10);
  await until(
    async () => {
      const state = await askDaemon(socketPath);
      if (state === 'silent' && !(await isAlive(pid))) throw await daemonEnded();
      return state !== 'silent';
    },
    { what: 'dockerd did not answer', timeoutMs: 60_000, signal, advice: logEnd },
  );
}

async function daemonEnded(): Promise<ViaductError> {
  const message = `dockerd ended instead of answering. Start Docker yourself, or mend what its log says. ${await logEnd()}`;
  return new ViaductError({ code: 'docker-ended', message, retry: 'after-config' });
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status !== '' && !/^\d+ \(.*\) Z/.test(status);
}

async function logEnd(): Promise<string> {
  const log = await readFile(LOG_FILE, 'utf8').catch(() => '');
  return `Its log (${LOG_FILE}) ends with:\n${log.trimEnd().split('\n').slice(-8).join('\n')}`;
}

/** Ends the daemon if no container runs on it any more; waits until it is gone. */
export async function stopDaemon({ socketPath, pidFile }: DaemonPlace): Promise<void> {
  if ((await countRunning(socketPath)) > 0) return;
  const pid = await readPid(pidFile);
  if (pid === undefined) return;
  const isService = await runAsRoot('systemctl', ['is-active', 'docker'], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
  if (isService) {
    await runAsRoot('systemctl', ['stop', 'docker.socket', 'docker', 'containerd'], { timeoutMs: 60_000 });
  } else await runAsRoot('kill', ['-TERM', String(pid)], { timeoutMs: 10_000 });
  await until(async () => !(await isAlive(pid)), { what: 'dockerd did not end', timeoutMs: 30_000 });
}

const RunningContainers = z.array(z.object({ Id: z.string() }));

/** How many containers run, whoever started them; 0 when the daemon is silent. */
async function countRunning(socketPath: string): Promise<number> {
  const body = await new Promise<string>((resolve) => {
    const ask = request({ socketPath, path: '/containers/json', timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve(response.statusCode === 200 ? text : '[]'));
    });
    ask.once('timeout', () => ask.destroy());
    ask.once('error', () => resolve('[]'));
    ask.end();
  });
  return RunningContainers.parse(JSON.parse(body)).length;
}

/** The pid in a pid file, or undefined when there is none. */
async function readPid(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}
