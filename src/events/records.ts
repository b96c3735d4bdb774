import { z } from 'zod';
import { DatabaseIdentity } from '../odoo/guard/index.ts';
import type { Json, OdooClient } from '../odoo/index.ts';
import { OutboxEvent, Values } from './outbox/event.ts';
import { Subscription } from './subscriptions/subscription.ts';

/** `held`: this is not the database that was meant; nothing was read or written. */
const Answer = z.object({ identity: DatabaseIdentity, held: z.boolean() });
export type Answer = z.infer<typeof Answer>;

const Built = Answer.extend({
  wants: z.array(
    z.object({
      subscription: z.number().int(),
      /** Why its payloads cannot be built, in words for an administrator. */
      error: z.string().nullable(),
      /** The events that its user may see, and that fit its filter. */
      matched: z.array(z.number().int()),
      rows: z.record(z.string(), Values),
      readAt: z.string(),
    }),
  ),
});
export type Built = z.infer<typeof Built>;

const Drained = Answer.extend({
  events: z.array(OutboxEvent.extend({ id: z.number().int() })),
  /** Rows that came to nothing, as a record made and deleted in one transaction. */
  nothing: z.array(z.number().int()),
  /** Whether rows were left behind that the page had no room for. */
  more: z.boolean(),
  /** What was read along for a few events: as for `build`, each event by its number in `events`. */
  built: Built.shape.wants,
});
export type Drained = z.infer<typeof Drained>;

/** Who may push to us. */
export const Source = z.object({
  id: z.number().int(),
  name: z.string(),
  active: z.boolean(),
  key: z.string(),
  hmacSecret: z.string(),
  kinds: z.string(),
  nativeToken: z.string(),
});
export type Source = z.infer<typeof Source>;

/** A delivery that a person wants to be made again, as Odoo's log has it. */
export const Replay = z.object({
  deliveryId: z.number().int(),
  key: z.string(),
  subscriptionId: z.number().int(),
  eventKey: z.string(),
  type: z.string(),
  model: z.string(),
  recordId: z.number().int(),
  body: z.string(),
  eventAt: z.string(),
  askedAt: z.string(),
});
export type Replay = z.infer<typeof Replay>;

/** What is to be read along with events of this model. */
export type Ahead = { subscription: number; model: string; spec: Json };

const Read = z.object({
  identity: DatabaseIdentity,
  subscriptions: z.array(Subscription),
  sources: z.array(Source),
  /** Whether the rules in Odoo are not what the subscriptions need. */
  rulesStale: z.boolean(),
  /** Of the models that the seed's events are about, those that this Odoo has. */
  installed: z.array(z.string()),
  asks: z.object({
    tests: z.array(z.number().int()),
    previews: z.array(z.object({ subscription: z.number().int(), recordId: z.number().int().nullable() })),
    replays: z.array(Replay),
  }),
});
export type Read = z.infer<typeof Read>;

/** What one subscription needs to know of records; `n` names the event in the answer. */
export type Want = {
  subscription: number;
  /** As `web_read` takes it. */
  spec: Json;
  events: readonly {
    n: number;
    recordId: number;
    deleted: boolean;
    values: Readonly<Record<string, Json>>;
  }[];
};

/** What Odoo is told of subscriptions and asks. */
export type Report = {
  states?: readonly {
    subscription: number;
    state: string;
    words: string | null;
    failingSince: string | null;
  }[];
  tests?: readonly { subscription: number; result: string }[];
  previews?: readonly { subscription: number; text: string }[];
  /** Deliveries whose repetition is on its way. */
  replayed?: readonly number[];
};

/** How events look in Odoo: the procedures of the addon `viaduct_events`, one RPC call for a whole batch. */
export type EventRecords = {
  /** Deletes what is done, and reads the oldest events that are left; of a few, with what their payloads need. */
  drain(given: {
    database: string;
    done: readonly number[];
    limit: number;
    reads: readonly Ahead[];
  }): Promise<Drained>;
  readSubscriptions(): Promise<Read>;
  /** Makes Odoo's rules what the subscriptions need; returns what was changed, in words. */
  syncRules(): Promise<string[]>;
  build(database: string, wants: readonly Want[]): Promise<Built>;
  /** Writes lines of the delivery log. Safe to repeat. */
  log(database: string, deliveries: Json): Promise<Answer>;
  report(database: string, report: Report): Promise<Answer>;
};

export function createEventRecords(odoo: Pick<OdooClient, 'procedure'>): EventRecords {
  const ask = (name: string, payload: Json) =>
    odoo.procedure(`viaduct_events.${name}`, payload, { idempotent: true });
  return {
    drain: async (given) => Drained.parse(await ask('drain', given)),
    readSubscriptions: async () => Read.parse(await ask('subscriptions', {})),
    syncRules: async () => {
      const Changes = z.object({ changed: z.array(z.string()) });
      return Changes.parse(await ask('sync_rules', {})).changed;
    },
    build: async (database, wants) => Built.parse(await ask('build', { database, wants })),
    log: async (database, deliveries) => Answer.parse(await ask('log', { database, deliveries })),
    report: async (database, report) => Answer.parse(await ask('report', { database, ...report })),
  };
}
