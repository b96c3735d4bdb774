import { z } from 'zod';
import type { Received, Receiver } from '../../fixtures/receiver/index.ts';
import type { Json } from '../../src/odoo/index.ts';
import type { TestOdoo } from './odoo.ts';
import { until } from './until.ts';

const Ids = z.array(z.number());
const Event = z.object({
  event: z.string(),
  timestamp: z.string(),
  read_at: z.string().optional(),
  data: z.looseObject({ id: z.number() }),
});
export type SentEvent = z.infer<typeof Event>;

/** Settings under which Viaduct delivers to a receiver on this machine, and makes rules at once. */
export const EVENT_SETTINGS = {
  VIADUCT_EVENTS_ALLOWED_NETWORKS: '127.0.0.0/8',
  VIADUCT_EVENTS_RULE_QUIET_MS: '0',
} as const;

export type SubscriptionValues = { model: string; types: readonly string[]; url: string; more?: object };

/** What tests do with events in a real Odoo, as its administrator. */
export function odooEvents({ execute }: Pick<TestOdoo, 'execute'>) {
  const search = async (model: string, domain: Json) => Ids.parse(await execute(model, 'search', [domain]));
  const create = async (model: string, values: object) => {
    const [id] = Ids.parse(await execute(model, 'create', [[values]]));
    return z.number().parse(id);
  };

  return {
    search,
    create,
    /** Makes a subscription, and waits until Odoo has the rules for it. */
    async subscribe({ model, types, url, more = {} }: SubscriptionValues): Promise<number> {
      const [modelId] = await search('ir.model', [['model', '=', model]]);
      const eventIds = await search('x_viaduct_event_type', [['x_name', 'in', [...types]]]);
      const id = await create('x_viaduct_subscription', {
        ...{ x_name: `${model} to ${url}`, x_model_id: modelId, x_url: url, x_event_ids: [[6, 0, eventIds]] },
        ...more,
      });
      const needsRule = types.some((type) => !type.endsWith('.deleted') && !type.endsWith('.sent'));
      const field = needsRule ? 'x_automation_id' : 'x_unlink_automation_id';
      const isMade = () =>
        search('x_viaduct_watch', [
          ['x_model', '=', model],
          [field, '!=', false],
        ]);
      await until(isMade, (found) => found.length === 1, { timeoutMs: 60_000 });
      return id;
    },
    /** Takes away all subscriptions, and waits until their rules are gone. */
    async unsubscribeAll(): Promise<void> {
      const ids = await search('x_viaduct_subscription', [['x_active', 'in', [true, false]]]);
      await execute('x_viaduct_subscription', 'unlink', [ids]);
      await until(
        () => search('x_viaduct_watch', []),
        (found) => found.length === 0,
        { timeoutMs: 60_000 },
      );
    },
  };
}

/** The events that a receiver got at a path, in the order of their coming. */
export function eventsAt(receiver: Pick<Receiver, 'requests'>, path: string): SentEvent[] {
  return receiver.requests(path).map(eventOf);
}

export function eventOf({ body }: Pick<Received, 'body'>): SentEvent {
  return Event.parse(JSON.parse(body));
}
