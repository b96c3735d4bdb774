import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readMessagingEvent } from './messaging-event.ts';

async function recorded(name: string): Promise<Record<string, unknown>> {
  const file = new URL(`../../../fixtures/gatewayapi/payloads/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8'));
}

function envelope(event_type: string, event: unknown) {
  return { event_id: 'e1', timestamp: '2026-09-22T10:00:00Z', event_type, event };
}

const status = {
  ...{ msg_id: '01J', recipient: 4500000001, reference: 'out-77', status: 'DELIVERED' },
  ...{ status_at: '2026-09-22T10:00:00.5+00:00', error: null },
};
const read = (change: object) => readMessagingEvent(envelope('message.status.sms', { ...status, ...change }));

describe('an event of the messaging API', () => {
  test('that tells a status is a report in the words of the REST API', async () => {
    expect(readMessagingEvent(await recorded('event-undeliverable'))).toEqual({
      kind: 'report',
      report: {
        ...{ id: '01SMS00000000000000000008S9', msisdn: '4500000001', time: 1_790_071_200.123 },
        ...{ status: 'UNDELIVERABLE', error: 'Unknown subscriber', code: '0x1010', userref: 'out-77' },
      },
    });
  });

  test('is a status under either of its two documented names', () => {
    for (const type of ['message.status.sms', 'messaging.status.sms']) {
      expect(readMessagingEvent(envelope(type, status))).toMatchObject({ kind: 'report' });
    }
  });

  test.each([
    [
      { hex_code: '1010', details: 'Unknown' },
      { code: '0x1010', error: 'Unknown' },
    ],
    [{ hex_code: null, details: 'Unknown' }, { error: 'Unknown' }],
    [{}, {}],
  ])('with the error %j names %j', (error, expected) => {
    expect(read({ error })).toMatchObject({ report: expected });
  });

  test('without a reference is a report on a message of somebody else', () => {
    expect(read({ reference: null })).not.toHaveProperty('report.userref');
  });

  test('without an offset tells the time of Greenwich', () => {
    expect(read({ status_at: '2026-09-22T10:00:00' })).toMatchObject({ report: { time: 1_790_071_200 } });
  });

  test('that brings an SMS is that SMS', async () => {
    expect(readMessagingEvent(await recorded('event-user-message'))).toEqual({
      kind: 'inbound',
      inbound: {
        ...{ providerId: '01SMS00000000000000000009AB', msisdn: '4500000002', receiver: '' },
        ...{ text: 'SHOP stop', sentAtMs: 1_790_071_200_000 },
      },
    });
  });

  test.each(['message.status.rcs', 'user-message.text.rcs', 'user-message.file.rcs', 'something.new', ''])(
    'of the type %j is no use to us',
    (type) => {
      expect(readMessagingEvent(envelope(type, { status: 'READ' }))).toEqual({ kind: 'ignored' });
    },
  );

  test.each([
    ['no id', { msg_id: undefined }],
    ['no number', { recipient: null }],
    ['no status', { status: 7 }],
    ['no time', { status_at: 'soon' }],
    ['a time beyond all calendars', { status_at: '+275760-09-13T00:00:00Z' }],
  ])('with %s is none', (_what, change) => {
    expect(read(change)).toBeNull();
  });

  test.each([null, 'text', [], {}, { event_type: 'message.status.sms' }, { event_type: 7, event: status }])(
    'is not %j',
    (value) => {
      expect(readMessagingEvent(value)).toBeNull();
    },
  );
});
