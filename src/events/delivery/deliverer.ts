import type { Clock } from '../../clock.ts';
import { createWorker, type Journal } from '../../journal/index.ts';
import { deliveryQueue } from '../queues.ts';
import type { AttemptResult } from './attempt.ts';
import type { Destination } from './destination.ts';
import { createGate } from './gate.ts';
import { createDeliveryHandler } from './handler.ts';
import type { Health, PauseLimits } from './health.ts';
import { createPace } from './pace.ts';
import { MOST_ATTEMPTS } from './schedule.ts';
import type { Sender } from './send.ts';

export type DelivererOptions = {
  journal: Journal;
  database: string;
  sender: Pick<Sender, 'attempt'>;
  limits: PauseLimits;
  leaseMs: number;
  /** Whether traffic of this database may flow at all. */
  isOpen: () => boolean;
  clock: Clock;
  random: () => number;
  log: { warn: (fields: object, message: string) => void; error: (fields: object, message: string) => void };
  onAttempt: (result: AttemptResult) => void;
};

/** The worker of one subscription. */
export type Deliverer = {
  start: () => Promise<void>;
  /** Counts from the next attempt on; those under way end as they began. */
  update: (destination: Destination) => Promise<void>;
  health: () => Health;
  /** Why nothing can be sent as the subscription is written, or null. */
  problem: () => string | null;
  wake: () => void;
  stop: (signal?: AbortSignal) => Promise<void>;
};

/** Nobody but the journal of this process gives it work, and the journal tells: the poll is only a safety net. */
const POLL_MS = 300_000;

/**
 * Works off the deliveries of one subscription. Each attempt is a claim of its own, as many at the same time as the
 * destination wants: the journal keeps the order of each record, and what hangs holds up nothing but its record.
 */
export function createDeliverer(
  first: Destination,
  { onState, ...options }: DelivererOptions & { onState: () => void },
): Deliverer {
  const { journal, database, clock, random, log } = options;
  const queue = deliveryQueue(first.subscriptionId);
  let destination = first;
  const gate = createGate({
    ...{ journal, database, queue, destination, limits: options.limits, clock, log, onState },
    wake: () => worker.wake(),
  });
  const worker = createWorker({
    ...{ journal, database, queue, clock, random, log, leaseMs: options.leaseMs },
    limit: 1,
    parallel: gate.parallel,
    pollMs: POLL_MS,
    // The schedule is the subscription's; the journal only guards against what stops the process.
    maxAttempts: MOST_ATTEMPTS,
    isOpen: () => options.isOpen() && gate.isOpen(),
    handle: createDeliveryHandler({
      ...{ gate, clock, random, sender: options.sender, onAttempt: options.onAttempt },
      destination: () => destination,
      pace: createPace(() => destination.ratePerSecond, clock),
    }),
  });

  return {
    start: async () => {
      worker.start();
      await gate.open();
      worker.wake();
    },
    update: async (next) => {
      if (JSON.stringify(next) === JSON.stringify(destination)) return;
      destination = next;
      await gate.update(next);
      worker.wake();
    },
    health: gate.health,
    problem: () => destination.problem,
    wake: worker.wake,
    stop: async (signal) => {
      gate.close();
      await worker.stop(signal);
    },
  };
}
