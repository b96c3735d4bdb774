import { z } from 'zod';
import type { Json } from '../../src/odoo/index.ts';
import { createRecordsProcedures } from '../../src/records/records.ts';
import { pressButton } from './external-id.ts';
import { odooData } from './odoo-data.ts';
import { type EventsOdoo, startEventsOdoo } from './odoo-events.ts';
import { makeEmployee } from './odoo-users.ts';

const Shown = z.object({ target: z.literal('new'), context: z.object({ default_x_key: z.string() }) });

export type RecordsOdoo = Awaited<ReturnType<typeof startRecordsOdoo>>;

/** What a test allows an endpoint: rights by their first letters, as `rcwu`, and more. */
export type GivenGrant = { model: string; rights?: string; values?: Readonly<Record<string, Json>> };

/** A real Odoo with the addon of the record API, and no Viaduct beside it. */
export async function startRecordsOdoo() {
  const place = await startEventsOdoo();
  return { ...place, ...odooRecords(place) };
}

/** Endpoints and calls in Odoo, as its administrator has them. */
export function odooRecords({ odoo, service, databaseUuid }: EventsOdoo) {
  const { execute } = odoo;
  const { create, search } = odooData(execute);

  async function grant(endpoint: number, { model, rights = 'r', values = {} }: GivenGrant): Promise<number> {
    const [modelId = 0] = await search('ir.model', [['model', '=', model]]);
    return create('x_viaduct_grant', {
      ...{ x_endpoint_id: endpoint, x_model_id: modelId },
      ...{ x_read: rights.includes('r'), x_create: rights.includes('c'), x_write: rights.includes('w') },
      ...{ x_unlink: rights.includes('u'), ...values },
    });
  }

  return {
    create,
    search,
    grant,
    procedures: createRecordsProcedures({ odoo: service, database: databaseUuid, admits: () => true }),
    read: async <Shape extends z.ZodRawShape>(
      model: string,
      id: number,
      shape: Shape,
    ): Promise<z.infer<z.ZodObject<Shape>> | undefined> =>
      z.array(z.object(shape)).parse(await execute(model, 'read', [[id], Object.keys(shape)]))[0],
    /** An employee with these groups (external ids), and his id. */
    async employee(name: string, groups: readonly string[] = []) {
      const account = await makeEmployee(odoo, { name, groups });
      const [id = 0] = await search('res.users', [['login', '=', account.login]]);
      return { ...account, id };
    },
    /** Makes an endpoint that acts as this user. */
    async endpoint(
      userId: number,
      grants: readonly GivenGrant[] = [],
      values: Readonly<Record<string, Json>> = {},
    ): Promise<number> {
      const id = await create('x_viaduct_endpoint', { x_name: 'Shop', x_user_id: userId, ...values });
      for (const given of grants) await grant(id, given);
      return id;
    },
    /** Presses a button of an endpoint that shows a new key, and gives the key. */
    async newKey(endpoint: number, button = 'viaduct_records.action_new_key'): Promise<string> {
      const action = await pressButton(odoo, button, { model: 'x_viaduct_endpoint', id: endpoint });
      return Shown.parse(action).context.default_x_key;
    },
  };
}
