import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSqliteJournal, type Journal } from '../../journal/index.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import type { Received } from './received.ts';
import { receivedEntry } from './received-entry.ts';
import { createReceivedHandler, type ReceivedLine } from './received-jobs.ts';

const DATABASE = 'database';
const NOW_MS = 1_000_000;
const BODY = {
  event: 'sale.order.updated',
  timestamp: '2025-01-22T10:30:00Z',
  data: { id: 123, name: 'SO001', state: 'sale' },
};

function received(parts: Partial<Received> = {}): Received {
  return {
    ...{ key: 'in:1', source: { id: 3, name: 'Shop' }, type: 'sale.order.updated', isNative: false },
    ...{ model: 'sale.order', recordId: 123, at: '2025-01-22T10:30:00Z', receivedAt: '2025-01-22T10:30:02Z' },
    ...{ body: JSON.stringify(BODY), refusal: null, only: null },
    ...parts,
  };
}

function subscription(parts: Partial<Subscription> = {}): Subscription {
  return {
    ...{ id: 7, name: 'Receiver', active: true, model: 'sale.order', events: ['sale.order.updated'] },
    ...{ changeFields: [], stateField: null, domain: '', userId: 2, companyId: null },
    ...{
      url: 'https://example.com',
      method: 'POST',
      headers: '',
      payload: 'full',
      fieldList: '',
      template: '',
    },
    ...{
      static: '',
      secret: '',
      oldSecret: '',
      oldSecretUntil: null,
      apiKey: '',
      hmac: false,
      hmacHeader: '',
    },
    ...{ timeoutSeconds: 15, concurrency: 4, ratePerSecond: 0, maxBytes: 1_000, schedule: '0' },
    ...{ allowPrivate: false, ignoreOwn: false, received: true, originToken: '', paused: false },
    ...{ resumedAt: null, state: 'ok' },
    ...parts,
  };
}

let [folder, journal]: [string, Journal | undefined] = ['', undefined];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-received-'));
});
afterEach(async () => {
  await journal?.close();
  await rm(folder, { recursive: true });
});

/** What a batch of one comes to: its log line and deliveries, and what was said of subscriptions. */
async function handled(what: Received, subscriptions: readonly Subscription[]) {
  journal = await createSqliteJournal({ path: join(folder, 'journal.db'), maxBytes: 16 * 1024 * 1024 });
  await journal.append([receivedEntry(DATABASE, what)]);
  const [lines, faults]: [ReceivedLine[], string[]] = [[], []];
  const handle = createReceivedHandler({
    subscriptions: () => subscriptions,
    logEntry(database, line) {
      lines.push(line);
      return { database, queue: 'events.log', key: line.key, payload: '{}' };
    },
    onFault: (_, words) => void faults.push(words),
    clock: { nowMs: () => NOW_MS },
  });
  const { token, entries } = await journal.claim({
    database: DATABASE,
    queue: 'events.received',
    limit: 9,
    leaseMs: 9_000,
  });
  const settlements = await handle(entries, {
    mark: async () => ({ stale: [] }),
    signal: new AbortController().signal,
  });
  expect((await journal.settle(token, settlements)).stale).toEqual([]);
  const appended = settlements
    .flatMap(({ append = [] }) => append)
    .filter(({ queue }) => queue !== 'events.log');
  const deliveries = appended.map(({ payload, ...entry }) => ({ ...entry, payload: JSON.parse(payload) }));
  const bodies: unknown[] = deliveries.map(({ payload }) => JSON.parse(payload.body));
  return { lines, faults, deliveries, bodies };
}

