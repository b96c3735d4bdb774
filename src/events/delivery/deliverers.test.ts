import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DATABASE, type DelivererWorld, startDelivererWorld } from '../../../fixtures/events-deliverer.ts';
import { sampleDelivery, sampleSubscription } from '../../../fixtures/events-subscription.ts';
import { createManualClock, type ManualClock } from '../../../fixtures/manual-clock.ts';
import { failing, GONE, type Receiver, startReceiver, tooMany } from '../../../fixtures/receiver/index.ts';
import { systemClock } from '../../clock.ts';
import { deliveryQueue } from '../queues.ts';
import type { Subscription } from '../subscriptions/subscription.ts';

const START_MS = Date.UTC(2026, 10, 22, 12);
let receiver: Receiver;
let clock: ManualClock;
let world: DelivererWorld;

beforeEach(async () => {
  receiver = await startReceiver();
  clock = createManualClock(START_MS);
  world = await startDelivererWorld({ clock });
});
afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

const subscribe = (rest: Partial<Subscription> = {}) =>
  world.deliverers.update([sampleSubscription(`${receiver.url}/hook`, rest)]);
const entries = (state: 'ready' | 'done' | 'dead') =>
  world.journal.list({ database: DATABASE, queue: deliveryQueue(7), state, limit: 100 });
/** Looks again and again while time creeps on: a worker may have missed the moment that it was about to sleep until. */
const eventually = (look: () => Promise<unknown>) =>
  vi.waitFor(
    async () => {
      await clock.advance(1);
      await look();
    },
    { timeout: 10_000 },
  );
const done = (count: number) => eventually(async () => expect(await entries('done')).toHaveLength(count));
/** Resolves when so many lines for Odoo's log are there. */
const logged = (count: number) => eventually(async () => expect(await world.log()).toHaveLength(count));
const received = () => receiver.requests().map(({ headers }) => String(headers['webhook-id']).split('.')[0]);

describe('deliveries of one subscription', () => {
  test('arrive, and Odoo’s log is told with what became of them', async () => {
    await world.append(sampleDelivery(1));
    await subscribe();
    await done(1);
    expect(await world.log()).toEqual([
      {
        key: 'event-1:sale.order.updated:7',
        rank: (START_MS - Date.UTC(2025, 0, 1)) / 1000,
        ...{ direction: 'out', type: 'sale.order.updated', eventKey: 'event-1', subscriptionId: 7 },
        ...{ model: 'sale.order', recordId: 1, state: 'delivered', status: 200, errorClass: null },
        ...{
          durationMs: expect.any(Number),
          url: `${receiver.url}/hook`,
          method: 'POST',
          body: sampleDelivery(1).body,
        },
        requestHeaders: expect.stringContaining('webhook-id: event-1.sale.order.updated'),
        ...{ response: '{"status":"success"}', eventAt: '2026-11-22T10:30:00Z' },
        ...{ firstAt: '2026-11-22T12:00:00Z', endedAt: '2026-11-22T12:00:00Z', nextAt: null },
        attempts: [
          {
            ...{ number: 1, at: '2026-11-22T12:00:00Z', url: `${receiver.url}/hook`, status: 200 },
            ...{
              durationMs: expect.any(Number),
              errorClass: null,
              words: '',
              response: '{"status":"success"}',
            },
          },
        ],
      },
    ]);
  });

  test('are tried again by the schedule, under the same id, with rising ranks', async () => {
    receiver.behave('/hook', failing(2));
    await subscribe();
    await world.append(sampleDelivery(1));
    await logged(1);
    await clock.advance(1_500);
    expect(receiver.count()).toBe(1);
    await clock.advance(500);
    await logged(2);
    await clock.advance(4_000);
    await done(1);
    expect(received()).toEqual(['event-1', 'event-1', 'event-1']);
    const lines = await world.log();
    expect(lines.map(({ state, nextAt, attempts }) => [state, nextAt, attempts[0]?.number])).toEqual([
      ['waiting', '2026-11-22T12:00:02Z', 1],
      ['waiting', '2026-11-22T12:00:06Z', 2],
      ['delivered', null, 3],
    ]);
    const ranks = lines.map(({ rank }) => rank);
    expect(ranks).toEqual([...new Set(ranks)].sort((one, other) => one - other));
    expect(new Set(lines.map(({ firstAt }) => firstAt))).toEqual(new Set(['2026-11-22T12:00:00Z']));
  });

  test('that fail hold the later ones of their record, and nothing else', async () => {
    receiver.behave('/hook/1', failing(1));
    await subscribe({ url: `${receiver.url}/hook/{{ id }}` });
    await world.append(sampleDelivery(1), sampleDelivery(2, { recordId: 1 }), sampleDelivery(3));
    await logged(2);
    expect(received().toSorted()).toEqual(['event-1', 'event-3']);
    await clock.advance(2_000);
    await done(3);
    expect(received().filter((id) => id !== 'event-3')).toEqual(['event-1', 'event-1', 'event-2']);
  });

  test('end among the dead letters when the schedule is spent, and can be replayed under the same id', async () => {
    receiver.behave('/hook', failing(2));
    await subscribe({ schedule: '0, 1' });
    await world.append(sampleDelivery(1));
    await logged(1);
    await clock.advance(1_000);
    await logged(2);
    const [dead, ...others] = await entries('dead');
    expect(others).toEqual([]);
    expect(dead?.error).toBe('Gave up after 2 attempts: The receiver answered 500.');
    expect((await world.log()).at(-1)).toMatchObject({ state: 'failed', endedAt: '2026-11-22T12:00:01Z' });
    await clock.advance(60_000);
    if (dead !== undefined) await world.journal.replay([dead.id]);
    await done(1);
    expect(received()).toEqual(['event-1', 'event-1', 'event-1']);
    expect((await world.log()).at(-1)).toMatchObject({ state: 'delivered', rank: expect.any(Number) });
  });

  test('are never more at the same time than the subscription allows', async () => {
    receiver.behave('/hook', { kind: 'hang' });
    await subscribe({ concurrency: 3, timeoutSeconds: 1 });
    await world.append(...Array.from({ length: 9 }, (_, index) => sampleDelivery(index)));
    await receiver.received(3);
    expect(receiver.connections().open).toBe(3);
    await logged(9);
    expect(receiver.connections().opened).toBe(9);
  });

  test('keep to the rate per second', async () => {
    await subscribe({ ratePerSecond: 2, concurrency: 4 });
    await world.append(...[1, 2, 3, 4].map((n) => sampleDelivery(n)));
    await done(1);
    for (const count of [2, 3, 4]) {
      await clock.advance(300);
      expect(receiver.count()).toBe(count - 1);
      await clock.advance(200);
      await done(count);
    }
  });

  test('wait as long as the receiver asks, all of them', async () => {
    receiver.behave('/hook', tooMany('120', 1));
    await subscribe({ concurrency: 1 });
    await world.append(sampleDelivery(1), sampleDelivery(2));
    await logged(1);
    await clock.advance(110_000);
    expect(receiver.count()).toBe(1);
    await clock.advance(10_000);
    await done(2);
  });
});

