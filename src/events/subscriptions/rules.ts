import type { Clock } from '../../clock.ts';
import type { EventRecords } from '../records.ts';

export type RulesOptions = {
  records: Pick<EventRecords, 'syncRules'>;
  /** Quiet time in ms after a change of subscriptions, because each change of a rule makes Odoo load its models anew. */
  quietMs: number;
  /** The rules are as they should be: what Odoo says about subscriptions is to be read again. */
  onSynced: () => void;
  clock: Clock;
  log: Record<'info' | 'warn', (fields: object, message: string) => void>;
};

/** Has Odoo make its rules anew, once the subscriptions have been left alone for a while. */
export function createRuleKeeper({ records, quietMs, onSynced, clock, log }: RulesOptions) {
  const stopping = new AbortController();
  let syncing: Promise<void> = Promise.resolve();
  let waiting: AbortController | null = null;

  async function sync(): Promise<void> {
    try {
      for (const change of await records.syncRules()) log.info({ change }, 'a rule of Odoo was changed');
      onSynced();
    } catch (error) {
      // They are still stale at the next reading, and tried again.
      log.warn({ error }, 'the rules of Odoo could not be brought up to date');
    }
  }

  return {
    /** Subscriptions were read, and Odoo's rules do not fit them. */
    stale(): void {
      waiting?.abort();
      const pause = new AbortController();
      waiting = pause;
      void clock.sleep(quietMs, AbortSignal.any([pause.signal, stopping.signal])).then(
        () => {
          waiting = null;
          syncing = syncing.then(sync);
        },
        () => {},
      );
    },
    async stop(): Promise<void> {
      stopping.abort();
      await syncing;
    },
  };
}
