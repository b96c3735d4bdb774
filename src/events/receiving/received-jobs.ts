import type { Clock } from '../../clock.ts';
import { ViaductError } from '../../errors.ts';
import type { Entry, Handle, NewEntry, Settlement } from '../../journal/index.ts';
import type { Json } from '../../odoo/index.ts';
import { DOCUMENTED_TYPES, kindOf } from '../catalogue/index.ts';
import { deliveryEntry } from '../delivery/delivery.ts';
import { composeReceived, isJsonObject, type JsonObject } from '../payload/index.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { nativeEvent } from './pushed-event.ts';
import { Received } from './received.ts';
import { receivedEntry } from './received-entry.ts';

export type ReceivedJobsOptions = {
  /** As last read; rejects while they were never read. */
  subscriptions: () => readonly Subscription[] | Promise<readonly Subscription[]>;
  /** The journal's entry for a line of the delivery log. */
  logEntry: (database: string, line: ReceivedLine) => NewEntry;
  /** Payloads of a subscription cannot be built: an administrator has to know. */
  onFault: (subscription: Subscription, words: string) => void;
  clock: Pick<Clock, 'nowMs'>;
};

/** What the delivery log in Odoo is told of something that came in. */
export type ReceivedLine = ReturnType<typeof lineOf>;

const FAULT_WAIT_MS = 5 * 60_000;

/** Passes on what other systems pushed, to the subscriptions that ask for it, and has it logged in Odoo. */
export function createReceivedHandler(options: ReceivedJobsOptions): Handle {
  const { clock, onFault, logEntry } = options;

  return async (entries) => {
    const subscriptions = await options.subscriptions();
    return entries.map((entry) => settle(entry, subscriptions));
  };

  function settle({ id, database, payload }: Entry, subscriptions: readonly Subscription[]): Settlement {
    const received = Received.parse(JSON.parse(payload));
    const append = received.only === null ? [logEntry(database, lineOf(received))] : [];
    for (const subscription of subscriptions) {
      if (!isFor(received, subscription)) continue;
      try {
        append.push(deliveryOf(database, received, subscription));
      } catch (error) {
        if (!(error instanceof ViaductError)) throw error;
        onFault(subscription, error.message);
        append.push(again(database, received, subscription));
      }
    }
    return { id, step: 'complete', append };
  }

  /** The same once more, for one subscription that its administrator has to put right first. */
  function again(database: string, received: Received, { id }: Subscription): NewEntry {
    const { dedupe: _, ...entry } = receivedEntry(database, { ...received, only: id });
    return { ...entry, key: `${id}:${entry.key}`, runAtMs: clock.nowMs() + FAULT_WAIT_MS };
  }
}

/** Its rules and its filter are about our own records, and say nothing here. */
function isFor(received: Received, { id, active, model, events, received: wants }: Subscription): boolean {
  if (!active || !wants || model !== received.model || received.refusal !== null) return false;
  if (received.only !== null) return received.only === id;
  if (received.isNative) return true;
  const isDocumented = DOCUMENTED_TYPES.some(({ name }) => name === received.type);
  return isDocumented && (events.includes(received.type) || events.includes(`*.${kindOf(received.type)}`));
}

function deliveryOf(database: string, received: Received, subscription: Subscription): NewEntry {
  const { key: eventKey, type, model, recordId, at } = received;
  const key = `${eventKey}:${type}:${subscription.id}`;
  const body = composeReceived({
    subscription,
    body: eventOf(received),
    source: received.source.name,
    model,
  });
  const entry = deliveryEntry(database, {
    ...{ key, eventKey, type, subscriptionId: subscription.id, model, recordId, body },
    ...{ eventAt: at, found: false },
  });
  // A record of another Odoo with the same number is another record.
  return { ...entry, key: `${received.source.id}:${model},${recordId}` };
}

function eventOf(received: Received): JsonObject {
  const value: Json = JSON.parse(received.body);
  const body = isJsonObject(value) ? value : {};
  return received.isNative ? nativeEvent(body, received) : body;
}

function lineOf({ key, source, type, model, recordId, at, receivedAt, body, refusal }: Received) {
  return {
    ...{ key, eventKey: key, direction: 'in', type, sourceId: source.id, model, recordId, body },
    ...{ state: refusal === null ? 'received' : 'refused', status: refusal?.status ?? 200 },
    ...{ response: refusal?.words ?? '', eventAt: at, firstAt: receivedAt, endedAt: receivedAt },
  } as const;
}
