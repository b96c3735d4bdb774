import type { ChannelOptions } from '../channel-options.ts';
import { repeat } from '../clock.ts';
import type { Config } from '../config/index.ts';
import { createWorker } from '../journal/index.ts';
import { isOdooOutage } from '../odoo/index.ts';
import { createAccountBook } from './accounts/accounts.ts';
import { resolveAccounts } from './accounts/read-accounts.ts';
import { createCreditWatch, type WatchedAccount } from './credit/index.ts';
import type { SmsDatabase } from './database.ts';
import { createGatewayApiClient } from './gatewayapi/client.ts';
import { createInboundHandler } from './inbound/inbound-jobs.ts';
import { createInboundRecords } from './inbound/inbound-records.ts';
import { createPickUp } from './pick-up/pick-up.ts';
import { createPickUpRecords } from './pick-up/pick-up-records.ts';
import { INBOUND_QUEUE, SEND_QUEUE, STATE_QUEUE } from './queues.ts';
import { createSmsRecords, type SmsRecords } from './records.ts';
import { createStateHandler } from './reports/state-jobs.ts';
import { createSendHandler } from './sending/send-jobs.ts';

export type SmsChannelOptions = ChannelOptions & {
  /** Where GatewayAPI reports to. */
  callbackUrl: string;
};

export type SmsChannel = {
  database: SmsDatabase;
  start(): void;
  /** Reads the accounts anew and looks for work: the bell rang, or Odoo is back. */
  wake(): void;
  stop(signal?: AbortSignal): Promise<void>;
};

const ACCOUNTS_MAX_AGE_MS = 60_000;
const ACCOUNTS_MIN_REFRESH_MS = 2_000;
const MAX_ANSWER_BYTES = 1_048_576;
/** An SMS goes through about four states: of so many entries, those of one SMS meet and become one write. */
const STATES_PER_SMS = 4;
/** To post one on a chatter takes Odoo 15 to 70 ms, and more where somebody is told by e-mail. */
const INBOUND_PER_CALL = 50;

/** The SMS of one Odoo database: its accounts, and the workers that send, that write states, and that take in replies. */
export function createSmsChannel(options: SmsChannelOptions): SmsChannel {
  const { config, journal, log, metrics, clock, random } = options;
  const records = createSmsRecords(options.odoo);
  const readAgain = () => {
    accounts.refresh().catch((error: unknown) => log.warn({ error }, 'accounts could not be read'));
  };
  const credit = createCreditWatch({
    report: async (checks) => {
      const { identity } = await records.reportCredit(options.database, checks);
      options.admits(identity);
    },
    isOpen: options.isOpen,
    readAgain,
    log,
  });
  const accounts = createAccountBook({
    read: async () => {
      const { watched, ...book } = await readAccounts(records, options);
      credit.look(watched);
      return book;
    },
    maxAgeMs: ACCOUNTS_MAX_AGE_MS,
    minRefreshMs: ACCOUNTS_MIN_REFRESH_MS,
    clock,
  });
  const provider = createGatewayApiClient({
    limits: { ...config.sms, connections: ownConnections(config), answerMaxBytes: MAX_ANSWER_BYTES },
    callbackUrl: options.callbackUrl,
  });
  const maxAgeMs = config.sms.maxAgeHours * 3_600_000;
  const common = {
    journal,
    database: options.database,
    limit: config.work.batchEntries,
    leaseMs: config.work.leaseMs,
    maxAttempts: config.work.attempts,
    isOpen: options.isOpen,
    isOutage: isOdooOutage,
    clock,
    random,
    log,
  };
  const { admits } = options;
  const sender = createWorker({
    ...common,
    queue: SEND_QUEUE,
    handle: createSendHandler({
      records,
      accounts,
      provider,
      admits,
      requestLimit: config.sms.requestMessages,
      maxAgeMs,
      clock,
      random,
      onOutcome: (outcome) => metrics.smsMessages.inc({ database: options.name, outcome }),
    }),
  });
  const writer = createWorker({
    ...common,
    queue: STATE_QUEUE,
    limit: STATES_PER_SMS * config.sms.writeMessages,
    minIntervalMs: config.sms.writeIntervalMs,
    handle: createStateHandler({
      records,
      admits,
      callLimit: config.sms.writeMessages,
      maxAgeMs,
      clock,
      onOutcome: (outcome, count) => metrics.smsMessages.inc({ database: options.name, outcome }, count),
    }),
  });

  const receiver = createWorker({
    ...common,
    queue: INBOUND_QUEUE,
    limit: Math.min(INBOUND_PER_CALL, config.work.batchEntries),
    handle: createInboundHandler({
      records: createInboundRecords(options.odoo),
      accounts,
      admits,
      clock,
      onOutcome: (outcome, count) => metrics.smsMessages.inc({ database: options.name, outcome }, count),
    }),
  });
  const workers = [sender, writer, receiver];
  const pickUp = createPickUp({
    ...common,
    records: createPickUpRecords(options.odoo),
    accounts,
    admits,
    hours: config.sms.pickUpHours,
    onQueued: (count) => metrics.smsMessages.inc({ database: options.name, outcome: 'queued-again' }, count),
  });

  const stopping = new AbortController();
  /** Without a bell, what is asked for in Odoo is seen a minute late. */
  const readNowAndThen = () => {
    if (options.isOpen()) readAgain();
    return ACCOUNTS_MAX_AGE_MS;
  };

  return {
    database: { id: options.database, name: options.name, accounts, heldWords: options.heldWords },
    start() {
      for (const worker of workers) worker.start();
      void repeat(readNowAndThen, {
        ...{ clock, signal: stopping.signal },
        firstPauseMs: ACCOUNTS_MAX_AGE_MS,
      });
      pickUp.start();
    },
    wake() {
      readAgain();
      for (const worker of workers) worker.wake();
    },
    async stop(signal) {
      stopping.abort();
      const parts = [pickUp.stop(), credit.settled(), ...workers.map((worker) => worker.stop(signal))];
      await Promise.all(parts);
      await provider.stop();
    },
  };
}

/** GatewayAPI counts connections by our address, which all databases share. */
function ownConnections({ sms, databases }: Config): number {
  return Math.max(1, Math.floor(sms.connections / databases.length));
}

/** Reads the accounts, and tells Odoo where the verdict on one has changed. */
async function readAccounts(records: SmsRecords, options: SmsChannelOptions) {
  const { accounts: rows, others } = await records.readAccounts();
  const accounts = await resolveAccounts(rows, options);
  const changed = accounts.filter((account, index) => account.problem !== rows[index]?.problem);
  if (changed.length > 0) {
    await records
      .showProblems(changed.map(({ id, problem }) => ({ id, words: problem })))
      .catch((error: unknown) => options.log.warn({ error }, 'problems of accounts could not be shown'));
  }
  const watched: WatchedAccount[] = rows.flatMap(({ credit }, index) => {
    const account = accounts[index];
    return account === undefined ? [] : [{ account, credit }];
  });
  return { accounts, others, watched };
}
