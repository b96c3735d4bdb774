import { z } from 'zod';
import { systemClock } from '../../../src/clock.ts';
import { startKillProxy } from '../../chaos/kill-proxy.ts';
import { until } from '../../support/until.ts';
import { percentile, round2 } from '../figures.ts';
import type { Base, Place } from '../place.ts';

const CHANGES = 120;
/** Odoo is left alone for a while, and not for the same while each time: nothing is to fall into step with anything. */
const PAUSE_MS = [250, 300, 370, 420];

export type Latency = { p50Ms: number; p99Ms: number };

/**
 * From PostgreSQL's own time of the commit to the request's arrival, for so many changes one after the other: each of a
 * contact of its own, so that the row says which transaction it was.
 */
export async function latencies(place: Place, base: Base, path: string, changes = CHANGES): Promise<Latency> {
  const { admin } = base;
  const rows = Array.from({ length: changes }, (_, index) => ({ name: `Latency ${index}` }));
  const ids = z.array(z.number()).parse(await admin.call('res.partner', 'create', [rows]));
  await received(place, path, ids, 'res.partner.created');
  for (const [index, id] of ids.entries()) {
    await admin.call('res.partner', 'write', [[id], { name: `Changed ${index}` }]);
    await received(place, path, [id], 'res.partner.updated');
    await systemClock.sleep(PAUSE_MS[index % PAUSE_MS.length] ?? 0);
  }
  const arrivedAtMs = await received(place, path, ids, 'res.partner.updated');
  const lines = await place.stack.query(
    base.name,
    `select id || ' ' || extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000
     from res_partner where id in (${ids.join(',')})`,
  );
  const waits = lines.split('\n').map((line) => {
    const [id, committedAtMs] = z.tuple([z.coerce.number(), z.coerce.number()]).parse(line.split(' '));
    return (arrivedAtMs.get(id) ?? Number.NaN) - committedAtMs;
  });
  return { p50Ms: round2(percentile(waits, 0.5)), p99Ms: round2(percentile(waits, 0.99)) };
}

const Body = z.object({ event: z.string(), data: z.object({ id: z.number() }) });

/** When the event of this type arrived for each of these records. */
async function received({ receiver }: Place, path: string, ids: readonly number[], type: string) {
  const find = () => {
    const arrived = new Map<number, number>();
    for (const request of receiver.requests(path)) {
      const { event, data } = Body.parse(JSON.parse(request.body));
      if (event === type && !arrived.has(data.id)) arrived.set(data.id, request.atMs);
    }
    return arrived;
  };
  return await until(find, (arrived) => ids.every((id) => arrived.has(id)), { everyMs: 10 });
}

/** The way to Odoo without its websocket: what is left is polling. */
export async function withoutBell(place: Place) {
  return startKillProxy({ target: place.stack.url, withWebsockets: false });
}
