import type { ChannelOptions } from '../channel-options.ts';
import { repeat } from '../clock.ts';
import { createWorker } from '../journal/index.ts';
import { isOdooOutage } from '../odoo/index.ts';
import { typesOf } from './catalogue/index.ts';
import type { EventsDatabase } from './database.ts';
import { createDeliverers } from './delivery/deliverers.ts';
import { pauseLimits } from './delivery/health.ts';
import { buryOrphans } from './delivery/orphans.ts';
import { createSender } from './delivery/send.ts';
import { createLogHandler, logEntry } from './log/log-jobs.ts';
import { deliveriesOf } from './outbox/deliveries-of.ts';
import { createDrain } from './outbox/drain.ts';
import { createFanOut } from './outbox/fan-out.ts';
import { createReadAhead } from './outbox/read-ahead.ts';
import { specFor } from './payload/index.ts';
import { EVENT_QUEUE, LOG_QUEUE, RECEIVED_QUEUE } from './queues.ts';
import { createReceivedHandler } from './receiving/index.ts';
import { createEventRecords } from './records.ts';
import { createAskHandler } from './subscriptions/asks.ts';
import { createSubscriptionBook } from './subscriptions/book.ts';
import { replayDeliveries } from './subscriptions/replays.ts';
import { createStateReporter } from './subscriptions/state-reporter.ts';
import { createTrials } from './subscriptions/trials.ts';

export type EventsChannelOptions = ChannelOptions & {
  bellConnected: () => boolean;
  /** As `viaduct/1.0.0`. */
  userAgent: string;
};

export type EventsChannel = {
  database: EventsDatabase;
  start(): void;
  /** Reads the subscriptions anew and looks for work: the bell rang, or Odoo is back. */
  wake(): void;
  /** There are events in the outbox. */
  ring(): void;
  stop(signal?: AbortSignal): Promise<void>;
};

const BOOK_MAX_AGE_MS = 60_000;
/** The bell may be missed: by a transaction that began long before it ended, or while it was being connected. */
const POLL_WITH_BELL_MS = 5_000;
const LOG_LINES_PER_CALL = 500;
const LOG_INTERVAL_MS = 500;

/** The events of one Odoo database: out of its outbox, and to whoever subscribed to them. */
export function createEventsChannel(options: EventsChannelOptions): EventsChannel {
  const { config, journal, database, name, isOpen, admits, log, metrics, clock, random } = options;
  const records = createEventRecords(options.odoo);
  let isRead = false;
  let isSubscribed = true;
  const places = { secretsFolder: config.secrets.folder, environment: options.environment };
  const reporter = createStateReporter({ records, database, isOpen, clock, log });
  const sender = createSender({
    ...{ allowedNetworks: config.events.allowedNetworks, userAgent: options.userAgent, clock },
  });
  const common = { journal, database, isOpen, clock, random, log, leaseMs: config.work.leaseMs };
  const deliverers = createDeliverers({
    ...{ ...common, sender, places },
    limits: pauseLimits(config.events),
    onState: reporter.changed,
    onAttempt: ({ errorClass, durationMs }) => {
      metrics.eventDeliveries.inc({ database: name, outcome: errorClass ?? 'delivered' });
      metrics.eventDeliverySeconds.observe({ database: name }, durationMs / 1000);
    },
  });
  const trials = createTrials({
    ...{ records, database, clock },
    attempt: deliverers.tryOnce,
    keep: async (line) => void (await journal.append([logEntry(database, line)])),
  });
  const asks = createAskHandler({
    ...{ records, database, log, sendTest: trials.sendTest, preview: trials.preview },
    replay: (replays) => replayDeliveries({ journal, database }, replays),
  });
  const ahead = createReadAhead({ specFor });
  const book = createSubscriptionBook({
    ...{ records, isOpen, clock, log },
    ...{ maxAgeMs: BOOK_MAX_AGE_MS, ruleQuietMs: config.events.ruleQuietMs },
    onRead: async (read) => {
      // What an archived one has left waits until it is taken out of the archive.
      await deliverers.update(
        read.subscriptions.map((one) => ({ ...one, paused: one.paused || !one.active })),
      );
      ahead.subscribe(read.subscriptions);
      const ids = new Set(read.subscriptions.map(({ id }) => id));
      if (ids.size > 0 && !isSubscribed) drain.ring();
      isSubscribed = ids.size > 0;
      const buried = await buryOrphans(common, ids);
      if (buried > 0) log.warn({ buried }, 'deliveries of deleted subscriptions became dead letters');
      reporter.compare(read.subscriptions, deliverers.states());
      asks.take(read);
      if (isRead) return;
      isRead = true;
      for (const worker of workers) worker.wake();
    },
  });
  const subscriptions = async () => (await book.current()).subscriptions;
  // What is claimed before anything is known of subscriptions would only wait, and count as claimed.
  const isReady = () => isOpen() && isRead;
  const inOdoo = {
    ...common,
    ...{ maxAttempts: config.work.attempts, isOutage: isOdooOutage, isOpen: isReady },
  };
  const workers = [
    createWorker({
      ...{ ...inOdoo, queue: EVENT_QUEUE, limit: config.events.buildEvents },
      handle: createFanOut({
        ...{ records, database, subscriptions, admits, ahead, typesOf, specFor, clock },
        deliveriesOf: (wanted, built) => deliveriesOf(database, wanted, built),
        ...{ onFault: reporter.fault, onBuilt: reporter.sound },
      }),
    }),
    createWorker({
      ...{ ...inOdoo, queue: RECEIVED_QUEUE, limit: config.work.batchEntries },
      handle: createReceivedHandler({ subscriptions, logEntry, clock, onFault: reporter.fault }),
    }),
    createWorker({
      ...{ ...inOdoo, queue: LOG_QUEUE, limit: LOG_LINES_PER_CALL, minIntervalMs: LOG_INTERVAL_MS },
      ...{ lingerMs: LOG_INTERVAL_MS, handle: createLogHandler({ records, database, admits, clock }) },
    }),
  ];
  const pollMs = () => {
    // Where nobody subscribed, no rule writes events: what others left is fetched with the next look at the subscriptions.
    if (!isSubscribed) return BOOK_MAX_AGE_MS;
    return options.bellConnected() ? POLL_WITH_BELL_MS : config.events.pollMs;
  };
  const drain = createDrain({
    ...{ records, journal, database, isOpen, admits, ahead, clock, log, limit: config.events.drainEvents },
    pollMs,
    onDrained: (count) => metrics.events.inc({ database: name, outcome: 'drained' }, count),
  });
  const stopping = new AbortController();

  return {
    database: {
      ...{ id: database, name, heldWords: options.heldWords },
      sources: () => {
        const read = book.current();
        return read instanceof Promise ? read.then(({ sources }) => sources) : read.sources;
      },
    },
    start() {
      for (const worker of workers) worker.start();
      const again = () => {
        book.readAgain();
        return BOOK_MAX_AGE_MS;
      };
      void repeat(again, { clock, signal: stopping.signal });
      drain.start();
    },
    wake() {
      book.readAgain();
      if (isSubscribed) drain.ring();
      for (const worker of workers) worker.wake();
      deliverers.wake();
    },
    ring: drain.ring,
    async stop(signal) {
      stopping.abort();
      await Promise.all([drain.stop(), book.stop(), asks.settled()]);
      await Promise.all([deliverers.stop(signal), ...workers.map((worker) => worker.stop(signal))]);
      await reporter.stop();
      await sender.stop();
    },
  };
}
