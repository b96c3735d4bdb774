import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { OdooError } from '../errors.ts';
import type { Json } from '../odoo.ts';
import { createDatabaseGuard } from './guard.ts';
import { DatabaseIdentity } from './identity.ts';
import { journalInstance } from './journal-instance.ts';
import type { Verdict } from './judge-database.ts';

function notes() {
  const kept = new Map<string, string>();
  return {
    recall: async (database: string, name: string) => kept.get(`${database} ${name}`) ?? null,
    remember: async (database: string, name: string, value: string) => {
      kept.set(`${database} ${name}`, value);
    },
  };
}

/** Behaves as the two procedures of viaduct_base do. */
function odoo() {
  const row: DatabaseIdentity & { shown: string; expected: number } = {
    uuid: 'production',
    neutralized: false,
    beat: 0,
    confirmed: { uuid: 'production', neutralized: false, instance: null },
    shown: 'new',
    expected: 0,
  };
  const fault: { error: OdooError | null } = { error: null };
  const identity = (): Json => JSON.parse(JSON.stringify(DatabaseIdentity.parse(row)));
  const beat = (payload: { instance: string; held?: string; expected_beat?: number }) => {
    row.shown = payload.held ?? 'open';
    row.expected = payload.expected_beat ?? 0;
    if (payload.held !== undefined) return;
    row.beat += 1;
    row.confirmed.instance ??= payload.instance;
  };
  return {
    row,
    fault,
    database: 'db',
    procedure: async (name: string, payload: Json): Promise<Json> => {
      if (fault.error !== null) throw fault.error;
      // A parser of the test's own: the payload is what the guard sends.
      if (name === 'viaduct_base.beat') beat(JSON.parse(JSON.stringify(payload)));
      return identity();
    },
  };
}

/** Sleeps until the test says that the time has passed. */
function handClock(): Clock & { pass: () => void; sleeps: number[] } {
  let wake = () => {};
  const sleeps: number[] = [];
  return {
    nowMs: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push(ms);
        wake = resolve;
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    pass: () => wake(),
    sleeps,
  };
}

const Answer = z.object({ identity: DatabaseIdentity });

const unclaimed = async (_uuid: string): Promise<string | null> => null;

function guarded({ journal = notes(), instance = 'ours', claim = unclaimed } = {}) {
  const client = odoo();
  const clock = handClock();
  const log = { info: vi.fn(), warn: vi.fn() };
  const changes: Verdict[] = [];
  const make = () =>
    createDatabaseGuard({
      client,
      journal,
      instance,
      clock,
      log,
      claim,
      onChange: (verdict) => changes.push(verdict),
    });
  return { client, clock, log, changes, guard: make(), make };
}

const codes = (verdicts: Verdict[]) => verdicts.map((verdict) => (verdict.open ? 'open' : verdict.code));

test('is closed until the database was asked', async () => {
  const { guard, client } = guarded();
  expect(guard.verdict()).toMatchObject({ open: false, code: 'not-asked-yet' });
  expect(guard.judge(client.row)).toMatchObject({ open: false, code: 'not-asked-yet' });
  await guard.check();
  expect(guard.judge(client.row)).toEqual({ open: true, uuid: 'production' });
});

test('takes a freshly provisioned database for its own', async () => {
  const { guard, client } = guarded();
  await guard.check();
  expect(guard.isOpen()).toBe(true);
  expect(client.row).toMatchObject({ shown: 'open', beat: 1, confirmed: { instance: 'ours' } });
});

test('holds a copy beside its original without a trace in the beats of the original', async () => {
  const journal = notes();
  const original = guarded({ journal });
  await original.guard.check();
  const copy = guarded({ journal, claim: async () => 'http://odoo.test main' });
  copy.client.row.confirmed.instance = 'ours';
  copy.client.row.beat = 7;
  await copy.guard.check();
  expect(copy.guard.verdict()).toMatchObject({
    open: false,
    words: expect.stringContaining('odoo.test main'),
  });
  expect(copy.guard.judge(copy.client.row).open).toBe(false);
  expect(copy.client.row).toMatchObject({ shown: 'unknown-database', beat: 7 });
  await original.guard.check();
  expect(original.guard.isOpen()).toBe(true);
});

