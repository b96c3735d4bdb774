import { mkdtemp, rm } from 'node:fs/promises';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleDelivery, sampleSubscription } from '../../../fixtures/events-subscription.ts';
import { type Receiver, startReceiver } from '../../../fixtures/receiver/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { createDeliverers } from '../../../src/events/delivery/deliverers.ts';
import { deliveryEntry } from '../../../src/events/delivery/delivery.ts';
import { createSender } from '../../../src/events/delivery/send.ts';
import { LOG_QUEUE } from '../../../src/events/queues.ts';
import { createSqliteJournal, createWorker } from '../../../src/journal/index.ts';
import { round2 } from '../figures.ts';

const DATABASE = 'bench';
const DESTINATIONS = 100;
const HANGING = 10;
const ROUNDS = 3;
/** Deliveries to each destination in a round, and the records that they are about. */
const DELIVERIES = 60;
const RECORDS = 20;
/** Short for those that hang, so that time-outs and what follows them fall into a round too; the others never see theirs. */
const HANGING_TIMEOUT_SECONDS = 1;
const TIMEOUT_SECONDS = 60;
const NO_LOG = { warn: () => undefined, error: () => undefined };

export type HangingFigures = {
  /** Deliveries per second to those that answer, over all rounds. */
  perSecond: number;
  perSecondWhileSomeHang: number;
  hangingRatio: number;
  /** Attempts that hung in those rounds: none would mean that nothing was measured. */
  hung: number;
};

/**
 * Deliveries per second over one journal on disk to 100 destinations, with and without ten of them hanging, in rounds that
 * take turns. Journal, deliverers and receiver run in this process; Odoo has no part in it.
 */
export async function measureHanging(say: (words: string) => void): Promise<HangingFigures> {
  const none = { delivered: 0, seconds: 0, hung: 0 };
  const sums = { without: { ...none }, with: { ...none } };
  await runRound(0);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const hanging of round % 2 === 0 ? [0, HANGING] : [HANGING, 0]) {
      const result = await runRound(hanging);
      const sum = sums[hanging === 0 ? 'without' : 'with'];
      sum.delivered += result.delivered;
      sum.seconds += result.seconds;
      sum.hung += result.hung;
      const perSecond = Math.round(result.delivered / result.seconds);
      say(`${hanging} of ${DESTINATIONS} hang: ${perSecond} deliveries a second`);
    }
  }
  const perSecond = sums.without.delivered / sums.without.seconds;
  const perSecondWhileSomeHang = sums.with.delivered / sums.with.seconds;
  return {
    perSecond: Math.round(perSecond),
    perSecondWhileSomeHang: Math.round(perSecondWhileSomeHang),
    hangingRatio: round2(perSecondWhileSomeHang / perSecond),
    hung: sums.with.hung,
  };
}

async function runRound(hanging: number): Promise<{ delivered: number; seconds: number; hung: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'viaduct-bench-'));
  const journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 30 });
  const receiver = await startReceiver({ maxKept: 0 });
  const sender = createSender({
    ...{ allowedNetworks: new BlockList(), userAgent: 'viaduct/bench', clock: systemClock },
  });
  const expected = (DESTINATIONS - hanging) * DELIVERIES;
  const finished = Promise.withResolvers<number>();
  let [delivered, hung] = [0, 0];
  const deliverers = createDeliverers({
    ...{ journal, database: DATABASE, sender, clock: systemClock, random: Math.random, log: NO_LOG },
    ...{ leaseMs: 60_000, limits: { failures: 10, failingMs: 300_000 }, isOpen: () => true },
    places: { secretsFolder: undefined, environment: {} },
    onState: () => undefined,
    onAttempt: ({ errorClass }) => {
      if (errorClass === null) delivered += 1;
      else if (errorClass === 'timeout') hung += 1;
      if (delivered === expected) finished.resolve(performance.now());
    },
  });
  const logWorker = createWorker({
    ...{ journal, database: DATABASE, queue: LOG_QUEUE, limit: 500, leaseMs: 60_000, log: NO_LOG },
    minIntervalMs: 200,
    handle: async (entries) => entries.map(({ id }) => ({ id, step: 'complete' })),
  });
  try {
    await fill(journal, receiver, hanging);
    logWorker.start();
    const startedMs = performance.now();
    await deliverers.update(subscriptions(receiver, hanging));
    const seconds = ((await finished.promise) - startedMs) / 1000;
    return { delivered, seconds, hung };
  } finally {
    await Promise.all([deliverers, logWorker].map((part) => part.stop(AbortSignal.abort())));
    await Promise.all([sender.stop(), receiver.stop()]);
    await journal.close();
    await rm(folder, { recursive: true });
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

function subscriptions(receiver: Receiver, hanging: number) {
  return numbers(DESTINATIONS).map((id) =>
    sampleSubscription(`${receiver.url}/${id}`, {
      id,
      timeoutSeconds: id < hanging ? HANGING_TIMEOUT_SECONDS : TIMEOUT_SECONDS,
    }),
  );
}

async function fill(
  journal: Awaited<ReturnType<typeof createSqliteJournal>>,
  receiver: Receiver,
  hanging: number,
): Promise<void> {
  for (const id of numbers(hanging)) receiver.behave(`/${id}`, { kind: 'hang' });
  for (const n of numbers(DELIVERIES)) {
    const deliveries = numbers(DESTINATIONS).map((subscriptionId) => {
      const key = `event-${n}:sale.order.updated:${subscriptionId}`;
      return deliveryEntry(DATABASE, sampleDelivery(n, { key, subscriptionId, recordId: n % RECORDS }));
    });
    await journal.append(deliveries);
  }
}
