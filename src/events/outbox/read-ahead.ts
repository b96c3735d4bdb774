import { ViaductError } from '../../errors.ts';
import type { Ahead, Built, Drained, Want } from '../records.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { Matching, Wanted } from './wanted.ts';

/** What Odoo is asked to read along with a few events, so that they need no second call. */
export type ReadAhead = {
  /** The subscriptions as they are now: what was read for them as they were is forgotten. */
  subscribe(subscriptions: readonly Subscription[]): void;
  reads(): readonly Ahead[];
  keep(page: Pick<Drained, 'events' | 'built'>): void;
  /** What is known of all that these ask, or null; it is given once. */
  answers(wanted: readonly Wanted[]): ReadonlyMap<number, Built['wants'][number]> | null;
};

type Answer = Built['wants'][number];

/** Events that have not come to the fan-out yet; the oldest are forgotten, and read as others are. */
const MOST_EVENTS = 1_000;

export function createReadAhead({ specFor }: Pick<Matching, 'specFor'>): ReadAhead {
  let reads: readonly Ahead[] = [];
  /** By event and subscription; the number in `matched` is that of the event in its page. */
  const known = new Map<string, Map<number, { n: number; answer: Answer }>>();

  function answerTo(wanted: readonly Wanted[]): Answer | null {
    const matched: number[] = [];
    let last: Answer | null = null;
    let rows: Answer['rows'] = {};
    for (const { event, subscription, asked } of wanted) {
      const found = event.kind === 'record' ? known.get(event.key)?.get(subscription.id) : undefined;
      if (found === undefined) return null;
      if (found.answer.matched.includes(found.n)) matched.push(...asked.map(({ n }) => n));
      last = found.answer;
      rows = { ...rows, ...found.answer.rows };
    }
    return last === null ? null : { ...last, matched, rows };
  }

  return {
    subscribe(subscriptions) {
      known.clear();
      reads = subscriptions.flatMap((subscription) => {
        if (!subscription.active) return [];
        const { id, model } = subscription;
        const spec = specOrNull(() => specFor(subscription));
        return spec === null ? [] : [{ subscription: id, model, spec }];
      });
    },
    reads: () => reads,
    keep({ events, built }) {
      for (const answer of built.filter(({ error }) => error === null)) {
        for (const [n, { key, model }] of events.entries()) {
          if (reads.find(({ subscription }) => subscription === answer.subscription)?.model !== model)
            continue;
          const of = known.get(key) ?? new Map<number, { n: number; answer: Answer }>();
          known.set(key, of.set(answer.subscription, { n, answer }));
        }
      }
      for (const key of known.keys()) if (known.size > MOST_EVENTS) known.delete(key);
    },
    answers(wanted) {
      const answers = new Map<number, Answer>();
      for (const [id, all] of Map.groupBy(wanted, ({ subscription }) => subscription.id)) {
        const answer = answerTo(all);
        if (answer === null) return null;
        answers.set(id, answer);
      }
      for (const { event } of wanted) known.delete(event.key);
      return answers;
    },
  };
}

/** What cannot be read is said when it is wanted. */
function specOrNull(read: () => Want['spec']): Want['spec'] | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ViaductError) return null;
    throw error;
  }
}
