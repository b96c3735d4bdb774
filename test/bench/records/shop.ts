import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createOdooClient, type Json, type OdooConnection } from '../../../src/odoo/index.ts';
import { odooData } from '../../support/odoo-data.ts';
import type { Base, Place } from '../place.ts';

export const ORDERS = 300;
const LINES = 5;
const BATCH = 50;

/** What the endpoint may not read, by model: so that every name in a request has to be looked at. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  'sale.order': ['note', 'access_token'],
  'sale.order.line': ['purchase_price', 'discount'],
  'res.partner': ['vat', 'comment'],
  'res.country': ['vat_label'],
  'product.product': ['standard_price'],
};

const Ids = z.array(z.number());
const NewKey = z.object({ context: z.object({ default_x_key: z.string() }) });

/** 300 orders in Odoo, a salesperson, and an endpoint with his rights. */
export type Shop = {
  partners: readonly number[];
  key: string;
  /** Odoo as the salesperson, without Viaduct. */
  bare: OdooConnection;
  /** Has Viaduct forget what it knows of the endpoint and its fields: it is changed in Odoo. */
  touchEndpoint: (words: string) => Promise<void>;
};

export async function makeShop(place: Place, { name, admin }: Base): Promise<Shop> {
  const data = odooData(admin.call);
  const create = async (model: string, rows: readonly Json[]): Promise<number[]> =>
    Ids.parse(await admin.call(model, 'create', [rows]));
  const countries = await data.search('res.country', [['code', 'in', ['DK', 'DE', 'SE', 'NO']]]);
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const at = (ids: readonly number[], index: number) => ids[index % ids.length] ?? 0;
  const partners = await create(
    'res.partner',
    numbers(ORDERS).map((n) => ({ name: `Customer ${n}`, country_id: at(countries, n) })),
  );
  const products = await create(
    'product.product',
    numbers(20).map((n) => ({ name: `Product ${n}`, type: 'service', list_price: 10 + n })),
  );
  for (let from = 0; from < ORDERS; from += BATCH) {
    const orders = numbers(BATCH).map((n) => ({
      partner_id: at(partners, from + n),
      order_line: numbers(LINES).map((line) => [0, 0, { product_id: at(products, from + n + line) }]),
    }));
    await create('sale.order', orders);
  }
  const account = { login: 'bench-sales', password: randomBytes(16).toString('hex') };
  const group = async (module: string, id: string) =>
    z
      .tuple([z.string(), z.number()])
      .parse(await admin.call('ir.model.data', 'check_object_reference', [module, id]))[1];
  const user = await data.create('res.users', {
    ...{ name: 'Bench Sales', ...account },
    group_ids: [[4, await group('sales_team', 'group_sale_salesman_all_leads')]],
  });
  const endpoint = await data.create('x_viaduct_endpoint', {
    ...{ x_name: 'Bench', x_user_id: user, x_rate_per_minute: 0 },
  });
  for (const [model, denied] of Object.entries(GRANTS)) {
    const domain = [
      ['model', '=', model],
      ['name', 'in', denied],
    ];
    await data.create('x_viaduct_grant', {
      ...{ x_endpoint_id: endpoint, x_model_id: await data.find('ir.model', [['model', '=', model]]) },
      ...{ x_read: true, x_fields_mode: 'except' },
      x_field_ids: [[6, 0, await data.search('ir.model.fields', domain)]],
    });
  }
  const context = {
    active_model: 'x_viaduct_endpoint',
    active_id: endpoint,
    active_ids: [endpoint],
  };
  const button = await group('viaduct_records', 'action_new_key');
  const shown = await admin.call('ir.actions.server', 'run', [[button]], { kwargs: { context } });
  return {
    partners,
    key: NewKey.parse(shown).context.default_x_key,
    bare: createOdooClient({ url: place.stack.url, database: name, ...account }),
    async touchEndpoint(words) {
      await admin.call('x_viaduct_endpoint', 'write', [[endpoint], { x_name: words }]);
    },
  };
}
