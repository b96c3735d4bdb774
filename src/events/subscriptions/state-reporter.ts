import type { Clock } from '../../clock.ts';
import type { DestinationState } from '../delivery/deliverers.ts';
import type { EventRecords } from '../records.ts';
import type { Subscription } from './subscription.ts';

export type StateReporterOptions = {
  records: Pick<EventRecords, 'report'>;
  /** Odoo's `database.uuid`. */
  database: string;
  isOpen: () => boolean;
  clock: Clock;
  log: Record<'warn', (fields: object, message: string) => void>;
};

const RETRY_MS = 5_000;

/**
 * Tells Odoo how subscriptions are doing: what their destinations answer, and whether their payloads can be built. Many
 * changes become one call, and what could not be told is told later.
 */
export function createStateReporter({ records, database, isOpen, clock, log }: StateReporterOptions) {
  const stopping = new AbortController();
  const states = new Map<number, DestinationState>();
  const faults = new Map<number, string>();
  const untold = new Set<number>();
  let telling: Promise<void> | null = null;

  function shown(subscription: number): DestinationState {
    const state = states.get(subscription) ?? { subscription, state: 'ok', words: null, failingSince: null };
    const words = faults.get(subscription);
    return words === undefined || state.state === 'stopped' ? state : { ...state, state: 'failing', words };
  }

  async function tellAll(): Promise<void> {
    while (untold.size > 0 && !stopping.signal.aborted) {
      const isTold = isOpen() && (await tellNow([...untold]));
      if (!isTold) await clock.sleep(RETRY_MS, stopping.signal).catch(() => undefined);
    }
    telling = null;
  }

  async function tellNow(ids: readonly number[]): Promise<boolean> {
    untold.clear();
    try {
      await records.report(database, { states: ids.map(shown) });
      return true;
    } catch (error) {
      for (const id of ids) untold.add(id);
      if (isOpen()) log.warn({ error }, 'the state of subscriptions could not be told to Odoo');
      return false;
    }
  }

  function tell(subscription: number): void {
    untold.add(subscription);
    telling ??= Promise.resolve().then(tellAll);
  }

  return {
    /** A destination has another state than before. */
    changed(state: DestinationState): void {
      states.set(state.subscription, state);
      tell(state.subscription);
    },
    /** Payloads cannot be built, and why. */
    fault({ id }: Subscription, words: string): void {
      if (faults.get(id) === words) return;
      faults.set(id, words);
      tell(id);
    },
    /** Subscriptions were read: what they show may be from before a restart, and what was wrong may be mended. */
    compare(subscriptions: readonly Subscription[], now: readonly DestinationState[]): void {
      for (const state of now) {
        const before = states.get(state.subscription);
        states.set(state.subscription, state);
        if (before !== undefined && before.words !== state.words) tell(state.subscription);
      }
      for (const { id, state } of subscriptions) if (shown(id).state !== state) tell(id);
    },
    /** Payloads were built. */
    sound({ id }: Subscription): void {
      if (faults.delete(id)) tell(id);
    },
    async stop(): Promise<void> {
      stopping.abort();
      await telling;
    },
  };
}
