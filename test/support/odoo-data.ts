import { z } from 'zod';
import type { Json } from '../../src/odoo/index.ts';

/** `model.method(*args)`, as a test's Odoo and a connection of Viaduct's own client both have it. */
type Call = (model: string, method: string, args: readonly Json[]) => Promise<unknown>;
export type Fields = Readonly<Record<string, Json>>;

const Ids = z.array(z.number());
const First = z.tuple([z.number()]).rest(z.number());

/** Records of a real Odoo, made and found by whoever calls. */
export function odooData(call: Call) {
  const search = async (model: string, domain: readonly Json[]): Promise<number[]> =>
    // In the order of their making, without a limit.
    Ids.parse(await call(model, 'search', [domain, 0, false, 'id']));
  const create = async (model: string, values: Fields): Promise<number> =>
    First.parse(await call(model, 'create', [[values]]))[0];
  /** The first that fits; rejects where there is none. */
  const find = async (model: string, domain: readonly Json[]): Promise<number> =>
    First.parse(await search(model, domain))[0];

  return {
    ...{ search, create, find },
    /** Runs code in one transaction; gives what it assigns to `action`. */
    async run(code: string): Promise<unknown> {
      const modelId = await find('ir.model', [['model', '=', 'res.partner']]);
      const id = await create('ir.actions.server', { name: 'Test', model_id: modelId, state: 'code', code });
      return call('ir.actions.server', 'run', [[id]]);
    },
    /** A subscription to these types of events; `url` leads to nobody unless told otherwise. */
    async createSubscription(model: string, types: readonly string[], values: Fields = {}): Promise<number> {
      const events = await search('x_viaduct_event_type', [['x_name', 'in', types]]);
      return create('x_viaduct_subscription', {
        ...{ x_name: model, x_model_id: await find('ir.model', [['model', '=', model]]) },
        ...{ x_url: 'https://example.com/hook', x_event_ids: [[6, 0, events]], ...values },
      });
    },
  };
}
