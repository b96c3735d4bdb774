import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';
import { errorText, ViaductError } from '../src/errors.ts';

export type Docker = ContainerRuntimeClient['container']['dockerode'];

/**
 * The Docker client behind Testcontainers. Rejects with `docker-missing` when no daemon answers.
 * Testcontainers' own cleaner is an image that a place without a registry cannot pull: `cleaner.ts` stands in for it.
 */
export async function dockerClient(): Promise<ContainerRuntimeClient> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  // Our containers use the host's network, also where this process is itself in a container.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= '127.0.0.1';
  try {
    return await getContainerRuntimeClient();
  } catch (error) {
    throw new ViaductError({
      code: 'docker-missing',
      message: `No Docker daemon can be used: ${errorText(error)}. Start Docker, or run \`npm run demo\`, which installs it.`,
      retry: 'after-config',
      cause: error,
    });
  }
}

/** The id of a local image, or undefined when it is not there. */
export async function findImage(docker: Docker, name: string): Promise<string | undefined> {
  const images = await docker.listImages({ filters: JSON.stringify({ reference: [name] }) });
  return images[0]?.Id;
}