describe('a destination that is dead', () => {
  const FIVE_MINUTES = 300_000;

  /** Fails ten times over five minutes. */
  async function pause(): Promise<void> {
    receiver.behave('/hook', failing(1_000));
    await subscribe({ schedule: '0, 86400' });
    await world.append(...Array.from({ length: 9 }, (_, index) => sampleDelivery(index)));
    await logged(9);
    await clock.advance(FIVE_MINUTES);
    await world.append(sampleDelivery(9));
    await eventually(async () => expect(world.states.at(-1)?.state).toBe('paused'));
    await logged(10);
  }

  test('is paused, told so with since when, and no attempt is made', async () => {
    await pause();
    expect(world.states.map(({ state }) => state)).toEqual(['failing', 'paused']);
    expect(world.states.at(-1)).toMatchObject({ subscription: 7, failingSince: '2026-11-22T12:00:00Z' });
    await world.append(sampleDelivery(10));
    await clock.advance(50_000);
    expect(receiver.count()).toBe(10);
  });

  test('is probed with the oldest that waits, which costs that one no attempt', async () => {
    await pause();
    await clock.advance(60_000);
    await logged(11);
    await clock.advance(110_000);
    expect(receiver.count()).toBe(11);
    await clock.advance(10_000);
    await logged(12);
    expect(received().slice(10)).toEqual(['event-0', 'event-0']);
    expect((await world.log()).slice(10).map(({ attempts }) => attempts[0]?.number)).toEqual([2, 2]);
    expect(await entries('dead')).toEqual([]);
  });

  test('is resumed by a probe that arrives, and then all that waited arrives at once', async () => {
    await pause();
    await world.append(sampleDelivery(10));
    receiver.behave('/hook', { kind: 'answer', status: 200 });
    await clock.advance(60_000);
    await done(11);
    expect(world.states.at(-1)).toMatchObject({ state: 'ok', words: null, failingSince: null });
    expect(new Set(received()).size).toBe(11);
  });

  test('is still paused after a restart, with the probes that it had', async () => {
    await pause();
    await clock.advance(60_000);
    await logged(11);
    await world.restart();
    await subscribe({ schedule: '0, 86400' });
    expect(world.deliverers.states()).toMatchObject([
      { state: 'paused', failingSince: '2026-11-22T12:00:00Z' },
    ]);
    await clock.advance(110_000);
    expect(receiver.count()).toBe(11);
    await clock.advance(10_000);
    await logged(12);
  });

  test('that can never work is failing before anything is sent, until it is mended', async () => {
    await subscribe({ schedule: '0, soon' });
    expect(world.deliverers.states()).toMatchObject([
      { state: 'failing', words: expect.stringContaining('"soon" is no number'), failingSince: null },
    ]);
    await subscribe({ schedule: '0, 60' });
    expect(world.deliverers.states()).toMatchObject([{ state: 'ok', words: null }]);
  });

  test('that says it is gone is stopped, what waits is kept, and a new URL starts it again', async () => {
    receiver.behave('/hook', GONE);
    await subscribe({ concurrency: 1 });
    await world.append(sampleDelivery(1), sampleDelivery(2));
    await logged(1);
    expect(world.states.at(-1)?.state).toBe('stopped');
    await world.restart();
    await subscribe({ concurrency: 1 });
    await clock.advance(86_400_000);
    expect(receiver.count()).toBe(1);
    expect(await entries('ready')).toHaveLength(2);
    await subscribe({ url: `${receiver.url}/new` });
    await done(2);
    expect(received()).toEqual(['event-1', 'event-1', 'event-2']);
  });
});

