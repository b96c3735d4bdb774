import { describe, expect, test } from 'vitest';
import { DATABASE, IDENTITY, sampleAccount, sampleEntry } from '../../../fixtures/sms-samples.ts';
import type { Entry } from '../../journal/index.ts';
import { createInboundHandler, type InboundJobsOptions } from './inbound-jobs.ts';
import type { Received, ReceivedSms } from './inbound-records.ts';
import type { InboundSms } from './inbound-sms.ts';

const NOW_MS = 10_000_000;

function setup(received: Partial<Received> = {}, options: Partial<InboundJobsOptions> = {}) {
  const calls: { database: string; messages: readonly ReceivedSms[] }[] = [];
  const outcomes: [string, number][] = [];
  const handle = createInboundHandler({
    records: {
      receive: async (database, messages) => {
        calls.push({ database, messages });
        return { identity: IDENTITY, held: false, posted: 0, unmatched: 0, repeated: 0, ...received };
      },
    },
    accounts: { all: () => [sampleAccount({ keywords: ['SHOP'] }), sampleAccount({ keywords: [] })] },
    admits: () => true,
    clock: { nowMs: () => NOW_MS, sleep: async () => {} },
    onOutcome: (outcome, count) => void outcomes.push([outcome, count]),
    ...options,
  });
  return { handle, calls, outcomes };
}

function entry(n: number, overrides: Partial<InboundSms> = {}): Entry {
  const sms: InboundSms = {
    ...{ providerId: `7000${n}`, msisdn: `452030010${n}`, receiver: '451204', text: 'Hello' },
    ...{ sentAtMs: 1_790_000_100_900, ...overrides },
  };
  return sampleEntry({ uuid: sms.msisdn }, { payload: JSON.stringify(sms) });
}

describe('a batch of the inbound queue', () => {
  test('is one call into Odoo, with what Odoo cannot find out itself', async () => {
    const { handle, calls, outcomes } = setup({ posted: 1, unmatched: 2, repeated: 0 });
    const entries = [
      entry(1),
      entry(2, { text: 'shop STOP', isBinary: true }),
      entry(3, { msisdn: '99', text: 'start' }),
    ];
    expect(await handle(entries)).toEqual(entries.map(({ id }) => ({ id, step: 'complete' })));
    const sent = { receiver: '451204', sentAt: '2026-09-21 14:15:00' };
    expect(calls).toEqual([
      {
        database: DATABASE,
        messages: [
          {
            ...{ ...sent, providerId: '70001', msisdn: '4520300101', text: 'Hello', isBinary: false },
            ...{ country: 'DK', optWord: null },
          },
          {
            ...{ ...sent, providerId: '70002', msisdn: '4520300102', text: 'shop STOP', isBinary: true },
            ...{ country: 'DK', optWord: 'stop' },
          },
          {
            ...{ ...sent, providerId: '70003', msisdn: '99', text: 'start', isBinary: false },
            ...{ country: null, optWord: 'start' },
          },
        ],
      },
    ]);
    expect(outcomes).toEqual([
      ['received', 1],
      ['stranger', 2],
    ]);
  });

  test('that is empty asks nothing of Odoo', async () => {
    const { handle, calls } = setup();
    expect(await handle([])).toEqual([]);
    expect(calls).toEqual([]);
  });
});

describe('a held database keeps its SMS waiting', () => {
  const waits = { step: 'retry', runAtMs: NOW_MS + 5_000, uncounted: true };

  test('when it is another than was meant', async () => {
    const { handle, outcomes } = setup({ held: true });
    expect(await handle([entry(1)])).toMatchObject([waits]);
    expect(outcomes).toEqual([]);
  });

  test('when it no longer is what was confirmed', async () => {
    const { handle } = setup({}, { admits: () => false });
    expect(await handle([entry(1)])).toMatchObject([waits]);
  });
});

test('an Odoo that does not answer leaves the batch to the worker', async () => {
  const failing = { records: { receive: () => Promise.reject(new Error('down')) } };
  const { handle } = setup({}, failing);
  await expect(handle([entry(1)])).rejects.toThrow('down');
});
