import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sampleSubscription as subscriptionTo } from '../../../fixtures/events-subscription.ts';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import type { Entry, EntryId, Settlement } from '../../journal/index.ts';
import { typesOf } from '../catalogue/types-of.ts';
import { specFor } from '../payload/index.ts';
import type { Built, Want } from '../records.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { deliveriesOf } from './deliveries-of.ts';
import { createFanOut } from './fan-out.ts';
import { createReadAhead } from './read-ahead.ts';
import { sampleEvent, sampleIdentity } from './testing/sample-event.ts';

/** Who is told of contacts. */
function sampleSubscription(more: Partial<Subscription> = {}): Subscription {
  const contacts = { id: 1, model: 'res.partner', events: ['res.partner.updated'], originToken: 'origin-1' };
  return subscriptionTo('https://example.com/hook', { ...contacts, ...more });
}

type Answer = Partial<Built['wants'][number]>;

/** The fan-out over an Odoo in which everybody sees everything, unless `answer` says otherwise. */
function fanOutTo(subscriptions: readonly Subscription[], answer: (want: Want) => Answer = () => ({})) {
  const calls: (readonly Want[])[] = [];
  const faults: string[] = [];
  const state = { isHeld: false };
  const ahead = createReadAhead({ specFor });
  ahead.subscribe(subscriptions);
  const handle = createFanOut({
    ...{ database: 'uuid', typesOf, specFor, clock: createManualClock() },
    subscriptions: async () => subscriptions,
    ahead,
    admits: () => true,
    records: {
      build: async (_database, wants) => {
        calls.push(wants);
        const answers = wants.map((want) => ({
          ...{ subscription: want.subscription, error: null, readAt: '2026-01-22T10:30:01Z' },
          matched: want.events.map(({ n }) => n),
          rows: Object.fromEntries(want.events.map(({ recordId: id }) => [id, { id, name: 'As read' }])),
          ...answer(want),
        }));
        return { identity: sampleIdentity(), held: state.isHeld, wants: answers };
      },
    },
    deliveriesOf: (wanted, built) => deliveriesOf('uuid', wanted, built),
    onFault: ({ id }, words) => faults.push(`${id}: ${words}`),
    onBuilt: () => {},
  });
  const context = { mark: async () => ({ stale: [] }), signal: new AbortController().signal };
  return {
    ...{ calls, faults, state, ahead },
    run: (events: readonly object[]) => handle(events.map(entryOf), context),
  };
}

const Id = z.custom<EntryId>((id) => Number.isSafeInteger(id));

function entryOf(event: object, index: number): Entry {
  return {
    ...{ id: Id.parse(index), database: 'uuid', queue: 'events.event', key: 'k', memo: null },
    ...{ attempts: 1, appendedAtMs: 0, payload: JSON.stringify(event) },
  };
}

const appended = (settlements: readonly Settlement[]) =>
  settlements.flatMap((settlement) => settlement.append ?? []);
const bodyOf = (payload: string) => JSON.parse(JSON.parse(payload).body);

