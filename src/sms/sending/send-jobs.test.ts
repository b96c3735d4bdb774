import { describe, expect, test } from 'vitest';
import {
  DATABASE,
  sampleAccount,
  sampleEntry,
  sampleSendEntry,
  sampleSendJob,
  smsUuid,
} from '../../../fixtures/sms-samples.ts';
import { committed, MAX_AGE_MS, memoOf, NOW_MS, setup, told } from '../../../fixtures/sms-send-handler.ts';
import type { SendOutcome } from '../gatewayapi/errors.ts';
import type { SendJobsOptions } from './send-jobs.ts';

describe('an SMS that Odoo committed', () => {
  test('is sent once its intent is on disk, and Odoo is told', async () => {
    const { run, events, memos } = setup({ rows: committed(1) });
    const entry = sampleSendEntry(1);
    const [settlement] = await run([entry]);
    expect(events).toEqual(['read back 1', 'mark 1', 'send 1']);
    expect(memos.get(entry.id)).toEqual({ stage: 'handed-over' });
    expect(settlement).toMatchObject({ id: entry.id, step: 'complete', forget: false });
    expect(settlement?.append).toMatchObject([{ database: DATABASE, queue: 'sms.state', key: smsUuid(1) }]);
    expect(told(settlement)).toMatchObject({ kind: 'accepted', uuid: smsUuid(1), messageId: 9001 });
  });

  test('lets what became of hundreds wait for their reports, and that of one hardly', async () => {
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const { run } = setup({ rows: committed(...numbers) });
    const waits = async (some: number[]) =>
      (await run(some.map((n) => sampleSendEntry(n)))).map(({ append }) => append?.[0]?.runAtMs);
    expect(new Set(await waits(numbers))).toEqual(new Set([NOW_MS + 2_000]));
    expect(await waits([1])).toEqual([NOW_MS + 4]);
  });

  test('shares one look into Odoo and one request with 499 others', async () => {
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const { run, events } = setup({ rows: committed(...numbers) });
    const settlements = await run(numbers.map((n) => sampleSendEntry(n)));
    expect(events).toEqual(['read back 500', 'mark 500', 'send 500']);
    expect(settlements).toHaveLength(500);
  });

  test('goes out in requests no larger than the limit, each marked just before', async () => {
    const { run, events } = setup({ rows: committed(1, 2, 3), options: { requestLimit: 2 } });
    await run([sampleSendEntry(1), sampleSendEntry(2), sampleSendEntry(3)]);
    expect(events).toEqual(['read back 3', 'mark 2', 'send 2', 'mark 1', 'send 1']);
  });

  test('that another worker has taken meanwhile is neither sent nor settled', async () => {
    const [mine, lost] = [sampleSendEntry(1), sampleSendEntry(2)];
    const { run, requests } = setup({ rows: committed(1, 2), staleIds: () => [lost.id] });
    const settlements = await run([mine, lost]);
    expect(requests.map(({ userrefs }) => userrefs)).toEqual([[smsUuid(1)]]);
    expect(settlements.map(({ id }) => id)).toEqual([mine.id]);
  });

  test('makes no request when all of a batch were taken by another worker', async () => {
    const { run, requests } = setup({ rows: committed(1), staleIds: (marks) => marks.map(({ id }) => id) });
    expect(await run([sampleSendEntry(1)])).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('is left alone once the worker has to stop', async () => {
    const { run, events, stopping } = setup({
      rows: committed(1, 2),
      options: { requestLimit: 1 },
      answer: () => {
        stopping.abort();
        return { kind: 'accepted', ids: [1] };
      },
    });
    const settlements = await run([sampleSendEntry(1), sampleSendEntry(2)]);
    expect(events).toEqual(['read back 2', 'mark 1', 'send 1']);
    expect(settlements).toHaveLength(1);
  });
});

describe('an SMS that Odoo has not committed', () => {
  test('waits, uncounted, with the transactions that were open written down', async () => {
    const { run, requests } = setup();
    const [settlement] = await run([{ ...sampleSendEntry(1), appendedAtMs: NOW_MS }]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + 150, uncounted: true });
    expect(memoOf(settlement)).toEqual({ stage: 'uncommitted', horizon: '110', looks: 1 });
    expect(requests).toEqual([]);
  });

  test('waits as long again as it has waited already, a minute at most', async () => {
    const { run } = setup();
    for (const [ageMs, delayMs] of [
      [3_000, 3_000],
      [3_600_000, 60_000],
    ] as const) {
      const [settlement] = await run([{ ...sampleSendEntry(1), appendedAtMs: NOW_MS - ageMs }]);
      expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + delayMs });
    }
  });

  test('does not wait an hour because the clock was set back by one', async () => {
    const { run } = setup();
    const [settlement] = await run([{ ...sampleSendEntry(1), appendedAtMs: NOW_MS + 3_600_000 }]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + 150 });
  });

  test('is dropped once those transactions have ended without it, and may be handed over again', async () => {
    const { run, requests, outcomes } = setup({ snapshot: { xmin: '110' } });
    const entry = sampleSendEntry(1, { stage: 'uncommitted', horizon: '110', looks: 1 });
    expect(await run([entry])).toEqual([{ id: entry.id, step: 'complete', forget: true }]);
    expect(requests).toEqual([]);
    expect(outcomes).toEqual(['rolled-back']);
  });

  test('is buried after a day in an open transaction', async () => {
    const { run } = setup();
    const [settlement] = await run([
      sampleSendEntry(1, { stage: 'uncommitted', horizon: '110', looks: 1_440 }),
    ]);
    expect(settlement).toMatchObject({ step: 'bury' });
  });
});

