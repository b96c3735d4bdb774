import type { SecretPlaces } from '../../config/index.ts';
import { momentText } from '../moment.ts';
import type { Subscription, SubscriptionState } from '../subscriptions/subscription.ts';
import type { AttemptResult } from './attempt.ts';
import { createDeliverer, type Deliverer, type DelivererOptions } from './deliverer.ts';
import type { Delivery } from './delivery.ts';
import { type Destination, resolveDestination } from './destination.ts';
import { stateOf, wordsOf } from './health.ts';

/** How a destination is doing, as Odoo shows it. */
export type DestinationState = {
  subscription: number;
  state: SubscriptionState;
  /** For an administrator, or null. */
  words: string | null;
  /** As `2025-01-22T10:30:00Z`, or null. */
  failingSince: string | null;
};

export type DeliverersOptions = DelivererOptions & {
  places: SecretPlaces;
  /** The state of one has changed. */
  onState: (state: DestinationState) => void;
};

/** The workers of all subscriptions of one database. */
export type Deliverers = {
  /** Makes them what the subscriptions are: new ones start, changed ones go on as they are now, the others stop. */
  update: (subscriptions: readonly Subscription[]) => Promise<void>;
  states: () => DestinationState[];
  /** One attempt beside the queue, for a test that a person asked for. */
  tryOnce: (subscription: Subscription, delivery: Delivery) => Promise<AttemptResult>;
  /** Looks for work at once: the database was opened again. */
  wake: () => void;
  /** What is under way ends or, once `signal` aborts, is given back. */
  stop: (signal?: AbortSignal) => Promise<void>;
};

export function createDeliverers({ places, onState, ...options }: DeliverersOptions): Deliverers {
  const deliverers = new Map<number, Deliverer>();
  const leaving = new Set<Deliverer>();
  let isStopped = false;

  const stateNow = (subscription: number, deliverer: Deliverer): DestinationState => {
    const health = deliverer.health();
    const problem = deliverer.problem();
    // Told before the first delivery meets it.
    if (problem !== null && stateOf(health) === 'ok')
      return { subscription, state: 'failing', words: problem, failingSince: null };
    const sinceMs = stateOf(health) === 'ok' ? null : health.failingSinceMs;
    const failingSince = sinceMs === null ? null : momentText(sinceMs);
    return { subscription, state: stateOf(health), words: wordsOf(health), failingSince };
  };

  async function put(destination: Destination): Promise<void> {
    const id = destination.subscriptionId;
    const known = deliverers.get(id);
    if (known !== undefined) return known.update(destination);
    if (isStopped) return;
    const tell = () => {
      const now = deliverers.get(id);
      if (now !== undefined) onState(stateNow(id, now));
    };
    const deliverer = createDeliverer(destination, { ...options, onState: tell });
    deliverers.set(id, deliverer);
    await deliverer.start();
  }

  /** What is under way may take long, and nobody has to wait for it. */
  function drop(id: number, deliverer: Deliverer): void {
    deliverers.delete(id);
    leaving.add(deliverer);
    void deliverer.stop().then(() => leaving.delete(deliverer));
  }

  return {
    update: async (subscriptions) => {
      const wanted = await Promise.all(subscriptions.map((one) => resolveDestination(one, places)));
      const ids = new Set(wanted.map(({ subscriptionId }) => subscriptionId));
      for (const [id, deliverer] of deliverers) if (!ids.has(id)) drop(id, deliverer);
      await Promise.all(wanted.map(put));
    },
    states: () => [...deliverers].map(([id, deliverer]) => stateNow(id, deliverer)),
    tryOnce: async (subscription, delivery) =>
      options.sender.attempt(await resolveDestination(subscription, places), delivery),
    wake: () => {
      for (const deliverer of deliverers.values()) deliverer.wake();
    },
    stop: async (signal) => {
      isStopped = true;
      await Promise.all([...leaving, ...deliverers.values()].map((deliverer) => deliverer.stop(signal)));
    },
  };
}
