import { z } from 'zod';
import type { Received, Receiver } from '../../fixtures/receiver/index.ts';
import type { TestOdoo } from './odoo.ts';
import { type Fields, odooData } from './odoo-data.ts';
import { until } from './until.ts';

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

/** Subscriptions in a real Odoo beside which Viaduct runs. */
export function watchedSubscriptions({ execute }: Pick<TestOdoo, 'execute'>) {
  const { search, createSubscription } = odooData(execute);

  return {
    /** Makes a subscription, and waits until Odoo has the rules for it. */
    async subscribe(model: string, types: readonly string[], values: Fields): Promise<number> {
      const id = await createSubscription(model, types, values);
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
