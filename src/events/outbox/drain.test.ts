import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import type { NewEntry } from '../../journal/index.ts';
import { specFor } from '../payload/index.ts';
import type { Drained } from '../records.ts';
import { createDrain, type Drain } from './drain.ts';
import { createReadAhead } from './read-ahead.ts';
import { sampleEvent, sampleIdentity } from './testing/sample-event.ts';

const running: Drain[] = [];
afterEach(async () => {
  for (const drain of running.splice(0)) await drain.stop();
});

type Row = Drained['events'][number];

/** An outbox of Odoo: rows that go only when they are named as done. */
function outboxOf(rows: Row[]) {
  const calls: { done: readonly number[]; appended: number }[] = [];
  const appended: NewEntry[] = [];
  const heard = { drained: 0, warnings: 0 };
  const state = { isHeld: false, journalIsFull: false };
  const drain = createDrain({
    database: 'uuid',
    limit: 2,
    ahead: createReadAhead({ specFor }),
    records: {
      drain: async ({ done, limit }) => {
        calls.push({ done, appended: appended.length });
        rows = rows.filter(({ id }) => !done.includes(id));
        const nothing = rows.filter(({ deleted, created }) => deleted && created).map(({ id }) => id);
        const events = rows.filter(({ id }) => !nothing.includes(id)).slice(0, limit);
        const page = state.isHeld ? [] : events;
        const more = rows.length > page.length + nothing.length;
        return { identity: sampleIdentity(), held: state.isHeld, events: page, nothing, more, built: [] };
      },
    },
    journal: {
      append: async (entries) => {
        if (state.journalIsFull) throw new Error('full');
        appended.push(...entries);
        return [];
      },
    },
    isOpen: () => true,
    admits: () => !state.isHeld,
    pollMs: () => 20,
    clock: systemClock,
    log: {
      warn: () => {
        heard.warnings += 1;
      },
    },
    onDrained: (count) => {
      heard.drained += count;
    },
  });
  running.push(drain);
  return { drain, calls, appended, state, heard, left: () => rows, add: (row: Row) => void rows.push(row) };
}

const row = (id: number, more: Partial<Row> = {}): Row => ({
  ...sampleEvent({ key: `key-${id}`, ...more }),
  id,
});

test('deletes nothing in Odoo before the journal has it, and carries all, in order', async () => {
  const outbox = outboxOf([row(1), row(2), row(3)]);
  outbox.drain.start();
  await expect.poll(() => outbox.left()).toEqual([]);
  expect(outbox.appended.map(({ dedupe }) => dedupe)).toEqual(['key-1', 'key-2', 'key-3']);
  for (const { done, appended } of outbox.calls) expect(appended).toBeGreaterThanOrEqual(done.length);
  expect(outbox.heard.drained).toBe(3);
});

test('keeps one record in order by its key', async () => {
  const outbox = outboxOf([row(1, { model: 'sale.order', recordId: 7 })]);
  outbox.drain.start();
  await expect
    .poll(() => outbox.appended.map(({ key, queue }) => [queue, key]))
    .toEqual([['events.event', 'sale.order,7']]);
});

test('leaves everything in Odoo while the journal takes nothing', async () => {
  const outbox = outboxOf([row(1)]);
  outbox.state.journalIsFull = true;
  outbox.drain.start();
  await expect.poll(() => outbox.heard.warnings).toBeGreaterThan(1);
  expect(outbox.calls.every(({ done }) => done.length === 0)).toBe(true);
  outbox.state.journalIsFull = false;
  await expect.poll(() => outbox.left()).toEqual([]);
});

test('touches nothing of a database that is held', async () => {
  const outbox = outboxOf([row(1)]);
  outbox.state.isHeld = true;
  outbox.drain.start();
  await expect.poll(() => outbox.calls.length).toBeGreaterThan(2);
  expect([outbox.appended, outbox.left().length]).toEqual([[], 1]);
});

test('names what came to nothing, so that it goes too', async () => {
  const outbox = outboxOf([row(1, { created: true, deleted: true }), row(2)]);
  outbox.drain.start();
  await expect.poll(() => outbox.left()).toEqual([]);
  expect(outbox.appended).toHaveLength(1);
});

test('tells Odoo what is done with the next look, and soon if there is none', async () => {
  const outbox = outboxOf([row(1)]);
  outbox.drain.start();
  await expect.poll(() => outbox.appended.length).toBe(1);
  outbox.add(row(2));
  outbox.drain.ring();
  await expect.poll(() => outbox.appended.length).toBe(2);
  expect(outbox.calls.map(({ done }) => done)).toEqual([[], [1]]);
  await expect.poll(() => outbox.left()).toEqual([]);
});

test('looks at once when the bell rings', async () => {
  const outbox = outboxOf([]);
  outbox.drain.start();
  await expect.poll(() => outbox.calls.length).toBeGreaterThan(0);
  outbox.add(row(1));
  outbox.drain.ring();
  await expect.poll(() => outbox.left()).toEqual([]);
});
