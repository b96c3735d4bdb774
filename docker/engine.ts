import { access } from 'node:fs/promises';
import { ViaductError } from '../src/errors.ts';
import { askDaemon, type DaemonState, startDaemon, stopDaemon } from './daemon.ts';
import { decideEngine, type EngineFindings } from './engine-decision.ts';
import { installPackages, isRoot, runAsRoot } from './privileges.ts';
import type { OnProgress } from './progress.ts';
import { findProgram } from './shell.ts';
import { until } from './until.ts';

export const ENGINE_STEP = 'Docker Engine';

export type EngineOptions = {
  onProgress?: OnProgress;
  signal?: AbortSignal | undefined;
  /** The daemon's socket; another one than Docker's own only in tests. */
  socketPath?: string;
  /** More arguments for a dockerd that we start ourselves. */
  dockerdArguments?: readonly string[];
  /** Where a dockerd that we start keeps its pid. */
  pidFile?: string;
};

export type DockerEngine = {
  startedByUs: boolean;
  /** What a separate process needs to stop it: undefined when it was not started by us. */
  pidFile: string | undefined;
  /** Stops the daemon if we started it and nobody else's container runs on it; otherwise does nothing. */
  stop: () => Promise<void>;
};

/**
 * Makes sure that a Docker daemon answers: uses the one that does, or installs Debian's `docker.io` and starts it.
 * Rejects with `no-root`, `no-apt`, `docker-missing`, `docker-host-silent`, `docker-ended`, `command-failed` or `not-ready`.
 */
export async function ensureDockerEngine(options: EngineOptions = {}): Promise<DockerEngine> {
  const { signal, onProgress = () => undefined } = options;
  const socketPath = options.socketPath ?? '/var/run/docker.sock';
  const pidFile = options.pidFile ?? '/var/run/docker.pid';
  const say = (fraction: number, text: string): void => onProgress({ step: ENGINE_STEP, fraction, text });
  const decision = decideEngine(await lookAround(socketPath));
  switch (decision.kind) {
    case 'give-up':
      throw new ViaductError({ code: decision.code, message: decision.message, retry: 'after-config' });
    case 'use':
      say(1, 'answers already');
      return { startedByUs: false, pidFile: undefined, stop: async () => undefined };
    case 'share-socket':
      await shareSocket(socketPath, onProgress, signal);
      say(1, 'answers already');
      return { startedByUs: false, pidFile: undefined, stop: async () => undefined };
    case 'start': {
      if (decision.install) {
        say(0.05, 'installing docker.io');
        await installPackages(['docker.io', 'iptables', 'ca-certificates'], {
          what: ENGINE_STEP,
          signal,
          onProgress: ({ fraction, text }) => say(0.05 + fraction * 0.8, text),
        });
      }
      // Installing may have started it: Debian's packages start their services where an init system runs.
      if ((await askDaemon(socketPath)) === 'silent') {
        say(0.9, decision.by === 'systemd' ? 'starting by systemd' : 'starting dockerd');
        if (decision.by === 'systemd') {
          await runAsRoot('systemctl', ['start', 'docker'], { timeoutMs: 90_000, signal });
        } else await startDaemon({ socketPath, pidFile, more: options.dockerdArguments ?? [], signal });
      }
      if ((await askDaemon(socketPath)) === 'refuses') await shareSocket(socketPath, onProgress, signal);
      say(1, 'started');
      return { startedByUs: true, pidFile, stop: () => stopDaemon({ socketPath, pidFile }) };
    }
  }
}

async function lookAround(socketPath: string): Promise<EngineFindings> {
  const dockerHost = process.env['DOCKER_HOST'] ?? '';
  const isRemote = dockerHost !== '' && dockerHost !== `unix://${socketPath}`;
  return {
    daemon: isRemote ? await askRemote(dockerHost) : await askDaemon(socketPath),
    isRemote,
    platform: process.platform,
    hasDockerd: (await findProgram('dockerd')) !== undefined,
    hasApt: (await findProgram('apt-get')) !== undefined,
    canBecomeRoot: isRoot() || (await findProgram('sudo')) !== undefined,
    hasSystemd: await access('/run/systemd/system').then(
      () => true,
      () => false,
    ),
  };
}

async function askRemote(dockerHost: string): Promise<DaemonState> {
  if (dockerHost.startsWith('unix://')) return askDaemon(dockerHost.slice('unix://'.length));
  // A remote address may need certificates, which the Docker client behind Testcontainers knows how to use.
  return 'answers';
}

/** Lets this user at a socket that belongs to root, for as long as that socket lives (it is gone after a reboot). */
async function shareSocket(
  socketPath: string,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await findProgram('setfacl')) === undefined) {
    await installPackages(['acl'], { what: ENGINE_STEP, onProgress, signal });
  }
  await runAsRoot('setfacl', ['-m', `u:${process.getuid?.()}:rw`, socketPath], { timeoutMs: 30_000, signal });
  await until(async () => (await askDaemon(socketPath)) === 'answers', {
    what: 'The Docker daemon did not let this user in',
    timeoutMs: 10_000,
    signal,
  });
}
