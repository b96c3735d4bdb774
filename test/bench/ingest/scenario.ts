import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { createSqliteJournal } from '../../../src/journal/index.ts';
import { startCommand } from '../../support/start-command.ts';
import { median, round2 } from '../figures.ts';
import type { LoadOrder, LoadResult } from '../load-generator.ts';
import { BENCH_DATABASE, signedReportRequest } from './reports.ts';

/** Where src/viaduct.mjs has it. */
const COMPILE_CACHE = 'node_modules/.cache/viaduct';
const CONNECTIONS = 64;
const ROUNDS = 25;
const REQUESTS_PER_ROUND = 4_000;
const MAX_ROUND_MS = 10_000;
const ROUNDS_BETWEEN_WORDS = 5;
const WARM_UP_REQUESTS = 4_000;

type Say = (words: string) => void;

/**
 * How many signed delivery reports a second are acknowledged durably, beside a bare handler in the same run: short rounds of
 * both alternate, so that whatever else the machine does strikes both. At the end Viaduct is killed with SIGKILL, and every
 * acknowledged report must be in the journal.
 */
export async function benchIngest(say: Say) {
  // Beside the repository's own files, because /tmp may be memory: durability needs a disk.
  const folder = mkdtempSync(join(resolve(import.meta.dirname, '../../..'), 'bench-'));
  const journalPath = join(folder, 'journal.db');
  const here = import.meta.dirname;
  const bare = await startServer(join(here, 'bare-server.ts'), {});
  const environment = { VIADUCT_BENCH_JOURNAL: journalPath, NODE_COMPILE_CACHE: resolve(COMPILE_CACHE) };
  // As after the first start of an installation: what that one compiled is there.
  const { child: first } = await startServer(join(here, 'viaduct-server.ts'), environment);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const viaduct = await startServer(join(here, 'viaduct-server.ts'), environment);
  const generator = fork(join(here, '../load-generator.ts'), { serialization: 'advanced' });
  try {
    say('signing reports');
    const requests = await signAll(WARM_UP_REQUESTS + ROUNDS * REQUESTS_PER_ROUND);
    const acknowledged: number[] = [];
    const rounds: { bare: LoadResult; viaduct: LoadResult }[] = [];
    for (const [from, to] of slices()) {
      const part = requests.slice(from, to);
      const order = { connections: CONNECTIONS, requests: part, maxMs: MAX_ROUND_MS };
      const round = {
        bare: await load(generator, { ...order, port: bare.port }),
        viaduct: await load(generator, { ...order, port: viaduct.port }),
      };
      acknowledged.push(...round.viaduct.acknowledged.map((index) => from + index));
      if (from > 0) rounds.push(round);
      if (rounds.length % ROUNDS_BETWEEN_WORDS > 0) continue;
      say(
        `${Math.round(perSecond(round.viaduct))} reports/s beside ${Math.round(perSecond(round.bare))} bare`,
      );
    }
    const facts = z.object({ commits: z.number(), rssBytes: z.number() }).parse(await ask(viaduct.child));
    await kill(viaduct.child);
    const lost = await countLost(journalPath, acknowledged);
    return figures(rounds, { ...facts, lost, acknowledged: acknowledged.length });
  } finally {
    await Promise.all([bare.child, viaduct.child, generator].map(kill));
    rmSync(folder, { recursive: true, force: true });
  }
}

function slices(): [number, number][] {
  const rounds = Array.from({ length: ROUNDS }, (_, round): [number, number] => {
    const from = WARM_UP_REQUESTS + round * REQUESTS_PER_ROUND;
    return [from, from + REQUESTS_PER_ROUND];
  });
  return [[0, WARM_UP_REQUESTS], ...rounds];
}

function figures(
  rounds: readonly { bare: LoadResult; viaduct: LoadResult }[],
  facts: { commits: number; rssBytes: number; lost: number; acknowledged: number },
) {
  const ratioToBare = median(rounds.map((round) => perSecond(round.viaduct) / perSecond(round.bare)));
  const p99Ms = median(rounds.map((round) => round.viaduct.p99Ms));
  const rssMb = facts.rssBytes / 1_048_576;
  const refused = rounds.reduce(
    (sum, { viaduct }) => sum + viaduct.answered - viaduct.acknowledged.length,
    0,
  );
  return {
    bench: 'ingest',
    connections: CONNECTIONS,
    reports: facts.acknowledged,
    ratioToBare: round2(ratioToBare),
    perSecond: Math.round(median(rounds.map(({ viaduct }) => perSecond(viaduct)))),
    barePerSecond: Math.round(median(rounds.map(({ bare }) => perSecond(bare)))),
    p50Ms: round2(median(rounds.map(({ viaduct }) => viaduct.p50Ms))),
    p99Ms: round2(p99Ms),
    fsyncs: facts.commits,
    rssMb: round2(rssMb),
    refused,
    lost: facts.lost,
    pass: ratioToBare >= 0.6 && p99Ms <= 50 && rssMb < 200 && facts.lost === 0 && refused === 0,
  };
}

/** As `npm start` does it; the bare handler too. */
async function startServer(path: string, env: Record<string, string>) {
  const { flags, environment } = startCommand();
  const child = fork(path, {
    execArgv: flags,
    env: { ...process.env, ...environment, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [message] = await once(child, 'message');
  return { child, port: z.object({ port: z.number() }).parse(message).port };
}

async function ask(child: ChildProcess): Promise<unknown> {
  child.send('facts');
  const [message] = await once(child, 'message');
  return message;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function load(generator: ChildProcess, order: LoadOrder): Promise<LoadResult> {
  generator.send(order);
  const [result] = await once(generator, 'message');
  return result;
}

async function signAll(count: number): Promise<string[]> {
  const requests: string[] = [];
  for (let index = 0; index < count; index += 1) requests.push(await signedReportRequest(index));
  return requests;
}

/** Acknowledged reports that a journal opened anew after the kill does not hold. */
async function countLost(path: string, acknowledged: readonly number[]): Promise<number> {
  const journal = await createSqliteJournal({ path, maxBytes: 4_294_967_296 });
  const kept = new Set<string>();
  let last: Awaited<ReturnType<typeof journal.list>>[number] | undefined;
  do {
    const page = await journal.list({
      database: BENCH_DATABASE,
      limit: 5_000,
      ...(last === undefined ? {} : { after: last.id }),
    });
    for (const { key } of page) kept.add(key);
    last = page.at(-1);
  } while (last !== undefined);
  await journal.close();
  return acknowledged.filter((index) => !kept.has(index.toString(16).padStart(32, '0'))).length;
}

function perSecond({ answered, seconds }: LoadResult): number {
  return answered / seconds;
}