describe('a received event', () => {
  test('goes on as it came, with the name of its source, and is logged', async () => {
    const { lines, deliveries, bodies } = await handled(received(), [
      subscription({ static: '{"shop": 1}' }),
    ]);
    expect(bodies).toEqual([{ ...BODY, source: 'Shop', shop: 1 }]);
    expect(deliveries).toMatchObject([
      {
        ...{ database: DATABASE, queue: 'events.delivery.7', key: '3:sale.order,123' },
        dedupe: 'in:1:sale.order.updated:7',
        payload: {
          ...{ key: 'in:1:sale.order.updated:7', eventKey: 'in:1', type: 'sale.order.updated' },
          ...{
            subscriptionId: 7,
            model: 'sale.order',
            recordId: 123,
            eventAt: '2025-01-22T10:30:00Z',
            found: false,
          },
        },
      },
    ]);
    expect(lines).toEqual([
      {
        ...{ key: 'in:1', eventKey: 'in:1', direction: 'in', type: 'sale.order.updated', sourceId: 3 },
        ...{ model: 'sale.order', recordId: 123, body: JSON.stringify(BODY), state: 'received', status: 200 },
        ...{ response: '', eventAt: '2025-01-22T10:30:00Z' },
        ...{ firstAt: '2025-01-22T10:30:02Z', endedAt: '2025-01-22T10:30:02Z' },
      },
    ]);
  });

  test('goes on thin or by a template, where a subscription says so', async () => {
    const template = '{"text": "{{ name }} is {{ state }} ({{ _event }})"}';
    const { bodies } = await handled(received(), [
      subscription({ id: 1, payload: 'thin' }),
      subscription({ id: 2, payload: 'template', template }),
      subscription({ id: 3, payload: 'fields', fieldList: 'state', events: ['*.updated'] }),
    ]);
    expect(bodies).toEqual([
      { ...BODY, data: { id: 123 }, source: 'Shop' },
      { text: 'SO001 is sale (sale.order.updated)' },
      { ...BODY, source: 'Shop' },
    ]);
  });

  test.each<[string, Partial<Subscription>]>([
    ['does not ask for what was received', { received: false }],
    ['is archived', { active: false }],
    ['is for another model', { model: 'account.move' }],
    ['chose other types', { events: ['sale.order.created', '*.deleted'] }],
  ])('does not go to a subscription that %s', async (_, parts) => {
    const { deliveries, lines } = await handled(received(), [subscription(parts)]);
    expect([deliveries, lines.length]).toEqual([[], 1]);
  });

  test('of Odoo’s own webhook action goes on in the shape of all events, whatever types were chosen', async () => {
    const body = JSON.stringify({
      _action: 'Tell(#7)',
      _id: 9,
      _model: 'project.task',
      id: 9,
      name: 'A',
      __proto: 1,
    });
    const native = {
      type: 'project.task.received',
      isNative: true,
      model: 'project.task',
      recordId: 9,
      body,
    };
    const { bodies } = await handled(received(native), [subscription({ model: 'project.task', events: [] })]);
    expect(bodies).toEqual([
      {
        ...{ event: 'project.task.received', timestamp: '2025-01-22T10:30:00Z', data: { id: 9, name: 'A' } },
        ...{ action: 'Tell(#7)', source: 'Shop' },
      },
    ]);
  });

  test('that was refused is only logged, with the words of the refusal', async () => {
    const refusal = { status: 422, words: 'data.id: expected' };
    const { deliveries, lines } = await handled(received({ refusal, body: '{"__' }), [subscription()]);
    expect(deliveries).toEqual([]);
    expect(lines).toMatchObject([
      { state: 'refused', status: 422, response: 'data.id: expected', body: '{"__' },
    ]);
  });

  test('waits for the one subscription whose template cannot be read, and is logged once', async () => {
    const broken = subscription({ id: 8, payload: 'template', template: '{' });
    const { deliveries, faults, lines } = await handled(received(), [broken, subscription()]);
    expect(faults).toEqual([expect.stringContaining('The template is no JSON')]);
    expect(lines).toHaveLength(1);
    expect(deliveries).toMatchObject([
      {
        queue: 'events.received',
        key: '8:3:sale.order,123',
        runAtMs: NOW_MS + 300_000,
        payload: { only: 8 },
      },
      { queue: 'events.delivery.7' },
    ]);
    await journal?.close();
    await rm(join(folder, 'journal.db'));
    const again = await handled(received({ only: 8 }), [subscription({ id: 8 }), subscription()]);
    expect(again.lines).toEqual([]);
    expect(again.deliveries).toMatchObject([{ queue: 'events.delivery.8' }]);
  });
});
