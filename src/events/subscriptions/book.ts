import type { Clock } from '../../clock.ts';
import { createKeptCopy } from '../../odoo/index.ts';
import type { EventRecords, Read } from '../records.ts';
import { createRuleKeeper } from './rules.ts';

export type BookOptions = {
  records: Pick<EventRecords, 'readSubscriptions' | 'syncRules'>;
  maxAgeMs: number;
  ruleQuietMs: number;
  isOpen: () => boolean;
  /** Subscriptions, sources and what people asked for, as they were just read. */
  onRead: (read: Read) => Promise<void>;
  clock: Clock;
  log: Record<'info' | 'warn', (fields: object, message: string) => void>;
};

/** Keeps what Odoo says about subscriptions in memory, and Odoo's rules in step with it. */
export function createSubscriptionBook(options: BookOptions) {
  const { records, clock, log } = options;
  const readAgain = () => {
    if (!options.isOpen()) return;
    copy.refresh().catch((error: unknown) => log.warn({ error }, 'subscriptions could not be read'));
  };
  const rules = createRuleKeeper({
    ...{ records, clock, log },
    quietMs: options.ruleQuietMs,
    onSynced: readAgain,
  });
  const copy = createKeptCopy({
    read: async () => {
      const read = await records.readSubscriptions();
      if (read.rulesStale) rules.stale();
      await options.onRead(read);
      return read;
    },
    ...{ maxAgeMs: options.maxAgeMs, clock },
  });
  return { current: copy.current, readAgain, stop: rules.stop };
}