describe('an SMS that must not be sent', () => {
  test.each([
    ['cancelled', { state: 'canceled' }],
    ['cancelled', { state: 'cancel' }],
    ['already-sent', { state: 'sent' }],
    ['forged', { number: '+4599999999' }],
  ])('is dropped as %s: %j', async (reason, row) => {
    const { run, requests, outcomes } = setup({ rows: [row] });
    const [settlement] = await run([sampleSendEntry(1)]);
    expect(settlement).toMatchObject({ step: 'complete', forget: true });
    expect(told(settlement)).toBeUndefined();
    expect(requests).toEqual([]);
    expect(outcomes).toEqual([reason]);
  });

  test('after a crash while it was handed over has an unknown outcome, and is never sent again', async () => {
    const { run, events, outcomes } = setup({ rows: committed(1) });
    const [settlement] = await run([sampleSendEntry(1, { stage: 'handed-over' })]);
    expect(events).toEqual([]);
    expect(settlement).toMatchObject({ step: 'complete', forget: false });
    expect(told(settlement)).toMatchObject({ kind: 'unknown', uuid: smsUuid(1) });
    expect(outcomes).toEqual(['unknown']);
  });

  test('does not hold up the others of its batch', async () => {
    const { run, events } = setup({ rows: committed(1, 2) });
    const settlements = await run([sampleSendEntry(1, { stage: 'handed-over' }), sampleSendEntry(2)]);
    expect(events).toEqual(['read back 1', 'mark 1', 'send 1']);
    expect(settlements.map(told)).toMatchObject([{ kind: 'unknown' }, { kind: 'accepted' }]);
  });

  test('waits, uncounted, while its database is held', async () => {
    const { run, requests } = setup({ rows: committed(1), options: { admits: () => false } });
    const [settlement] = await run([sampleSendEntry(1, { stage: 'not-accepted', tries: 3 })]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + 5_000, uncounted: true });
    // The memo stays as it is.
    expect(settlement).not.toHaveProperty('memo');
    expect(requests).toEqual([]);
  });
});

describe('the account of an SMS', () => {
  const accounts = [
    sampleAccount({ id: 1, iapAccountId: 1, token: 'shared' }),
    sampleAccount({ id: 2, iapAccountId: 2, token: 'own', companyIds: [2] }),
    sampleAccount({
      id: 3,
      iapAccountId: 3,
      token: 'faulty',
      companyIds: [3],
      problem: 'The token is missing.',
    }),
  ];

  test('is that of its company, one request for each', async () => {
    const rows = [
      { uuid: smsUuid(1), companyId: 1 },
      { uuid: smsUuid(2), companyId: 2 },
      { uuid: smsUuid(3), companyId: 1 },
    ];
    const { run, requests } = setup({ rows, accounts });
    await run([sampleSendEntry(1), sampleSendEntry(2), sampleSendEntry(3)]);
    expect(requests).toEqual([
      { token: 'shared', userrefs: [smsUuid(1), smsUuid(3)] },
      { token: 'own', userrefs: [smsUuid(2)] },
    ]);
  });

  test('or else the company says in which country a national number is read', async () => {
    const sent: string[] = [];
    const provider: SendJobsOptions['provider'] = {
      send: async (_account, messages) => {
        sent.push(...messages.map(({ msisdn }) => msisdn));
        return { kind: 'accepted', ids: messages.map((_, index) => index + 1) };
      },
    };
    const rows = [
      { uuid: smsUuid(1), companyId: 1, companyCountry: 'FR' },
      { uuid: smsUuid(2), companyId: 2, companyCountry: 'FR' },
    ];
    const own = [
      sampleAccount({ id: 1, country: null, countries: ['DK'] }),
      sampleAccount({ id: 2, iapAccountId: 2, country: 'DK', companyIds: [2] }),
    ];
    const { run } = setup({ rows, accounts: own, options: { provider } });
    const national = (n: number, number: string) => sampleEntry(sampleSendJob(n, { number }));
    const settlements = await run([national(1, '06 12 34 56 78'), national(2, '06 12 34 56 78')]);
    expect(sent).toEqual(['33612345678']);
    expect(settlements.map(told)).toContainEqual(
      expect.objectContaining({ uuid: smsUuid(2), kind: 'refused', failureType: 'sms_number_format' }),
    );
  });

  test.each([
    ['is faulty', accounts, 3, 'The token is missing.'],
    ['does not exist', [], 1, 'There is no GatewayAPI account for this company (1).'],
  ])(
    'that %s means a refusal with words, and a person may send it again',
    async (_what, known, companyId, words) => {
      const { run, requests } = setup({ rows: [{ companyId }], accounts: known });
      const [settlement] = await run([sampleSendEntry(1)]);
      expect(settlement).toMatchObject({ step: 'complete', forget: true });
      expect(told(settlement)).toMatchObject({ kind: 'refused', failureType: 'sms_acc' });
      expect(told(settlement)).toHaveProperty('words', expect.stringContaining(words));
      expect(requests).toEqual([]);
    },
  );
});

