import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.ts';
import { type Docker, dockerClient } from './client.ts';
import { stopDaemon } from './daemon.ts';
import { LABEL, OWNER_LABEL, ownerOf } from './labels.ts';

/** Removes a container, running or not; that it is gone, or that somebody else removes it just now, is as good. */
async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (status !== 404 && status !== 409) throw error;
  }
}

/** Removes the containers of this owner, running or not. */
export async function removeContainersOf(owner: string): Promise<void> {
  const { container } = await dockerClient();
  const filters = JSON.stringify({ label: [`${OWNER_LABEL}=${owner}`] });
  const found = await container.dockerode.listContainers({ all: true, filters });
  await Promise.all(found.map(({ Id }) => removeContainer(container.dockerode, Id)));
}

/** Removes what processes left behind that are gone, for instance when the machine lost its power. */
export async function removeOrphans(): Promise<void> {
  const { container } = await dockerClient();
  const filters = JSON.stringify({ label: [LABEL] });
  const found = await container.dockerode.listContainers({ all: true, filters });
  const owners = new Set(found.map(({ Labels }) => Labels[OWNER_LABEL]));
  for (const owner of owners) {
    if (owner === undefined) continue;
    const isAlive = (await ownerOf(Number.parseInt(owner, 10))) === owner;
    if (!isAlive) await removeContainersOf(owner);
  }
}

/**
 * Starts a separate process that waits until this one is gone, however it ended (kill -9 included), and then removes
 * its containers and ends the Docker daemon it started. It does what Testcontainers' Ryuk does, without an image.
 */
export async function startCleaner(startedDaemon: { pidFile: string | undefined }): Promise<void> {
  const owner = (await ownerOf(process.pid)) ?? '';
  const program = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [program, owner, startedDaemon.pidFile ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // The pipe ends with this process; until then it must not keep it alive.
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
}

async function cleanAfter(owner: string, pidFile: string): Promise<void> {
  for await (const _chunk of process.stdin);
  await removeContainersOf(owner);
  // A request that was on its way to Docker when its sender died may have made one more.
  await systemClock.sleep(2000);
  await removeContainersOf(owner);
  if (pidFile !== '') await stopDaemon({ socketPath: '/var/run/docker.sock', pidFile });
}

if (import.meta.main) await cleanAfter(process.argv[2] ?? '', process.argv[3] ?? '');
