import { metricOf } from '../../support/metric.ts';
import { round2 } from '../figures.ts';
import { startPlace } from '../place.ts';
import { ask, nestedReading, singleReading } from './readings.ts';
import { makeShop } from './shop.ts';
import { throughput } from './throughput.ts';

const NESTED_LIMIT = 1.25;
const SINGLE_LIMIT = 1.15;

/** The record API beside the bare RPC calls of the same user: a large nested reading, a small one, and many at a time. */
export async function benchRecords(say: (words: string) => void) {
  const place = await startPlace(say);
  try {
    const base = await place.database('records', { provisioned: true });
    say('300 orders');
    const shop = await makeShop(place, base);
    const viaduct = await place.viaduct(base);
    const door = { url: `http://127.0.0.1:${viaduct.port}`, key: shop.key };
    // The key of the acting user is made with the first call.
    await ask(door, 'GET', `/v1/records/res.partner/${shop.partners[0] ?? 0}?fields=name`);
    say('nested readings');
    const nested = await nestedReading(door, shop);
    say('single readings');
    const single = await singleReading(door, shop);
    say('many at a time');
    const calls = await odooCalls(door.url);
    const many = await throughput(viaduct.port, shop);
    const rpcPerRequest = round2(((await odooCalls(door.url)) - calls) / many.answered);
    await viaduct.stop();
    await shop.bare.stop();
    const figures = {
      ...{ bench: 'records', nestedRatio: nested.ratio, singleRatio: single.ratio, rpcPerRequest },
      requestsPerSecond: many.requestsPerSecond,
    };
    const isFast = nested.ratio <= NESTED_LIMIT && single.ratio <= SINGLE_LIMIT;
    return { ...figures, nested, single, many, pass: isFast && many.errors + many.refused === 0 };
  } finally {
    await place.stop();
  }
}

async function odooCalls(url: string): Promise<number> {
  const exposition = await (await fetch(`${url}/metrics`)).text();
  return metricOf(exposition, 'viaduct_odoo_calls_total');
}
