import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { messagingApi } from '../gatewayapi/messaging-api.ts';
import { RETRIED_CODES } from '../gatewayapi/refusal-codes.ts';
import { createRestApi } from '../gatewayapi/rest-api.ts';
import type { SendingApi } from '../gatewayapi/sending-api.ts';
import { type DeliveryReport, reportPayload, StateJob } from '../schema.ts';
import { sendBatch } from '../sending/send-batch.ts';
import { readUnsignedReport } from './delivery-report.ts';
import { meaningOf } from './status.ts';
import { isMessagingStatus, refusalRows, statusAndErrorsPage, statusRows } from './status-table.ts';

function recorded(name: string): Record<string, unknown> {
  const file = new URL(`../../../fixtures/gatewayapi/payloads/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What Odoo is told of a report that came over the network: through the reader of the route, and the journal. */
function seenOf(body: object): unknown {
  const read = readUnsignedReport(Buffer.from(JSON.stringify(body)));
  expect(read).toMatchObject({ ok: true, notification: { kind: 'report' } });
  const json = read.ok ? read.json : '';
  return meaningOf(StateJob.parse(JSON.parse(reportPayload('a'.repeat(32), json))));
}

/** What Odoo is told of an SMS whose request was answered with this. */
async function seenOfRefusal(api: SendingApi, status: number, body: object): Promise<unknown> {
  const messages = [{ userref: 'ref-1', msisdn: '4510000001', content: 'Hello' }];
  const answer = { status, body: JSON.stringify(body), retryAfterMs: null };
  const outcomes = await sendBatch(messages, async (part) => api.read(answer, part));
  return meaningOf(StateJob.parse({ uuid: 'u', ...outcomes.get('ref-1') }));
}

const rows = statusRows().map((row): [string, typeof row] => [`${row.status} ${row.code ?? ''}`.trim(), row]);
const refusals = refusalRows().map((row): [string, typeof row] => [`${row.code}, ${row.meaning},`, row]);
const refused = recorded('error-account-frozen');

describe('what the REST API reports is what the table says', () => {
  test.each(rows)('%s', (_name, { status, code, seen }) => {
    const { error: _error, ...report } = recorded('report-undeliverable');
    expect(seenOf({ ...report, status, code })).toEqual(seen);
  });
});

describe('what the messaging API reports is what the table says', () => {
  const told = rows.filter(([, { status }]) => isMessagingStatus(status));
  test.each(told)('%s', (_name, { status, code, seen }) => {
    const { event, ...envelope } = recorded('event-undeliverable');
    const error = code === null ? null : { hex_code: code, details: null };
    expect(seenOf({ ...envelope, event: { ...Object(event), status, error } })).toEqual(seen);
  });

  test('and what it has no name for is not said of it', () => {
    const others = rows.map(([name]) => name).filter((name) => !told.some(([other]) => other === name));
    expect(others).toEqual(['SCHEDULED', 'BUFFERED', 'SKIPPED']);
  });
});

describe.each([
  ['REST', createRestApi({ callbackUrl: 'http://127.0.0.1:1' })],
  ['messaging', messagingApi],
])('a request that the %s API refuses with', (_name, api) => {
  test.each(refusals)('%s shows as the table says', async (_code, { code, httpStatus, seen }) => {
    const body = { ...Object(refused['body']), code, message: '…' };
    expect(await seenOfRefusal(api, httpStatus, body)).toEqual(seen);
  });

  test.each(RETRIED_CODES)('$code is made again', ({ code, status }) => {
    const body = JSON.stringify({ ...Object(refused['body']), code });
    expect(api.read({ status, body, retryAfterMs: null }, [])).toMatchObject({ kind: 'not-accepted' });
  });
});

describe('the table', () => {
  const written = readFileSync(new URL('../status-and-errors.md', import.meta.url), 'utf8');

  test('is the page beside this file', () => {
    expect(written).toBe(statusAndErrorsPage());
  });

  test('has a line for each of them', () => {
    const lines = written.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
    expect(lines).toHaveLength(rows.length + refusals.length + RETRIED_CODES.length + 2);
    expect(rows.map(([name]) => name)).toContain('UNDELIVERABLE 0x1904');
  });
});

test('the provider’s own words come before those of a code', () => {
  const report: DeliveryReport = {
    ...{ id: 1, msisdn: 1, time: 1, status: 'EXPIRED' },
    error: 'Gone',
    code: '0x1013',
  };
  expect(meaningOf({ kind: 'report', uuid: 'u', report }).words).toBe('EXPIRED Gone (0x1013)');
});
