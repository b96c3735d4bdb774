import { ViaductError } from '../../errors.ts';
import type { Json } from '../../odoo/index.ts';
import type { Want } from '../records.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { OutboxEvent } from './event.ts';

/** That a subscription wants an event, as which of its types, and the numbers under which Odoo is asked about its records. */
export type Wanted = {
  event: OutboxEvent;
  subscription: Subscription;
  types: readonly string[];
  asked: readonly { n: number; recordId: number }[];
};

/** The catalogue and the payloads, as far as an event needs them. `specFor` throws a ViaductError with words for an administrator. */
export type Matching = {
  typesOf: (event: OutboxEvent, subscription: Subscription) => readonly string[];
  specFor: (subscription: Subscription) => Json;
};

/** Who wants which of these events, event by event. `only` names the one subscription that is asked for an event. */
export function whoWants(
  works: readonly { event: OutboxEvent; only: number | null }[],
  subscriptions: readonly Subscription[],
  { typesOf }: Pick<Matching, 'typesOf'>,
): Wanted[][] {
  let n = 0;
  return works.map(({ event, only }) =>
    subscriptions.flatMap((subscription): Wanted[] => {
      if (only !== null && subscription.id !== only) return [];
      const types = isFor(event, subscription) ? typesOf(event, subscription) : [];
      if (types.length === 0) return [];
      const ids = event.kind === 'manual' ? event.ids : [event.recordId];
      const asked = ids.map((recordId) => ({ n: n++, recordId }));
      return [{ event, subscription, types, asked }];
    }),
  );
}

function isFor(event: OutboxEvent, subscription: Subscription): boolean {
  if (!subscription.active || event.model !== subscription.model) return false;
  if (event.kind === 'manual') return event.subscriptionId === subscription.id;
  return !(subscription.ignoreOwn && event.origin === subscription.originToken);
}

/** What to ask Odoo, one want for each subscription; and of those whose own settings do not allow it, why. */
export type Questions = { wants: Want[]; faults: Map<number, string> };

export function questionsOf(wanted: readonly Wanted[], { specFor }: Pick<Matching, 'specFor'>): Questions {
  const bySubscription = Map.groupBy(wanted, ({ subscription }) => subscription);
  const questions: Questions = { wants: [], faults: new Map() };
  for (const [subscription, all] of bySubscription) {
    try {
      const spec = specFor(subscription);
      const events = all.flatMap(({ event, asked }) =>
        asked.map(({ n, recordId }) => ({ n, recordId, deleted: event.deleted, values: event.new })),
      );
      questions.wants.push({ subscription: subscription.id, spec, events });
    } catch (error) {
      if (!(error instanceof ViaductError)) throw error;
      questions.faults.set(subscription.id, error.message);
    }
  }
  return questions;
}
