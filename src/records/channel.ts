import type { ChannelOptions } from '../channel-options.ts';
import { repeat } from '../clock.ts';
import { createWorker } from '../journal/index.ts';
import { type Hello, isOdooOutage, type OdooConnection } from '../odoo/index.ts';
import type { RecordsDatabase } from './database.ts';
import { type ActingAccount, createActingClients } from './endpoints/acting.ts';
import { createEndpointBook } from './endpoints/book.ts';
import { createEndpointPace } from './endpoints/pace.ts';
import { createCallKeeper, createLogHandler } from './log/log-jobs.ts';
import { CALL_QUEUE } from './queues.ts';
import { createRecordsProcedures } from './records.ts';
import { createFieldBook } from './scope/field-book.ts';
import { refusedMethodsOf } from './scope/judge-method.ts';

export type RecordsChannelOptions = ChannelOptions & {
  hello: Pick<Hello, 'odoo'>;
  /** As the user of an endpoint; `odoo` is the service. */
  connect: (account: ActingAccount) => OdooConnection;
};

export type RecordsChannel = {
  database: RecordsDatabase;
  start(): void;
  /** Reads the endpoints anew: the bell rang, or Odoo is back. */
  wake(): void;
  stop(signal?: AbortSignal): Promise<void>;
};

const BOOK_MAX_AGE_MS = 60_000;
const LOG_LINES_PER_CALL = 500;
const LOG_INTERVAL_MS = 500;

/** The record API of one Odoo database. */
export function createRecordsChannel(options: RecordsChannelOptions): RecordsChannel {
  const { config, journal, database, name, isOpen, admits, log, clock, random } = options;
  const records = createRecordsProcedures({ odoo: options.odoo, database, admits });
  const clients = createActingClients({ records, connect: options.connect, admits, clock, log });
  const pace = createEndpointPace();
  const calls = createCallKeeper({ journal, database, log });
  const fields = createFieldBook({ read: records.fields, clock });
  let lastRead = '';
  const book = createEndpointBook({
    ...{ records, publicUrl: config.http.publicUrl, maxAgeMs: BOOK_MAX_AGE_MS, isOpen, clock, log },
    onRead: (endpoints) => {
      clients.update(endpoints);
      pace.keepOnly(new Set(endpoints.map(({ id }) => id)));
      // Who changes an endpoint may just have made the fields that he allows.
      const text = JSON.stringify(endpoints);
      if (text === lastRead) return;
      lastRead = text;
      fields.renew();
      for (const { id: endpoint, grants } of endpoints) {
        const methods = grants.flatMap((grant) => refusedMethodsOf(grant.methods));
        if (methods.length > 0)
          log.warn({ endpoint, methods }, 'an endpoint names methods that are never called');
      }
    },
  });
  const worker = createWorker({
    ...{ journal, database, isOpen, clock, random, log, leaseMs: config.work.leaseMs },
    ...{ maxAttempts: config.work.attempts, isOutage: isOdooOutage, queue: CALL_QUEUE },
    ...{ limit: LOG_LINES_PER_CALL, minIntervalMs: LOG_INTERVAL_MS, lingerMs: LOG_INTERVAL_MS },
    handle: createLogHandler({ records, admits, clock }),
  });
  const stopping = new AbortController();

  return {
    database: {
      ...{ id: database, name, series: seriesOf(options.hello), heldWords: options.heldWords },
      ...{ finder: book.finder, fields: fields.of, acting: clients.of, keep: calls.keep },
      findAction: book.actionId,
      transact: ({ id }, transaction) => records.transact(id, transaction),
      spend: (endpoint) => pace.spend(endpoint, clock.nowMs()),
    },
    start() {
      worker.start();
      const again = () => {
        book.readAgain();
        return BOOK_MAX_AGE_MS;
      };
      void repeat(again, { clock, signal: stopping.signal });
    },
    wake() {
      book.readAgain();
      worker.wake();
    },
    async stop(signal) {
      stopping.abort();
      await calls.settled();
      await Promise.all([clients.stop(), worker.stop(signal)]);
    },
  };
}

function seriesOf({ odoo }: Pick<Hello, 'odoo'>): number {
  return Number(/\d+/.exec(odoo)?.[0] ?? 0);
}
