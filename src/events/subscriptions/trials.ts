import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { AttemptResult } from '../delivery/attempt.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { type LogLine, logLine, nextRank } from '../delivery/log-line.ts';
import { momentText } from '../moment.ts';
import { compose, specFor } from '../payload/index.ts';
import type { EventRecords } from '../records.ts';
import type { Subscription } from './subscription.ts';

export type TrialOptions = {
  records: Pick<EventRecords, 'build'>;
  /** Odoo's `database.uuid`. */
  database: string;
  /** Makes one attempt at once, outside of any order. */
  attempt: (subscription: Subscription, delivery: Delivery) => Promise<AttemptResult>;
  /** Has a line written into the delivery log. */
  keep: (line: LogLine) => Promise<void>;
  clock: Clock;
};

const TEST_TYPE = 'viaduct.test';

/** What a person tries out in the form of a subscription before he trusts it. */
export function createTrials({ records, database, attempt, keep, clock }: TrialOptions) {
  const now = () => momentText(clock.nowMs());

  return {
    /** Sends an event of its own type, which no receiver takes for a change, signed as all are. */
    async sendTest(subscription: Subscription): Promise<string> {
      const { id, name, model } = subscription;
      const eventAt = now();
      const data = { subscription: name, model, events: subscription.events };
      const eventKey = randomUUID();
      const delivery = {
        ...{ key: `test:${eventKey}`, eventKey, type: TEST_TYPE, subscriptionId: id, model, recordId: 0 },
        ...{ body: JSON.stringify({ event: TEST_TYPE, timestamp: eventAt, data }), eventAt, found: false },
      };
      const atMs = clock.nowMs();
      const result = await attempt(subscription, delivery);
      const [nowMs, state] = [clock.nowMs(), result.errorClass === null ? 'delivered' : 'failed'] as const;
      const times = { atMs, firstAtMs: atMs, endedAtMs: nowMs, nextAtMs: null };
      await keep(logLine({ delivery, result, state, number: 1, rank: nextRank(0, nowMs), ...times }));
      return wordsOf(result);
    },

    /** The payload that a change of this record would have now. */
    async preview(subscription: Subscription, recordId: number | null): Promise<string> {
      if (recordId === null) return 'There is no record of this model yet.';
      const events = [{ n: 0, recordId, deleted: false, values: {} }];
      const wants = [{ subscription: subscription.id, spec: specFor(subscription), events }];
      const [answer] = (await records.build(database, wants)).wants;
      const row = answer?.rows[String(recordId)];
      if (answer?.error != null) return answer.error;
      if (answer === undefined || row === undefined)
        return `Record ${recordId} is not there, or its reader may not see it, or the filter leaves it out.`;
      const { payload, missing } = compose({
        ...{ subscription, type: previewType(subscription), row, readAt: answer.readAt },
        event: {
          ...{ model: subscription.model, recordId, kind: 'record', created: false, deleted: false },
          ...{ old: {}, new: {}, userId: subscription.userId, at: now(), ids: [] },
        },
      });
      const lines = [JSON.stringify(payload, null, 2)];
      if (missing.length > 0) lines.push('', `Not found, left empty: ${missing.join(', ')}`);
      return lines.join('\n');
    },
  };
}

/** Any of its types will do: all but those of deletion have the same members. */
function previewType({ events, model }: Subscription): string {
  const [first] = events.filter((event) => !event.endsWith('.deleted'));
  return first?.replace('*', model) ?? `${model}.updated`;
}

function wordsOf(result: AttemptResult): string {
  const { status, durationMs, words, response } = result;
  const head =
    status === null ? words : `${status} in ${Math.round(durationMs)} ms${words === '' ? '' : `: ${words}`}`;
  return response === '' ? head : `${head}\n\n${response}`;
}