test('notices a restored backup in an answer, after a restart too, and opens when it is confirmed', async () => {
  const { guard, client, changes, make } = guarded();
  for (let beats = 0; beats < 5; beats += 1) await guard.check();
  client.row.beat = 2;
  expect(guard.judge(client.row)).toMatchObject({ open: false, code: 'went-back-in-time' });
  await guard.check();
  expect(client.row).toMatchObject({ shown: 'went-back-in-time', beat: 2, expected: 5 });

  const restarted = make();
  await restarted.check();
  expect(restarted.verdict()).toMatchObject({ open: false, code: 'went-back-in-time' });

  client.row.beat = Math.max(client.row.beat, client.row.expected) + 1;
  await guard.check();
  expect(guard.isOpen()).toBe(true);
  expect(codes(changes)).toEqual(['open', 'went-back-in-time', 'went-back-in-time', 'open']);
});

test('does not take an answer that a beat overtook for a restored backup', async () => {
  const { guard, client, changes } = guarded();
  await guard.check();
  const overtaken = { identity: await client.procedure('viaduct_base.identity', {}), rows: [] };
  const answer = Promise.withResolvers<Json>();
  const judged = async (procedure: () => Promise<Json>) => {
    const { identity } = Answer.parse(await guard.watching(procedure)('viaduct_sms.read_back', {}));
    return guard.judge(identity);
  };
  const early = judged(() => answer.promise);
  await guard.check();
  answer.resolve(overtaken);
  expect(await early).toMatchObject({ open: true });
  // Asked for after the beat, it would be one.
  expect(await judged(async () => overtaken)).toMatchObject({ code: 'went-back-in-time' });
  await guard.check();
  expect(guard.isOpen()).toBe(true);
  expect(codes(changes)).toEqual(['open']);
});

test('holds a neutralized copy and a copy with an id of its own, and shows why in the copy', async () => {
  const { guard, client } = guarded();
  await guard.check();
  client.row.neutralized = true;
  expect(await guard.check()).toMatchObject({ open: false, code: 'neutralized' });
  expect(client.row.shown).toBe('neutralized');
  Object.assign(client.row, { neutralized: false, uuid: 'copy' });
  expect(await guard.check()).toMatchObject({ open: false, code: 'changed-uuid' });
  expect(client.row).toMatchObject({ shown: 'changed-uuid', beat: 1 });
});

test('keeps its verdict while Odoo is down, and holds a database that lost the addon', async () => {
  const { guard, client } = guarded();
  await guard.check();
  client.fault.error = new OdooError({ kind: 'unavailable', outcome: 'not-done', message: 'Odoo is down.' });
  expect(await guard.check()).toMatchObject({ open: true });
  client.fault.error = new OdooError({
    kind: 'missing',
    outcome: 'not-done',
    code: 'odoo-procedure-missing',
    message: 'No procedure viaduct_base.identity.',
  });
  expect(await guard.check()).toMatchObject({ open: false, code: 'unknown-database' });
});

test('beats at the interval until it is stopped', async () => {
  const { guard, client, clock } = guarded();
  await guard.start();
  clock.pass();
  await vi.waitFor(() => expect(client.row.beat).toBe(2));
  await guard.stop();
  clock.pass();
  await guard.check();
  expect(client.row.beat).toBe(3);
});

test('gives a journal one lasting id', async () => {
  const journal = notes();
  const first = await journalInstance(journal, () => 'first');
  expect(await journalInstance(journal, () => 'second')).toBe(first);
});

test('asks again soon, not only after the interval, when Odoo was away at the start', async () => {
  const { guard, client, clock } = guarded();
  client.fault.error = new OdooError({ kind: 'unavailable', outcome: 'not-done', message: 'Odoo is away.' });
  await guard.start();
  await vi.waitFor(() => expect(clock.sleeps).toEqual([1_000]));
  client.fault.error = null;
  clock.pass();
  await vi.waitFor(() => expect(clock.sleeps).toEqual([1_000, 60_000]));
  expect(guard.isOpen()).toBe(true);
  await guard.stop();
});