describe('subscriptions that change', () => {
  test('are paused and let go on by a person', async () => {
    await subscribe({ paused: true });
    await world.append(sampleDelivery(1));
    await clock.advance(60_000);
    expect(receiver.count()).toBe(0);
    await subscribe({ paused: false });
    await done(1);
  });

  test('go out to their new URL from the next attempt on', async () => {
    await subscribe();
    await world.append(sampleDelivery(1));
    await done(1);
    await subscribe({ url: `${receiver.url}/other` });
    await world.append(sampleDelivery(2));
    await done(2);
    expect(receiver.requests().map(({ path }) => path)).toEqual(['/hook', '/other']);
  });

  test('that are gone are not worked on any more, and those that are left are', async () => {
    await subscribe();
    await world.deliverers.update([sampleSubscription(`${receiver.url}/eight`, { id: 8 })]);
    const other = { subscriptionId: 8, key: 'event-2:sale.order.updated:8' };
    await world.append(sampleDelivery(1), sampleDelivery(2, other));
    await receiver.received(1);
    expect(receiver.requests().map(({ path }) => path)).toEqual(['/eight']);
    expect(await entries('ready')).toHaveLength(1);
  });

  test('can be tried once beside the queue', async () => {
    const subscription = sampleSubscription(`${receiver.url}/test`);
    const result = await world.deliverers.tryOnce(subscription, sampleDelivery(1, { key: 'test:1' }));
    expect(result).toMatchObject({ status: 200, response: '{"status":"success"}' });
    expect(await world.log()).toEqual([]);
  });
});

describe('with a receiver that hangs', () => {
  beforeEach(async () => {
    await world.stop();
    world = await startDelivererWorld({ clock: systemClock });
  });

  test('of which one hangs go on for all other records', async () => {
    receiver.behave('/hook/1', { kind: 'hang' });
    await subscribe({ url: `${receiver.url}/hook/{{ id }}`, concurrency: 2 });
    await world.append(...[1, 2, 3, 4, 5].map((n) => sampleDelivery(n)));
    await done(4);
    expect(received()).toEqual(['event-1', 'event-2', 'event-3', 'event-4', 'event-5']);
  });

  test('that were under way when the process ended are made again with the same id', async () => {
    receiver.behave('/hook', { kind: 'hang', times: 1 });
    await subscribe();
    await world.append(sampleDelivery(1));
    await receiver.received(1);
    await world.restart();
    await subscribe();
    await done(1);
    expect(received()).toEqual(['event-1', 'event-1']);
  });
});

test('a hundred idle subscriptions ask the journal for nothing', async () => {
  const all = Array.from({ length: 100 }, (_, id) => sampleSubscription(`${receiver.url}/${id}`, { id }));
  await world.deliverers.update(all);
  const claim = vi.spyOn(world.journal, 'claim');
  await clock.advance(60_000);
  await world.deliverers.update(all);
  await clock.advance(60_000);
  expect(claim).not.toHaveBeenCalled();
  await world.append(sampleDelivery(1));
  await done(1);
  expect(claim.mock.calls.length).toBeLessThanOrEqual(4);
});

test('nothing flows while the database is held', async () => {
  await world.stop();
  let isOpen = false;
  world = await startDelivererWorld({ clock: systemClock, isOpen: () => isOpen });
  await subscribe();
  await world.append(sampleDelivery(1));
  await world.journal.stats();
  expect(receiver.count()).toBe(0);
  isOpen = true;
  world.deliverers.wake();
  await done(1);
});
