import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { LoadOrder, LoadResult } from './load-generator.ts';

/**
 * What the journal leaves of the throughput of a handler that does nothing: `node test/bench/journal-ingest.ts [folder]`.
 * The folder has to be on a real disk. Rounds alternate, so that a busy machine slows all of them.
 */
const ROUNDS = 3;
const ROUTES = ['bare', 'verify', 'append', 'ingest'];
const CONNECTIONS = 64;
const ROUND_MS = 4_000;
const REQUESTS_PER_ROUND = 30_000;
const SECRET = 'a secret that only this bench knows';

const folder = await mkdtemp(join(process.argv[2] ?? '/var/tmp', 'viaduct-bench-'));
const server = fork(
  fileURLToPath(new URL('./journal-ingest-server.ts', import.meta.url)),
  [join(folder, 'journal.db'), SECRET],
  { execArgv: [] },
);
const [port] = await once(server, 'message');
const measured: { route: string; perSecond: number; p99Ms: number }[] = [];
let acknowledged = 0;

for (let round = 0; round < ROUNDS; round += 1) {
  for (const route of ROUTES) {
    const requests = await signedRequests(route, `${round}-${route}`);
    const result = await load({ port, requests, connections: CONNECTIONS, maxMs: ROUND_MS });
    const perSecond = Math.round(result.answered / result.seconds);
    if (route === 'ingest' || route === 'append') acknowledged += result.acknowledged.length;
    measured.push({ route, perSecond, p99Ms: Math.round(result.p99Ms * 10) / 10 });
    process.stderr.write(
      `${route} ${perSecond}/s p50 ${result.p50Ms.toFixed(1)} p99 ${result.p99Ms.toFixed(1)} ms\n`,
    );
  }
}
const answer = await fetch(`http://127.0.0.1:${port}/figures`);
const figures = z
  .object({ rssMb: z.number(), fsyncs: z.number(), entries: z.number() })
  .parse(await answer.json());
server.disconnect();
await once(server, 'exit');
await rm(folder, { recursive: true });
const perSecond = Object.fromEntries(ROUTES.map((route) => [route, median(route, 'perSecond')]));
const p99Ms = Object.fromEntries(ROUTES.map((route) => [route, median(route, 'p99Ms')]));
process.stdout.write(`${JSON.stringify({ perSecond, p99Ms, acknowledged, ...figures })}\n`);

function median(route: string, figure: 'perSecond' | 'p99Ms'): number {
  const values = measured.filter((one) => one.route === route).map((one) => one[figure]);
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const generator = fork(fileURLToPath(new URL('./load-generator.ts', import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
  });
  generator.send(order);
  const [result] = await once(generator, 'message');
  return result;
}

async function signedRequests(route: string, prefix: string): Promise<string[]> {
  const key = Buffer.from(SECRET);
  const body = JSON.stringify({ id: prefix, msisdn: 4_512_345_678, status: 'DELIVERED', userref: prefix });
  const requests: string[] = [];
  while (requests.length < REQUESTS_PER_ROUND) {
    const id = `${prefix}-${requests.length}`;
    const claims = { id, msisdn: 4_512_345_678, time: 1_800_000_000, status: 'DELIVERED', userref: id };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
    const head = `POST /${route} HTTP/1.1\r\nhost: bench\r\nx-signature: ${token}\r\nx-dedupe: ${id}\r\n`;
    requests.push(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  }
  return requests;
}
