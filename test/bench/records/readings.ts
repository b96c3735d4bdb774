import { request } from 'undici';
import { z } from 'zod';
import { systemClock } from '../../../src/clock.ts';
import type { Json } from '../../../src/odoo/index.ts';
import { median, round2 } from '../figures.ts';
import { ORDERS, type Shop } from './shop.ts';

const NESTED_ROUNDS = 15;
const SINGLE_ROUNDS = 150;
/** Viaduct hears the bell of a changed endpoint, and reads it. */
const HEARD_MS = 1_500;

const NESTED_FIELDS = [
  'name',
  'date_order',
  'amount_total',
  'state',
  { partner_id: ['name', 'email', { country_id: ['name', 'code'] }] },
  { order_line: ['name', 'product_uom_qty', 'price_unit', { product_id: ['name', 'default_code'] }] },
];
const country = { fields: { name: {}, code: {} } };
const product = { fields: { name: {}, default_code: {} } };
const NESTED_SPECIFICATION = {
  ...{ name: {}, date_order: {}, amount_total: {}, state: {} },
  partner_id: { fields: { name: {}, email: {}, country_id: country } },
  order_line: { fields: { name: {}, product_uom_qty: {}, price_unit: {}, product_id: product } },
};

const Order = z.looseObject({ order_line: z.array(z.looseObject({ product_id: z.looseObject({}) })) });
const Page = z.object({ records: z.array(Order) });

export type Door = { url: string; key: string };

/** Half of the time by Viaduct, half of it bare, in turns. */
type Pair = { viaductMs: number; bareMs: number; ratio: number };

/** 300 orders with partner, country, lines and products; Viaduct has just been made to forget what fields there are. */
export async function nestedReading(door: Door, shop: Shop): Promise<Pair> {
  return alternate(NESTED_ROUNDS, {
    async before(round) {
      await shop.touchEndpoint(`Bench ${round}`);
      await systemClock.sleep(HEARD_MS);
    },
    async viaduct() {
      const body = { fields: NESTED_FIELDS, limit: ORDERS };
      expectWhole(await ask(door, 'POST', '/v1/records/sale.order/search', body));
    },
    async bare() {
      const kwargs = { domain: [], specification: NESTED_SPECIFICATION, limit: ORDERS, order: 'id' };
      expectWhole(await shop.bare.call('sale.order', 'web_search_read', [], { kwargs }));
    },
  });
}

/** One record with two fields. */
export async function singleReading(door: Door, shop: Shop): Promise<Pair> {
  const idAt = (round: number) => shop.partners[round % shop.partners.length] ?? 0;
  return alternate(SINGLE_ROUNDS, {
    before: async () => {},
    async viaduct(round) {
      await ask(door, 'GET', `/v1/records/res.partner/${idAt(round)}?fields=name,email`);
    },
    async bare(round) {
      await shop.bare.call('res.partner', 'read', [[idAt(round)], ['name', 'email']]);
    },
  });
}

type Sides = {
  before: (round: number) => Promise<void>;
  viaduct: (round: number) => Promise<void>;
  bare: (round: number) => Promise<void>;
};

async function alternate(rounds: number, { before, viaduct, bare }: Sides): Promise<Pair> {
  const times = { viaduct: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    await before(round);
    const sides = [
      ['viaduct', viaduct],
      ['bare', bare],
    ] as const;
    for (const [side, run] of round % 2 === 0 ? sides : sides.toReversed()) {
      const startedMs = performance.now();
      await run(round);
      times[side].push(performance.now() - startedMs);
    }
  }
  const [viaductMs, bareMs] = [median(times.viaduct), median(times.bare)];
  return {
    viaductMs: round2(viaductMs),
    bareMs: round2(bareMs),
    ratio: round2(viaductMs / bareMs),
  };
}

/** Rejects unless the answer is 200. */
export async function ask({ url, key }: Door, method: 'GET' | 'POST', path: string, body?: Json) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await request(`${url}${path}`, {
    ...{ method, headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}: ${text}`);
  return JSON.parse(text);
}

function expectWhole(page: unknown): void {
  const { records } = Page.parse(page);
  const lines = records.reduce((sum, { order_line }) => sum + order_line.length, 0);
  if (records.length !== ORDERS || lines !== ORDERS * 5)
    throw new Error(`There are ${records.length} orders with ${lines} lines.`);
}
