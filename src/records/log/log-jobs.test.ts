import { expect, test } from 'vitest';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import type { Entry, EntryId, NewEntry } from '../../journal/index.ts';
import type { CallLine } from './call-line.ts';
import { createCallKeeper, createLogHandler } from './log-jobs.ts';

const LINE: CallLine = {
  ...{
    key: 'a',
    endpoint: 7,
    keyId: 1,
    at: '2026-01-22T10:00:00Z',
    verb: 'POST',
    door: 'v1',
    method: 'read',
  },
  ...{ model: 'res.partner', status: 200, outcome: 'ok', errorCode: null, durationMs: 3, origin: '::1' },
  ...{ records: 1, input: '', output: '' },
};
const IDENTITY = {
  ...{ uuid: 'u', neutralized: false, beat: 1 },
  confirmed: { uuid: 'u', neutralized: false, instance: null },
};

const CONTEXT = { signal: new AbortController().signal, mark: async () => ({ stale: [] }) };

function entry(id: number, line: CallLine): Entry {
  const common = {
    database: 'u',
    queue: 'records.log',
    key: line.key,
    memo: null,
    attempts: 1,
    appendedAtMs: 0,
  };
  return { ...common, id: id as EntryId, payload: JSON.stringify(line) };
}

function handler(admitted: boolean) {
  const told: CallLine[][] = [];
  const handle = createLogHandler({
    ...{ admits: () => admitted, clock: createManualClock(1_000) },
    records: {
      log: async (lines) => {
        told.push([...lines]);
        return { identity: IDENTITY, held: false };
      },
    },
  });
  return { handle, told };
}

test('lines that wait are written in one call', async () => {
  const { handle, told } = handler(true);
  const second = { ...LINE, key: 'b' };
  const settled = await handle([entry(1, LINE), entry(2, second)], CONTEXT);
  expect(told).toEqual([[LINE, second]]);
  expect(settled).toEqual([
    { id: 1, step: 'complete' },
    { id: 2, step: 'complete' },
  ]);
});

test('lines wait for a database that is held', async () => {
  const settled = await handler(false).handle([entry(1, LINE)], CONTEXT);
  expect(settled).toMatchObject([{ id: 1, step: 'retry', runAtMs: 6_000, uncounted: true }]);
});

test('a line is kept without holding up its call, and a full journal is only warned of', async () => {
  const [appended, warnings]: [NewEntry[], string[]] = [[], []];
  let isFull = false;
  const keeper = createCallKeeper({
    database: 'u',
    journal: {
      append: async (entries) => {
        if (isFull) throw new Error('The journal is full.');
        appended.push(...entries);
        return [];
      },
    },
    log: { warn: (_, message) => void warnings.push(message) },
  });
  keeper.keep(LINE);
  await keeper.settled();
  expect(appended).toEqual([
    { database: 'u', queue: 'records.log', key: 'a', payload: JSON.stringify(LINE) },
  ]);
  isFull = true;
  keeper.keep(LINE);
  await keeper.settled();
  expect(warnings).toEqual(['a call could not be kept for the log']);
});
