import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ViaductError } from '../src/errors.ts';
import { type Docker, dockerClient, findImage } from './client.ts';
import { DATABASE_ROLE, odooArguments, postgresScript } from './container-commands.ts';
import { containerLog, startContainer, startPostgres, untilStopped } from './containers.ts';
import { query, TEMPLATE } from './databases.ts';
import type { Images } from './images.ts';
import { freePort } from './ports.ts';
import { forwardOnly, type OnProgress } from './progress.ts';
import { SEED_STEP, seedProgress } from './seed-progress.ts';
import { until } from './until.ts';

const APPS = 'contacts,sale_management,account,crm,sms,mass_mailing_sms,base_automation,base_import_module';
const LANGUAGES = 'en_US,fr_FR';
const REPOSITORY = 'viaduct/database';
const SEED_LIMIT_MS = 900_000;

export type SeedOptions = { images: Images; onProgress?: OnProgress; signal?: AbortSignal };

/**
 * The name of a PostgreSQL image that holds the template database with Odoo's apps installed; made in about two
 * minutes when it is not there. Its tag is a hash of what it is made from, so a change here makes a new one.
 */
export async function ensureSeededImage(options: SeedOptions): Promise<string> {
  const onProgress = forwardOnly(options.onProgress ?? (() => undefined));
  const { container } = await dockerClient();
  const docker = container.dockerode;
  const script = seedScript(await readFile(new URL('seed.py', import.meta.url), 'utf8'));
  const tag = await seedHash(docker, options.images, script(0));
  const name = `${REPOSITORY}:${tag}`;
  if ((await findImage(docker, name)) === undefined) {
    await makeSeededImage(docker, { ...options, onProgress, script, tag });
  }
  onProgress({ step: SEED_STEP, fraction: 1, text: name });
  return name;
}

async function seedHash(docker: Docker, images: Images, script: string): Promise<string> {
  const hash = createHash('sha256')
    .update(script)
    .update(postgresScript({ port: 0, isDurable: true }));
  for (const image of [images.odoo, images.postgres]) hash.update((await findImage(docker, image)) ?? '');
  return hash.digest('hex').slice(0, 12);
}

/** What the Odoo container runs, given PostgreSQL's port: install the apps, then the seed in Odoo's own shell. */
function seedScript(seed: string): (port: number) => string {
  return (port) => {
    const common = [...odooArguments(port), `--database=${TEMPLATE}`, '--no-http'].join(' ');
    const install = `--init=${APPS} --load-language=${LANGUAGES} --without-demo=True --stop-after-init`;
    return `set -e\nodoo ${common} ${install}\nodoo shell ${common} <<'SEED'\n${seed}\nSEED\n`;
  };
}

type MakeOptions = SeedOptions & { onProgress: OnProgress; script: (port: number) => string; tag: string };

async function makeSeededImage(docker: Docker, options: MakeOptions): Promise<void> {
  const { images, onProgress, signal } = options;
  const port = await freePort();
  onProgress({ step: SEED_STEP, fraction: 0.01, text: 'starting PostgreSQL' });
  const started: string[] = [];
  try {
    const postgres = await startPostgres(images.postgres, { port, isDurable: false }, signal);
    started.push(postgres);
    const { user, password } = DATABASE_ROLE;
    await query(postgres, port, 'postgres', `create role ${user} login createdb password '${password}'`);
    const command = ['bash', '-c', options.script(port)];
    const odoo = await startContainer({ part: 'seed', image: images.odoo, user: 'odoo', command });
    started.push(odoo);
    await untilSeeded(docker, odoo, { onProgress, ...(signal === undefined ? {} : { signal }) });
    onProgress({ step: SEED_STEP, fraction: 0.92, text: 'tidying up' });
    await query(postgres, port, TEMPLATE, 'vacuum analyze');
    await query(postgres, port, 'postgres', `alter database ${TEMPLATE} with is_template true`);
    await query(postgres, port, 'postgres', `alter database ${TEMPLATE} with allow_connections false`);
    onProgress({ step: SEED_STEP, fraction: 0.95, text: 'keeping it as an image' });
    await stopCleanly(docker, postgres);
    await docker.getContainer(postgres).commit({ repo: REPOSITORY, tag: options.tag });
  } finally {
    await Promise.all(started.map((id) => docker.getContainer(id).remove({ force: true, v: true })));
  }
}

/** Rejects with `seed-failed` and the end of Odoo's log when the container ended with a fault. */
async function untilSeeded(
  docker: Docker,
  id: string,
  { onProgress, signal }: { onProgress: OnProgress; signal?: AbortSignal },
): Promise<void> {
  const hasEnded = async (): Promise<boolean> => {
    onProgress(seedProgress(await containerLog(id, 100)));
    const { State } = await docker.getContainer(id).inspect();
    if (State.Running) return false;
    if (State.ExitCode === 0) return true;
    throw new ViaductError({
      code: 'seed-failed',
      message: `Odoo could not prepare its database (exit ${State.ExitCode}). Its log ends with:\n${await containerLog(id, 25)}`,
      retry: 'never',
    });
  };
  const what = 'Odoo did not finish its database';
  await until(hasEnded, { what, timeoutMs: SEED_LIMIT_MS, everyMs: 500, signal });
}

/** PostgreSQL's fast shutdown is SIGINT; a checkpoint then makes the files complete without their log. */
async function stopCleanly(docker: Docker, id: string): Promise<void> {
  await docker.getContainer(id).kill({ signal: 'SIGINT' });
  await untilStopped(id);
}
