import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  DATABASE,
  IDENTITY,
  sampleAccount,
  sampleSendEntry,
  smsUuid,
} from '../../../fixtures/sms-samples.ts';
import { systemClock } from '../../clock.ts';
import { createSqliteJournal, createWorker, type Journal } from '../../journal/index.ts';
import { SEND_QUEUE, STATE_QUEUE } from '../queues.ts';
import { createSendHandler } from './send-jobs.ts';

let folder: string;
let journal: Journal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-replay-'));
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 2 ** 26 });
});

afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

const HANDED_OVER = JSON.stringify({ stage: 'handed-over' });

/** Buries two SMS, the first after its intent to send was on disk, and replays both; gives what is sent then. */
async function replayed(): Promise<string[]> {
  const queue = { database: DATABASE, queue: SEND_QUEUE };
  await journal.append(
    [1, 2].map((n) => ({ ...queue, key: smsUuid(n), payload: sampleSendEntry(n).payload })),
  );
  const { token, entries } = await journal.claim({ ...queue, limit: 2, leaseMs: 60_000 });
  const ids = entries.map(({ id }) => id);
  await journal.mark(
    token,
    ids.slice(0, 1).map((id) => ({ id, memo: HANDED_OVER })),
  );
  await journal.settle(
    token,
    ids.map((id) => ({ id, step: 'bury', reason: 'Claimed 20 times and never settled.' })),
  );
  expect(await journal.replay(ids)).toBe(2);

  const sent: string[] = [];
  const found = [1, 2].map((n) => ({
    uuid: smsUuid(n),
    number: null,
    state: 'process',
    companyId: 1,
    companyCountry: null,
    sendAtMs: null,
  }));
  const worker = createWorker({
    ...{ ...queue, journal, limit: 10, leaseMs: 60_000 },
    log: { warn: () => undefined, error: () => undefined },
    handle: createSendHandler({
      records: { readBack: async () => ({ identity: IDENTITY, xmin: '100', horizon: '110', found }) },
      accounts: { all: async () => [sampleAccount()] },
      provider: {
        send: async (_, messages) => {
          sent.push(...messages.map(({ userref }) => userref));
          return { kind: 'accepted', ids: messages.map((_, index) => index + 1) };
        },
      },
      ...{ admits: () => true, requestLimit: 500, maxAgeMs: 3_600_000 },
      ...{ clock: systemClock, random: () => 0.5, onOutcome: () => undefined },
    }),
  });
  worker.start();
  await worker.drained();
  await worker.stop();
  return sent;
}

test('a replayed SMS that may have been sent is not sent again: its outcome is shown as unknown', async () => {
  expect(await replayed()).toEqual([smsUuid(2)]);
  const states = await journal.list({ queue: STATE_QUEUE, limit: 9 });
  expect(states.map(({ payload }) => JSON.parse(payload))).toMatchObject([
    { uuid: smsUuid(1), kind: 'unknown' },
    { uuid: smsUuid(2), kind: 'accepted' },
  ]);
});
