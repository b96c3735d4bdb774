import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoadOrder } from '../load-generator.ts';
import type { Shop } from './shop.ts';

const CONNECTIONS = 32;
const READS = 2_000;
const MAX_MS = 60_000;

const Result = z.object({
  answered: z.number(),
  acknowledged: z.array(z.number()),
  errors: z.number(),
  seconds: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});

/** Single reads over 32 connections that are kept alive. */
export async function throughput(port: number, { key, partners }: Shop) {
  const generator = fork(join(import.meta.dirname, '../load-generator.ts'), { serialization: 'advanced' });
  const requests = Array.from({ length: READS }, (_, index) => {
    const id = partners[index % partners.length] ?? 0;
    return [
      `GET /v1/records/res.partner/${id}?fields=name,email HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      `authorization: Bearer ${key}`,
      '\r\n',
    ].join('\r\n');
  });
  const order: LoadOrder = { port, connections: CONNECTIONS, requests, maxMs: MAX_MS };
  generator.send(order);
  const [message] = await once(generator, 'message');
  generator.disconnect();
  const { acknowledged, answered, errors, seconds, p50Ms, p99Ms } = Result.parse(message);
  return {
    requestsPerSecond: Math.round(acknowledged.length / seconds),
    ...{ p50Ms, p99Ms, errors, answered, refused: answered - acknowledged.length },
  };
}
