import { expect, test } from 'vitest';
import { z } from 'zod';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import type { Entry, EntryId } from '../../journal/index.ts';
import type { Json } from '../../odoo/index.ts';
import { sampleIdentity } from '../outbox/testing/sample-event.ts';
import { createLogHandler, logEntry } from './log-jobs.ts';

const Id = z.custom<EntryId>((id) => Number.isSafeInteger(id));
const CONTEXT = { signal: new AbortController().signal, mark: async () => ({ stale: [] }) };

function entryOf(line: { key: string; rank: number; attempts: number[] }, index: number): Entry {
  const common = { id: Id.parse(index), memo: null, attempts: 1, appendedAtMs: 0 };
  return { ...common, ...logEntry('uuid', line), key: line.key };
}

test('what became of many attempts is written in one call, each delivery once', async () => {
  const told: Json[] = [];
  const handle = createLogHandler({
    ...{ database: 'uuid', admits: () => true, clock: createManualClock() },
    records: {
      log: async (_database, lines) => {
        told.push(lines);
        return { identity: sampleIdentity(), held: false };
      },
    },
  });
  const lines = [
    { key: 'a', rank: 1, attempts: [1] },
    { key: 'b', rank: 5, attempts: [1] },
    { key: 'a', rank: 2, attempts: [2] },
  ];
  const settled = await handle(lines.map(entryOf), CONTEXT);
  expect(told).toEqual([
    [
      { key: 'a', rank: 2, attempts: [1, 2] },
      { key: 'b', rank: 5, attempts: [1] },
    ],
  ]);
  expect(settled).toMatchObject([0, 1, 2].map((id) => ({ id, step: 'complete' })));
});
