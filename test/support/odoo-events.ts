import { z } from 'zod';
import { createOdooClient, type OdooClient } from '../../src/odoo/index.ts';
import { freshOdoo, type TestOdoo } from './odoo.ts';
import { type Fields, odooData } from './odoo-data.ts';
import { newService, provisioned, provisionedTemplate } from './provisioned.ts';

const Ids = z.array(z.number());
const text = z.union([z.string(), z.literal(false)]);
const named = z.union([z.tuple([z.number(), z.string()]), z.literal(false)]);

const DeliveryRow = z.object({
  id: z.number(),
  ...{ x_name: text, x_key: text, x_direction: text, x_type: text, x_event_key: text, x_model: text },
  ...{ x_subscription_id: named, x_source_id: named, x_record_id: z.number(), x_state: text },
  ...{ x_attempts: z.number(), x_status: z.number(), x_error_class: text, x_duration_ms: z.number() },
  ...{ x_url: text, x_method: text, x_request_headers: text, x_body: text, x_response: text },
  ...{ x_event_at: text, x_first_at: text, x_ended_at: text, x_next_at: text, x_hour: text },
  ...{ x_removed: z.boolean(), x_replay_asked_at: text, x_rank: z.number(), x_success: z.number() },
});
export type DeliveryRow = z.infer<typeof DeliveryRow>;

const AttemptRow = z.object({
  ...{ x_number: z.number(), x_at: text, x_url: text, x_status: z.number(), x_duration_ms: z.number() },
  ...{ x_error_class: text, x_words: text, x_response: text },
});
export type AttemptRow = z.infer<typeof AttemptRow>;

/** A provisioned Odoo without a Viaduct: the test itself is the service that runs the procedures. */
export type EventsOdoo = {
  odoo: TestOdoo;
  service: OdooClient;
  databaseUuid: string;
  dispose: () => Promise<void>;
};

/** Brings it up in a database of its own. */
export async function startEventsOdoo(): Promise<EventsOdoo> {
  const odoo = await freshOdoo({ templateOf: provisionedTemplate });
  const login = newService();
  const unprovision = await provisioned(odoo, { service: login });
  const service = createOdooClient({ ...odoo, ...login });
  const databaseUuid = z
    .string()
    .parse(await odoo.execute('ir.config_parameter', 'get_param', ['database.uuid']));
  return {
    ...{ odoo, service, databaseUuid },
    dispose: async () => {
      await service.stop();
      await unprovision();
      await odoo.dispose();
    },
  };
}

/** Subscriptions and deliveries in Odoo, as its administrator has them. */
export function odooEvents(odoo: Pick<TestOdoo, 'execute'>) {
  const { execute } = odoo;
  const { create, createSubscription } = odooData(execute);
  const readRows = (model: string, fields: object, domain: readonly unknown[], order: string) =>
    execute(model, 'search_read', [domain, Object.keys(fields)], { order });
  return {
    deliveries: async (domain: readonly unknown[] = []): Promise<DeliveryRow[]> =>
      z.array(DeliveryRow).parse(await readRows('x_viaduct_delivery', DeliveryRow.shape, domain, 'id')),
    attempts: async (deliveryId: number): Promise<AttemptRow[]> =>
      z
        .array(AttemptRow)
        .parse(
          await readRows(
            'x_viaduct_attempt',
            AttemptRow.shape,
            [['x_delivery_id', '=', deliveryId]],
            'x_at, id',
          ),
        ),
    /** Makes a subscription to contacts, unless `values` say otherwise. */
    subscribe: (values: Fields = {}): Promise<number> =>
      createSubscription('res.partner', [], { x_name: 'Shop', ...values }),
    create,
    read: async <Shape extends z.ZodRawShape>(
      model: string,
      id: number,
      shape: Shape,
    ): Promise<z.infer<z.ZodObject<Shape>> | undefined> =>
      z.array(z.object(shape)).parse(await execute(model, 'read', [[id], Object.keys(shape)]))[0],
    ids: async (model: string, domain: readonly unknown[]): Promise<number[]> =>
      Ids.parse(await execute(model, 'search', [domain], { order: 'id' })),
  };
}
