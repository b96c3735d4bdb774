import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { HttpError } from '../../http/index.ts';
import {
  DATABASE,
  KEY,
  NOW_MS,
  type ReceivingEdge,
  receivingDatabase,
  sampleSource,
  startReceivingEdge,
  TOKEN,
} from './testing/receiving-edge.ts';

const ORDER = {
  event: 'sale.order.updated',
  data: { id: 123, name: 'SO001', amount_total: 5000 },
  timestamp: '2025-01-22T10:30:00Z',
};
const TAKEN = { status: 200, answer: { status: 'success', message: 'Webhook traité' } };
const UNAUTHORIZED = { status: 401, answer: { detail: 'Unauthorized' } };

let edge: ReceivingEdge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

async function started(...[databases, options]: Partial<Parameters<typeof startReceivingEdge>>) {
  edge = await startReceivingEdge(databases ?? (() => [receivingDatabase([sampleSource()])]), options);
  return edge;
}

type Push = { path?: string; body?: unknown; key?: string | null; headers?: Record<string, string> };

async function push(
  { url }: ReceivingEdge,
  { path = 'sale-order', body = ORDER, key = KEY, headers }: Push = {},
) {
  const response = await fetch(`${url}/webhooks/odoo/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

async function kept({ journal }: ReceivingEdge) {
  const entries = await journal.list({ limit: 100 });
  return entries.map(({ database, queue, key, payload }) => ({
    ...{ database, queue, key },
    payload: JSON.parse(payload),
  }));
}

describe('a pushed event', () => {
  test.each([
    ['sale-order', 'sale.order.updated', 'sale.order'],
    ['invoice', 'account.move.validated', 'account.move'],
    ['partner', 'res.partner.deleted', 'res.partner'],
    ['lead', 'crm.lead.won', 'crm.lead'],
  ])('at %s is acknowledged once it is in the journal', async (path, event, model) => {
    const server = await started();
    const body = JSON.stringify({ ...ORDER, event });
    expect(await push(server, { path, body })).toEqual(TAKEN);
    expect(await kept(server)).toEqual([
      {
        ...{ database: DATABASE, queue: 'events.received', key: `3:${model},123` },
        payload: {
          ...{ key: 'in:uuid-1', source: { id: 3, name: 'Shop' }, type: event, isNative: false, model },
          ...{ recordId: 123, at: '2025-01-22T10:30:00Z', receivedAt: '2025-01-22T10:31:00Z', body },
          ...{ refusal: null, only: null },
        },
      },
    ]);
    expect(server.outcomes).toEqual(['received']);
  });

  test('that comes again after a lost answer counts once, and another one of the same record twice', async () => {
    const server = await started();
    for (const second of ['00', '00', '01']) {
      expect(await push(server, { body: { ...ORDER, timestamp: `2025-01-22T10:30:${second}Z` } })).toEqual(
        TAKEN,
      );
    }
    expect(await kept(server)).toHaveLength(2);
  });

  test('may tell its time as the document’s own code writes it, without an offset', async () => {
    const server = await started();
    await push(server, { body: { ...ORDER, timestamp: '2025-01-22T10:30:00.123456' } });
    await push(server, { body: { ...ORDER, timestamp: '2025-01-22T11:30:00+01:00' } });
    expect((await kept(server)).map(({ payload }) => payload.at)).toEqual([
      '2025-01-22T10:30:00Z',
      '2025-01-22T10:30:00Z',
    ]);
  });

  test.each([
    ['without a key', null],
    ['with a wrong key', 'another-key-of-some-length'],
    ['with a part of the key', KEY.slice(0, -1)],
    ['with the token of the native address', TOKEN],
  ])('%s is refused as in the document, and not kept', async (_, key) => {
    const server = await started();
    expect(await push(server, { key })).toEqual(UNAUTHORIZED);
    expect(await kept(server)).toEqual([]);
  });

  test('is never taken for a source without a key, with a guessable one, or that is archived', async () => {
    const sources = [
      sampleSource({ id: 1, key: '' }),
      sampleSource({ id: 2, key: 'short' }),
      sampleSource({ id: 4, active: false }),
      sampleSource({ id: 5, key: 'env:VIADUCT_SECRET_MISSING' }),
    ];
    const server = await started(() => [receivingDatabase(sources)]);
    for (const key of ['x', 'short', KEY, 'env:VIADUCT_SECRET_MISSING']) {
      expect(await push(server, { key })).toEqual(UNAUTHORIZED);
    }
    expect(server.faults.toSorted()).toEqual([
      'A key of this source is shorter than 16 characters, and is not accepted.',
      'VIADUCT_SECRET_MISSING is not set where Viaduct runs.',
    ]);
  });

  test('finds its database among several, and waits while one is not known', async () => {
    const other = receivingDatabase([sampleSource({ key: 'key-of-another-source' })], 'other');
    const server = await started(
      function* () {
        yield other;
        yield receivingDatabase([sampleSource({ key: 'env:VIADUCT_SECRET_SHOP' })]);
        throw new HttpError({ status: 503, code: 'database-not-served', detail: 'Odoo is being reached.' });
      },
      { environment: { VIADUCT_SECRET_SHOP: KEY } },
    );
    expect(await push(server)).toEqual(TAKEN);
    expect(await kept(server)).toMatchObject([{ database: DATABASE }]);
    expect(await push(server, { key: 'of-a-database-that-is-not-known' })).toEqual({
      status: 503,
      answer: { detail: 'Odoo is being reached.' },
    });
  });

  test('is refused where its key is for another address', async () => {
    const server = await started(() => [receivingDatabase([sampleSource({ kinds: 'invoice' })])]);
    expect(await push(server)).toEqual({
      status: 403,
      answer: { detail: 'This key is for /webhooks/odoo/invoice only.' },
    });
    expect(
      await push(server, { path: 'invoice', body: { ...ORDER, event: 'account.move.created' } }),
    ).toEqual(TAKEN);
  });

  test.each<[string, unknown, number, string]>([
    ['no JSON', '{"event": ', 400, 'The body is no JSON.'],
    ['a list', [ORDER], 422, 'Expected a JSON object.'],
    ['no event', { ...ORDER, event: 7 }, 422, 'event: expected a text'],
    [
      'an event of another address',
      { ...ORDER, event: 'crm.lead.won' },
      422,
      'event: this address takes sale.order.created,',
    ],
    ['no time', { ...ORDER, timestamp: 'yesterday' }, 422, 'timestamp: expected a time'],
    ['a day that is none', { ...ORDER, timestamp: '2025-13-41T10:30:00Z' }, 422, 'timestamp: expected'],
    ['a time to come', { ...ORDER, timestamp: '2025-01-24T10:30:00Z' }, 422, 'not after tomorrow'],
    ['a time of long ago', { ...ORDER, timestamp: '1970-01-01T00:00:00Z' }, 422, 'since 2000'],
    ['no data', { ...ORDER, data: null }, 422, 'data: expected an object'],
    ['no id', { ...ORDER, data: {} }, 422, 'data.id: expected the id'],
    ['an id as text', { ...ORDER, data: { id: '1' } }, 422, 'data.id: expected the id'],
    ['an id of none', { ...ORDER, data: { id: 0 } }, 422, 'data.id: expected the id'],
    ['a prototype', '{"__proto__": {"event": "sale.order.updated"}}', 422, 'event: expected a text'],
    ['too deep', `{"event": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 413, 'more than 50000 values'],
    ['deep', `{"event": ${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 422, 'Nested deeper than 32 levels'],
    ['too long', ' '.repeat(1_048_577), 413, 'longer than 1048576 bytes'],
  ])('with %s is refused with clear words', async (_, body, status, words) => {
    const server = await started();
    expect(await push(server, { body })).toEqual({
      status,
      answer: { detail: expect.stringContaining(words) },
    });
    expect(server.logged()).not.toContain(KEY);
  });

  test('that a known sender got wrong is kept for the log, once', async () => {
    const server = await started();
    for (let time = 0; time < 3; time += 1) await push(server, { body: { ...ORDER, data: {} } });
    expect(await kept(server)).toMatchObject([
      {
        key: '3:,0',
        payload: { type: 'refused', refusal: { status: 422, words: expect.stringContaining('data.id') } },
      },
    ]);
  });
});

describe('where a source has an HMAC secret', () => {
  const SECRET = 'secret of the hmac';
  const hmac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');
  const signing = () => [receivingDatabase([sampleSource({ hmacSecret: SECRET })])];
  // As Python's requests sends it, and as the document's check serialises it again.
  const sent =
    '{"event": "sale.order.updated", "data": {"id": 1, "total": 5000.0, "name": "\\u00c9cole"}, "timestamp": "2025-01-22T10:30:00Z"}';
  const sorted =
    '{"data": {"id": 1, "name": "\\u00c9cole", "total": 5000.0}, "event": "sale.order.updated", "timestamp": "2025-01-22T10:30:00Z"}';

  test.each([
    ['its bytes', hmac(sent)],
    ['what Python makes of it', hmac(sorted)],
    ['its bytes, in capitals and with a prefix', `sha256=${hmac(sent).toUpperCase()}`],
  ])('a body is taken with the signature of %s', async (_, signature) => {
    const server = await started(signing);
    expect(await push(server, { body: sent, headers: { 'x-signature': signature } })).toEqual(TAKEN);
  });

  test.each([
    ['no signature', ''],
    ['the signature of another body', hmac(`${sent} `)],
    ['the signature of another secret', hmac(sent, 'another')],
    ['no hex', 'zz'.repeat(32)],
    ['a shortened signature', hmac(sent).slice(0, 62)],
  ])('a body with %s is refused and not kept', async (_, signature) => {
    const server = await started(signing);
    const answer = await push(server, { body: sent, headers: { 'x-signature': signature } });
    expect(answer).toEqual({ status: 401, answer: { detail: expect.stringContaining('X-Signature') } });
    expect(await kept(server)).toEqual([]);
  });

  test('nobody is let in while the secret cannot be read', async () => {
    const server = await started(() => [receivingDatabase([sampleSource({ hmacSecret: 'file:/nowhere' })])]);
    expect(await push(server)).toMatchObject({ status: 401 });
  });
});

describe('Odoo’s own webhook action', () => {
  const NATIVE = {
    _action: 'Tell Viaduct(#7)',
    _id: 9,
    _model: 'project.task',
    id: 9,
    name: 'A',
    stage_id: 2,
  };
  const native = (body: unknown, token = TOKEN): Push => ({ path: `native/${token}`, body, key: null });

  test('is taken at an address of its own, each time, since its bodies have no time', async () => {
    const server = await started();
    for (let time = 0; time < 2; time += 1) expect(await push(server, native(NATIVE))).toEqual(TAKEN);
    expect(await kept(server)).toMatchObject([
      {
        key: '3:project.task,9',
        payload: { type: 'project.task.received', isNative: true, at: '2025-01-22T10:31:00Z' },
      },
      { key: '3:project.task,9', payload: { key: 'in:uuid-2' } },
    ]);
    expect(NOW_MS).toBe(Date.parse('2025-01-22T10:31:00Z'));
  });

  test('is refused with an unknown token, which no log line shows', async () => {
    const server = await started();
    expect(await push(server, native(NATIVE, KEY))).toEqual(UNAUTHORIZED);
    await push(server, native({}));
    expect(server.logged()).not.toContain(TOKEN);
  });

  test.each<[unknown, string]>([
    [{ ...NATIVE, _model: 'a b' }, '_model: expected the name of a model'],
    [{ ...NATIVE, _id: false }, '_id: expected the id'],
    [7, 'Expected a JSON object.'],
  ])('that sends %j is refused with clear words', async (body, words) => {
    const server = await started();
    expect(await push(server, native(body))).toEqual({
      status: 422,
      answer: { detail: expect.stringContaining(words) },
    });
  });

  test('may only push what its source may', async () => {
    const server = await started(() => [receivingDatabase([sampleSource({ kinds: 'lead' })])]);
    expect(await push(server, native(NATIVE))).toMatchObject({
      status: 422,
      answer: { detail: '_model: this source may push crm.lead only.' },
    });
  });
});

test('who guesses keys has to wait', async () => {
  const server = await started(undefined, { refusals: 3 });
  for (let guess = 0; guess < 3; guess += 1) await push(server, { key: `guess-number-${guess}-of-many` });
  expect(await push(server)).toMatchObject({
    status: 429,
    answer: { detail: expect.stringContaining('Wait') },
  });
});
