import { expect, test } from 'vitest';
import { silentLog } from '../../log.ts';
import type { Credit } from './ask-credit.ts';
import { type CreditCheck, createCreditWatch, type WatchedAccount } from './credit-watch.ts';

const ASKED = '2026-03-01T12:00:00Z';

function account(id: number, { tested = false, problem = null as string | null } = {}): WatchedAccount {
  return {
    account: { id, baseUrl: 'https://gatewayapi.eu', token: `token-${id}`, problem },
    credit: {
      minimum: 10,
      intervalSeconds: 60,
      watchAskedAt: ASKED,
      testAskedAt: tested ? ASKED : null,
      lastSuccessAt: null,
      mustRecheck: false,
      isLow: false,
    },
  };
}

function watchWith({
  report = async () => {},
  isOpen = true,
}: {
  report?: () => Promise<void>;
  isOpen?: boolean;
} = {}) {
  const waiting = new Map<string, (credit: Credit) => void>();
  const reports: (readonly CreditCheck[])[] = [];
  let readings = 0;
  const watch = createCreditWatch({
    report: async (checks) => {
      await report();
      reports.push(checks);
    },
    isOpen: () => isOpen,
    readAgain: () => {
      readings += 1;
    },
    log: silentLog(),
    ask: ({ token }) => new Promise((resolve) => waiting.set(token, resolve)),
  });
  return {
    watch,
    reports,
    readings: () => readings,
    waiting: () => [...waiting.keys()],
    answer: (token: string, credit = 20) => {
      waiting.get(token)?.({ kind: 'known', credit, currency: 'DKK' });
      waiting.delete(token);
    },
  };
}

test('reports all that are due in one call', async () => {
  const { watch, reports, answer } = watchWith();
  watch.look([account(1), account(2), account(3, { problem: 'The API token is missing.' })]);
  answer('token-1');
  answer('token-2', 5);
  await watch.settled();
  expect(reports).toMatchObject([
    [
      {
        id: 1,
        words: 'OK',
        balance: { credit: 20, currency: 'DKK' },
        alert: null,
        seen: { watchAskedAt: ASKED },
      },
      { id: 2, words: 'OK', alert: 'low' },
      { id: 3, words: 'The API token is missing.', balance: null, alert: null },
    ],
  ]);
});

test('answers a test without waiting for the others', async () => {
  const { watch, reports, answer } = watchWith();
  watch.look([account(1), account(2, { tested: true })]);
  answer('token-2');
  while (reports.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(reports).toMatchObject([[{ id: 2 }]]);
  answer('token-1');
  await watch.settled();
  expect(reports).toHaveLength(2);
});

test('asks GatewayAPI five questions at once, not more', async () => {
  const { watch, waiting, answer } = watchWith();
  watch.look(Array.from({ length: 7 }, (_, index) => account(index)));
  expect(waiting()).toHaveLength(5);
  for (let id = 0; id < 7; id++) {
    answer(`token-${id}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await watch.settled();
});

test('does not ask twice while an answer is awaited, and has the accounts read again after it', async () => {
  const { watch, readings, waiting, answer, reports } = watchWith();
  watch.look([account(1)]);
  watch.look([account(1, { tested: true })]);
  expect(waiting()).toEqual(['token-1']);
  expect(readings()).toBe(0);
  answer('token-1');
  await watch.settled();
  expect(reports).toHaveLength(1);
  expect(readings()).toBe(1);
});

test('goes on after a report that Odoo did not take', async () => {
  const { watch, waiting, answer } = watchWith({ report: () => Promise.reject(new Error('Odoo is away.')) });
  watch.look([account(1)]);
  answer('token-1');
  await watch.settled();
  watch.look([account(1)]);
  expect(waiting()).toEqual(['token-1']);
  answer('token-1');
  await watch.settled();
});

test('asks nobody while the database is held', () => {
  const { watch, waiting } = watchWith({ isOpen: false });
  watch.look([account(1, { tested: true })]);
  expect(waiting()).toEqual([]);
});
