import { errorText } from '../../errors.ts';
import type { EventRecords, Read, Report } from '../records.ts';
import type { Subscription } from './subscription.ts';

export type AskOptions = {
  records: Pick<EventRecords, 'report'>;
  /** Odoo's `database.uuid`. */
  database: string;
  /** Sends one test event at once; resolves to what became of it, in words. */
  sendTest: (subscription: Subscription) => Promise<string>;
  /** The payload of a record, as text for a person. */
  preview: (subscription: Subscription, recordId: number | null) => Promise<string>;
  /** Puts deliveries on their way again. */
  replay: (replays: Read['asks']['replays']) => Promise<void>;
  log: Record<'warn', (fields: object, message: string) => void>;
};

/**
 * Does what people asked for with the buttons in Odoo, and tells Odoo, which is what ends an asking: one that was cut off is
 * done again. One look at a time, so that nothing is done twice while Odoo does not yet know.
 */
export function createAskHandler(options: AskOptions) {
  const { records, database, log } = options;
  let working: Promise<void> | null = null;

  async function work({ asks, subscriptions }: Read): Promise<void> {
    const find = (id: number) => subscriptions.find((subscription) => subscription.id === id);
    const report: Required<Pick<Report, 'tests' | 'previews' | 'replayed'>> = await answersTo();
    const isNothing = Object.values(report).every((answers) => answers.length === 0);
    if (!isNothing) await records.report(database, report);

    async function answersTo() {
      const tests = asks.tests.flatMap((id) => find(id) ?? []);
      const previews = asks.previews.flatMap(({ subscription: id, recordId }) => {
        const subscription = find(id);
        return subscription === undefined ? [] : [{ subscription, recordId }];
      });
      if (asks.replays.length > 0) await options.replay(asks.replays);
      return {
        tests: await Promise.all(
          tests.map(async (subscription) => ({
            subscription: subscription.id,
            result: await options.sendTest(subscription).catch(errorText),
          })),
        ),
        previews: await Promise.all(
          previews.map(async ({ subscription, recordId }) => ({
            subscription: subscription.id,
            text: await options.preview(subscription, recordId).catch(errorText),
          })),
        ),
        replayed: asks.replays.map(({ deliveryId }) => deliveryId),
      };
    }
  }

  return {
    /** Asks that were read; those that are read while others are being done are in the next reading again. */
    take(read: Read): void {
      working ??= work(read)
        .catch((error: unknown) => log.warn({ error }, 'what was asked for in Odoo could not be done'))
        .finally(() => {
          working = null;
        });
    },
    settled: (): Promise<void> => working ?? Promise.resolve(),
  };
}