describe('the fan-out', () => {
  test('asks Odoo once for a whole batch, whatever the number of events and subscriptions', async () => {
    const fanOut = fanOutTo([1, 2, 3].map((id) => sampleSubscription({ id })));
    const events = Array.from({ length: 50 }, (_, recordId) =>
      sampleEvent({ recordId, key: `e${recordId}` }),
    );
    const entries = appended(await fanOut.run(events));
    expect([fanOut.calls.length, entries.length]).toEqual([1, 150]);
    expect(new Set(entries.map(({ dedupe }) => dedupe)).size).toBe(150);
    expect(new Set(entries.map(({ queue }) => queue)).size).toBe(3);
  });

  test('asks nothing of what was read along with the event, and forgets it when subscriptions change', async () => {
    const subscription = sampleSubscription();
    const fanOut = fanOutTo([subscription]);
    const event = { ...sampleEvent({ key: 'a', recordId: 7, new: { name: 'Two' } }), id: 1 };
    const row = { id: 7, name: 'Read along' };
    const known = { subscription: 1, error: null, readAt: '2026-01-22T10:30:01Z', rows: { 7: row } };
    fanOut.ahead.keep({ events: [event], built: [{ ...known, matched: [0] }] });
    expect(appended(await fanOut.run([event]))).toHaveLength(1);
    expect(fanOut.calls).toEqual([]);
    await fanOut.run([event]);
    expect(fanOut.calls).toHaveLength(1);
    fanOut.ahead.keep({ events: [event], built: [{ ...known, matched: [0] }] });
    fanOut.ahead.subscribe([subscription]);
    await fanOut.run([event]);
    expect(fanOut.calls).toHaveLength(2);
  });

  test('tells nobody of what was read along and may not be seen', async () => {
    const fanOut = fanOutTo([sampleSubscription()]);
    const event = { ...sampleEvent({ key: 'a' }), id: 1 };
    const known = { subscription: 1, error: null, readAt: '2026-01-22T10:30:01Z', rows: {} };
    fanOut.ahead.keep({ events: [event], built: [{ ...known, matched: [] }] });
    expect(appended(await fanOut.run([event]))).toEqual([]);
    expect(fanOut.calls).toEqual([]);
  });

  test('asks nothing where nobody wants anything', async () => {
    const fanOut = fanOutTo([
      sampleSubscription({ model: 'sale.order' }),
      sampleSubscription({ active: false }),
    ]);
    expect(await fanOut.run([sampleEvent()])).toMatchObject([{ step: 'complete' }]);
    expect(fanOut.calls).toEqual([]);
  });

  test('gives each of two quick changes its own values', async () => {
    const fanOut = fanOutTo([sampleSubscription()]);
    const first = sampleEvent({ key: 'a', old: { name: 'One' }, new: { name: 'Two' } });
    const second = sampleEvent({ key: 'b', old: { name: 'Two' }, new: { name: 'Three' } });
    const entries = appended(await fanOut.run([first, second]));
    expect(entries.map(({ payload }) => bodyOf(payload).data.name)).toEqual(['Two', 'Three']);
  });

  test('leaves out what the subscriber did himself, if he wants that', async () => {
    const mine = sampleSubscription({ id: 1, ignoreOwn: true });
    const other = sampleSubscription({ id: 2, originToken: 'origin-2', ignoreOwn: true });
    const entries = appended(await fanOutTo([mine, other]).run([sampleEvent({ origin: 'origin-1' })]));
    expect(entries.map(({ queue }) => queue)).toEqual(['events.delivery.2']);
  });

  test('delivers nothing that the reader may not see', async () => {
    const fanOut = fanOutTo([sampleSubscription()], () => ({ matched: [], rows: {} }));
    expect(await fanOut.run([sampleEvent()])).toEqual([{ id: 0, step: 'complete', append: [] }]);
  });

  test('sends what a person chose to the one he chose, as one delivery', async () => {
    const fanOut = fanOutTo([sampleSubscription({ id: 1 }), sampleSubscription({ id: 2, events: [] })]);
    const event = sampleEvent({
      kind: 'manual',
      subscriptionId: 2,
      recordId: 0,
      ids: [5, 6],
      old: {},
      new: {},
    });
    const [entry, ...others] = appended(await fanOut.run([event]));
    expect([entry?.queue, others]).toEqual(['events.delivery.2', []]);
    expect(bodyOf(entry?.payload ?? '')).toMatchObject({ count: 2, records: [{ id: 5 }, { id: 6 }] });
  });

  test('sends nothing where a person chose nothing', async () => {
    const fanOut = fanOutTo([sampleSubscription()]);
    const event = sampleEvent({ kind: 'manual', subscriptionId: 1, recordId: 0, ids: [], old: {}, new: {} });
    expect(appended(await fanOut.run([event]))).toEqual([]);
    expect(fanOut.calls.flat().flatMap(({ events }) => events)).toEqual([]);
  });

  test('leaves all where it is while the database is held', async () => {
    const fanOut = fanOutTo([sampleSubscription()]);
    fanOut.state.isHeld = true;
    expect(await fanOut.run([sampleEvent()])).toMatchObject([{ step: 'retry', uncounted: true }]);
  });
});

describe('a subscription whose payload cannot be built', () => {
  const broken = sampleSubscription({ id: 1, payload: 'template', template: '{ "no": ' });
  const sound = sampleSubscription({ id: 2 });

  test('holds up nobody, and gets its event later', async () => {
    const fanOut = fanOutTo([broken, sound]);
    const entries = appended(await fanOut.run([sampleEvent()]));
    expect(entries.map(({ queue }) => queue)).toEqual(['events.event', 'events.delivery.2']);
    expect(JSON.parse(entries[0]?.payload ?? '')).toMatchObject({ only: 1, key: 'event-1' });
    expect(fanOut.faults).toEqual([expect.stringMatching(/^1: .*template/i)]);
  });

  test('waits uncounted for as long as it is so, and goes on once it is mended', async () => {
    const alone = { ...sampleEvent(), only: 1 };
    expect(await fanOutTo([broken, sound]).run([alone])).toMatchObject([{ step: 'retry', uncounted: true }]);
    const mended = sampleSubscription({ id: 1 });
    const entries = appended(await fanOutTo([mended, sound]).run([alone]));
    expect(entries.map(({ queue }) => queue)).toEqual(['events.delivery.1']);
  });

  test('for want of rights says so in Odoo’s words', async () => {
    const error = 'You are not allowed to access Contact.';
    const fanOut = fanOutTo([sound], () => ({ error, matched: [], rows: {} }));
    const entries = appended(await fanOut.run([sampleEvent()]));
    expect(entries.map(({ queue }) => queue)).toEqual(['events.event']);
    expect(fanOut.faults).toEqual([`2: ${error}`]);
  });
});
