import { z } from 'zod';
import type { Json } from '../../src/odoo/index.ts';
import { odooData } from './odoo-data.ts';
import { startEventsOdoo } from './odoo-events.ts';

const Values = z.record(z.string(), z.unknown());
const Event = z.object({
  ...{ id: z.number(), model: z.string(), recordId: z.number(), userId: z.number(), at: z.string() },
  ...{ key: z.string(), created: z.boolean(), deleted: z.boolean(), found: z.boolean() },
  ...{ old: Values, new: Values, origin: z.string().nullable() },
});
const Drained = z.object({ held: z.boolean(), events: z.array(Event), nothing: z.array(z.number()) });
const Built = z.object({
  wants: z.array(
    z.object({
      error: z.string().nullable(),
      matched: z.array(z.number()),
      rows: z.record(z.string(), Values),
    }),
  ),
});
export type OutboxRow = z.infer<typeof Event>;
export type OutboxOdoo = Awaited<ReturnType<typeof startOutbox>>;

const Changed = z.object({ changed: z.array(z.string()) });
const Compared = z.object({ held: z.boolean(), missed: z.number(), more: z.boolean() });

/** A real Odoo with the events addon and no Viaduct beside it: what its rules write, and what the service is told. */
export async function startOutbox() {
  const { odoo, service, databaseUuid: database, dispose } = await startEventsOdoo();
  const drain = async (done: number[] = [], limit = 5_000) =>
    Drained.parse(await service.procedure('viaduct_events.drain', { database, done, limit }));
  const { create, createSubscription, run } = odooData(odoo.execute);

  return {
    ...{ odoo, service, database, dispose, drain, create, run },
    /** All that waits, and takes it away. */
    async taken(): Promise<OutboxRow[]> {
      const { events, nothing } = await drain();
      await drain([...events.map(({ id }) => id), ...nothing]);
      return events;
    },
    /** Makes a subscription to these types of one model, and gives its id; `sync` makes its rules. */
    subscribe: createSubscription,
    async sync(): Promise<string[]> {
      return Changed.parse(await service.procedure('viaduct_events.sync_rules', {})).changed;
    },
    /** What the service reads for the payloads of these events. */
    async build(subscription: number, events: readonly OutboxRow[], spec: Json) {
      const asked = events.map(({ recordId, deleted, new: values }, n) => ({ n, recordId, deleted, values }));
      const payload = { database, wants: [{ subscription, spec, events: asked }] };
      const json: Json = JSON.parse(JSON.stringify(payload));
      return Built.parse(await service.procedure('viaduct_events.build', json)).wants[0];
    },
    /** Compares at once; what it found is in the outbox then. */
    compare: async () => Compared.parse(await service.procedure('viaduct_events.reconcile', { database })),
  };
}