describe('an SMS that the provider does not take', () => {
  const slowDown: SendOutcome = { kind: 'not-accepted', words: 'Slow down.', retryAfterMs: null };

  test.each([
    ['the first time', null, 1, 1_000],
    ['after it was uncommitted', { stage: 'uncommitted', horizon: '1', looks: 9 } as const, 1, 1_000],
    ['the third time', { stage: 'not-accepted', tries: 2 } as const, 3, 15_000],
  ])('is tried again, %s', async (_when, memo, tries, delayMs) => {
    const { run } = setup({ rows: committed(1), answer: () => slowDown });
    const [settlement] = await run([{ ...sampleSendEntry(1, memo), appendedAtMs: NOW_MS }]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + delayMs, uncounted: true });
    expect(memoOf(settlement)).toEqual({ stage: 'not-accepted', tries });
  });

  test('is not tried before the provider asks for it', async () => {
    const { run } = setup({ rows: committed(1), answer: () => ({ ...slowDown, retryAfterMs: 90_000 }) });
    const [settlement] = await run([{ ...sampleSendEntry(1), appendedAtMs: NOW_MS }]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: NOW_MS + 90_000 });
  });

  test('is refused with the provider’s words when the next attempt would come too late', async () => {
    const { run } = setup({ rows: committed(1), answer: () => slowDown });
    const [settlement] = await run([{ ...sampleSendEntry(1), appendedAtMs: NOW_MS - MAX_AGE_MS }]);
    expect(settlement).toMatchObject({ step: 'complete', forget: true });
    expect(told(settlement)).toMatchObject({
      kind: 'refused',
      failureType: 'sms_server',
      words: 'Slow down.',
    });
  });

  test('leaves the others of its request their own outcomes', async () => {
    const bad = sampleSendJob(2).msisdn;
    const { run, requests } = setup({
      rows: committed(1, 2),
      answer: (messages) =>
        messages.some(({ msisdn }) => msisdn === bad)
          ? {
              kind: 'refused',
              scope: 'message',
              failureType: 'sms_not_allowed',
              words: 'Bad.',
              suspects: [bad],
            }
          : { kind: 'accepted', ids: [7] },
    });
    const settlements = await run([sampleSendEntry(1), sampleSendEntry(2)]);
    expect(requests).toHaveLength(3);
    expect(settlements.map(told)).toMatchObject([
      { kind: 'accepted', uuid: smsUuid(1), messageId: 7 },
      { kind: 'refused', uuid: smsUuid(2), failureType: 'sms_not_allowed' },
    ]);
  });

  test('has an unknown outcome when the connection broke, which is never repeated', async () => {
    const { run } = setup({ rows: committed(1), answer: () => ({ kind: 'unknown', words: 'Reset.' }) });
    const [settlement] = await run([sampleSendEntry(1)]);
    expect(settlement).toMatchObject({ step: 'complete', forget: false });
    expect(told(settlement)).toMatchObject({ kind: 'unknown', uuid: smsUuid(1), words: 'Reset.' });
  });
});

test('nothing that is read from the journal again is trusted unread', async () => {
  const { run, requests } = setup({ rows: committed(1) });
  await expect(run([sampleEntry({ uuid: smsUuid(1) })])).rejects.toThrow();
  expect(requests).toEqual([]);
});
