import { GenericContainer, Wait } from 'testcontainers';
import { request } from 'undici';
import { ViaductError } from '../src/errors.ts';
import { dockerClient } from './client.ts';
import {
  odooServerArguments,
  type PostgresOptions,
  postgresScript,
  type ServerOptions,
} from './container-commands.ts';
import { labelsFor } from './labels.ts';
import { until } from './until.ts';

const POSTGRES_READY_MS = 60_000;
const ODOO_READY_MS = 120_000;
const STOP_MS = 60_000;
const EXECUTE_SECONDS = '120';

type ContainerOptions = {
  part: string;
  image: string;
  user: string;
  command: readonly string[];
};

/** Starts a container on the host's network through Testcontainers and gives its id; it need not be ready. */
export async function startContainer({ part, image, user, command }: ContainerOptions): Promise<string> {
  await dockerClient();
  const [program = 'true', ...programArguments] = command;
  const started = await new GenericContainer(image)
    .withNetworkMode('host')
    .withUser(user)
    .withEntrypoint([program])
    .withCommand(programArguments)
    .withLabels(await labelsFor(part))
    .withSharedMemorySize(256 * 1024 ** 2)
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  return started.getId();
}

/** Starts PostgreSQL and waits until it takes connections. */
export async function startPostgres(
  image: string,
  options: PostgresOptions,
  signal?: AbortSignal,
): Promise<string> {
  const command = ['bash', '-c', postgresScript(options)];
  const id = await startContainer({ part: 'postgres', image, user: 'root', command });
  await untilPostgresReady(id, options.port, signal);
  return id;
}

/** Starts an Odoo that serves all databases and waits until it is healthy. */
export async function startOdoo(
  image: string,
  options: ServerOptions,
  signal?: AbortSignal,
): Promise<string> {
  const command = ['odoo', ...odooServerArguments(options)];
  const id = await startContainer({ part: 'odoo', image, user: 'odoo', command });
  await untilOdooReady(id, options.port, signal);
  return id;
}

export async function untilPostgresReady(id: string, port: number, signal?: AbortSignal): Promise<void> {
  const command = ['/usr/lib/postgresql/17/bin/pg_isready', '-q', '-h', '127.0.0.1', '-p', String(port)];
  await until(
    async () => {
      await assertRunning(id, 'PostgreSQL');
      return (await execute(id, command)).exitCode === 0;
    },
    {
      what: 'PostgreSQL did not take connections',
      timeoutMs: POSTGRES_READY_MS,
      signal,
      advice: () => logEnd(id),
    },
  );
}

/** `GET /web/health` answers 200 as soon as Odoo can serve. */
export async function untilOdooReady(id: string, port: number, signal?: AbortSignal): Promise<void> {
  const isHealthy = async (): Promise<boolean> => {
    await assertRunning(id, 'Odoo');
    const url = `http://127.0.0.1:${port}/web/health`;
    const answer = await request(url, { headersTimeout: 5_000, bodyTimeout: 5_000 }).catch(() => undefined);
    await answer?.body.dump();
    return answer?.statusCode === 200;
  };
  const what = 'Odoo did not become healthy';
  await until(isHealthy, { what, timeoutMs: ODOO_READY_MS, signal, advice: () => logEnd(id) });
}

/** Waits until a container that was told to end has ended. */
export async function untilStopped(id: string): Promise<void> {
  const { container } = await dockerClient();
  const hasStopped = async (): Promise<boolean> =>
    !(await container.dockerode.getContainer(id).inspect()).State.Running;
  await until(hasStopped, { what: `Container ${id.slice(0, 12)} did not stop`, timeoutMs: STOP_MS });
}

async function assertRunning(id: string, what: string): Promise<void> {
  const { container } = await dockerClient();
  const { State } = await container.dockerode.getContainer(id).inspect();
  if (State.Running) return;
  throw new ViaductError({
    code: 'container-ended',
    message: `${what} ended with ${State.ExitCode} instead of becoming ready. ${await logEnd(id)}`,
    retry: 'later',
  });
}

export type Executed = { exitCode: number; output: string };

/** Runs a command inside a container, for two minutes at most. */
export async function execute(id: string, command: readonly string[], user = 'postgres'): Promise<Executed> {
  const { container } = await dockerClient();
  return container.exec(container.getById(id), ['timeout', EXECUTE_SECONDS, ...command], { user });
}

/** The last lines of what a container printed. */
export async function containerLog(id: string, lines = 200): Promise<string> {
  const { container } = await dockerClient();
  const log = await container.dockerode
    .getContainer(id)
    .logs({ follow: false, stdout: true, stderr: true, tail: lines });
  return plainLog(log);
}

/** Docker puts 8 bytes before each piece of output: the stream, three zeros, the length (Engine API, ContainerAttach). */
export function plainLog(log: Buffer): string {
  const pieces: string[] = [];
  let at = 0;
  while (at + 8 <= log.length) {
    const length = log.readUInt32BE(at + 4);
    pieces.push(log.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces.join('');
}

async function logEnd(id: string): Promise<string> {
  return `Its log ends with:\n${(await containerLog(id, 15)).trimEnd()}`;
}
