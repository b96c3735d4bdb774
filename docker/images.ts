import { type Docker, dockerClient, findImage } from './client.ts';
import { buildDebianImage, RECIPE } from './debian-image.ts';
import { IMAGE_STEP } from './debian-progress.ts';
import { forwardOnly, type OnProgress, within } from './progress.ts';
import { tryPull } from './pull.ts';

export type Images = { odoo: string; postgres: string };

export type ImageOptions = { onProgress?: OnProgress; signal?: AbortSignal };

const PULLED: Images = { odoo: 'odoo:19', postgres: 'postgres:17' };
const BUILT: Images = {
  odoo: `viaduct/odoo:19-debian-${RECIPE}`,
  postgres: `viaduct/postgres:17-debian-${RECIPE}`,
};

/**
 * The names of an Odoo 19 and a PostgreSQL 17 image: those that are here, else pulled, else built from Debian packages.
 * Rejects with `docker-missing`, or with what {@link buildDebianImage} rejects with.
 */
export async function ensureImages(options: ImageOptions = {}): Promise<Images> {
  const { container } = await dockerClient();
  const docker = container.dockerode;
  const onProgress = forwardOnly(options.onProgress ?? (() => undefined));
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const finish = (images: Images): Images => {
    onProgress({ step: IMAGE_STEP, fraction: 1, text: `${images.odoo} and ${images.postgres}` });
    return images;
  };
  for (const images of [PULLED, BUILT]) if (await haveBoth(docker, images)) return finish(images);
  onProgress({ step: IMAGE_STEP, fraction: 0, text: 'asking the registry' });
  const pulled =
    (await tryPull(docker, PULLED.postgres, {
      step: IMAGE_STEP,
      onProgress: within(onProgress, 0, 0.25),
      ...signal,
    })) &&
    (await tryPull(docker, PULLED.odoo, {
      step: IMAGE_STEP,
      onProgress: within(onProgress, 0.25, 1),
      ...signal,
    }));
  if (pulled) return finish(PULLED);
  onProgress({ step: IMAGE_STEP, fraction: 0, text: 'no registry answers: building from Debian packages' });
  const [repository = '', tag = ''] = BUILT.odoo.split(':');
  await buildDebianImage(docker, { repository, tag, onProgress, ...signal });
  // One image serves as both: it is built once, and each name says what it is used for.
  const [repo = '', postgresTag = ''] = BUILT.postgres.split(':');
  await docker.getImage(BUILT.odoo).tag({ repo, tag: postgresTag });
  return finish(BUILT);
}

async function haveBoth(docker: Docker, images: Images): Promise<boolean> {
  const found = await Promise.all([findImage(docker, images.odoo), findImage(docker, images.postgres)]);
  return found.every((id) => id !== undefined);
}
