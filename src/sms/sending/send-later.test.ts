import { describe, expect, test } from 'vitest';
import { sampleSendEntry, smsUuid } from '../../../fixtures/sms-samples.ts';
import { committed, MAX_AGE_MS, NOW_MS, setup } from '../../../fixtures/sms-send-handler.ts';

describe('an SMS that is to go out later', () => {
  const AT_MS = NOW_MS + 3_600_000;
  const rows = [{ uuid: smsUuid(1), sendAtMs: AT_MS }];

  test('is looked at again when it is due, and not sent until then', async () => {
    const { run, requests } = setup({ rows });
    const [settlement] = await run([sampleSendEntry(1)]);
    expect(settlement).toMatchObject({ step: 'retry', runAtMs: AT_MS, uncounted: true });
    expect(requests).toEqual([]);
  });

  test('is sent when it is due, beside what goes out at once', async () => {
    const both = [...rows, ...committed(2)];
    const clock = { nowMs: () => AT_MS, sleep: async () => {} };
    const { run, requests } = setup({ rows: both, options: { clock } });
    await run([sampleSendEntry(1), sampleSendEntry(2)]);
    expect(requests.map(({ userrefs }) => userrefs)).toEqual([[smsUuid(1), smsUuid(2)]]);
  });

  test('is dropped when it was cancelled meanwhile', async () => {
    const { run, requests, outcomes } = setup({ rows: [{ ...rows[0], state: 'canceled' }] });
    expect(await run([sampleSendEntry(1)])).toMatchObject([{ step: 'complete', forget: true }]);
    expect([requests, outcomes]).toEqual([[], ['cancelled']]);
  });

  test('has its whole time for further attempts from when it was due', async () => {
    const lateMs = NOW_MS + 10 * MAX_AGE_MS;
    const { run } = setup({
      rows: [{ sendAtMs: lateMs - 1_000 }],
      answer: () => ({ kind: 'not-accepted', words: 'Slow down.', retryAfterMs: null }),
      options: { clock: { nowMs: () => lateMs, sleep: async () => {} } },
    });
    expect(await run([sampleSendEntry(1)])).toMatchObject([{ step: 'retry', runAtMs: lateMs + 1_000 }]);
  });
});
