import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSqliteJournal, type EntryId, type Journal } from '../journal/index.ts';
import { openOperator, startOperatorSocket } from './index.ts';
import { operatorSocketPath } from './socket-path.ts';

const QUEUE = { database: 'db-1', queue: 'sms.send' };
let folder: string;
let settings: { path: string; maxBytes: number };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viaduct-operator-'));
  settings = { path: join(folder, 'journal.db'), maxBytes: 2 ** 26 };
});
afterEach(() => rm(folder, { recursive: true }));

/** Appends and buries one entry for each key, with an intent on disk as a begun send has it. */
async function buried(journal: Journal, keys: readonly string[], queue = QUEUE): Promise<EntryId[]> {
  await journal.append(keys.map((key) => ({ ...queue, key, payload: 'a secret text' })));
  const { token, entries } = await journal.claim({ ...queue, limit: keys.length, leaseMs: 1_000 });
  await journal.mark(
    token,
    entries.map(({ id }) => ({ id, memo: 'begun' })),
  );
  await journal.settle(
    token,
    entries.map(({ id }) => ({ id, step: 'bury', reason: 'refused' })),
  );
  return entries.map(({ id }) => id);
}

/** A Viaduct that holds the journal, without its channels. */
async function running() {
  const journal = await createSqliteJournal(settings);
  const logged: object[] = [];
  const log = {
    info: (fields: object) => void logged.push(fields),
    warn: (fields: object) => void logged.push(fields),
  };
  const parts = [{ name: 'odoo', up: false, matters: true, detail: 'does not answer' }];
  const socket = await startOperatorSocket({
    journal,
    journalPath: settings.path,
    log,
    readiness: () => parts,
  });
  const stop = async () => {
    await socket.stop();
    await journal.close();
  };
  return { journal, parts, logged, stop };
}

describe('while Viaduct runs', () => {
  test('lists dead letters without what they say, and puts chosen ones back with their memo', async () => {
    const { journal, logged, stop } = await running();
    const [first, second] = await buried(journal, ['a', 'b']);
    await buried(journal, ['c'], { ...QUEUE, queue: 'sms.state' });
    await using operator = await openOperator(settings);
    expect(operator.isRunning).toBe(true);
    const letters = await operator.dead({ limit: 2 });
    expect(letters).toMatchObject([
      { id: first, ...QUEUE, key: 'a', attempts: 1, why: 'refused' },
      { id: second, key: 'b' },
    ]);
    expect(JSON.stringify(letters)).not.toContain('secret');
    expect(await operator.dead({ queue: 'sms.state', limit: 9 })).toMatchObject([{ key: 'c' }]);

    const choice = { ids: second === undefined ? [] : [second] };
    expect(await operator.count(choice)).toEqual([{ ...QUEUE, count: 1 }]);
    expect(await operator.replay(choice)).toBe(1);
    const { entries } = await journal.claim({ ...QUEUE, limit: 9, leaseMs: 1_000 });
    expect(entries).toMatchObject([{ id: second, attempts: 1, memo: 'begun', payload: 'a secret text' }]);
    expect(logged).toEqual([{ ask: 'replay', entries: 1 }]);
    await stop();
  });

  test('refuses ids that are no dead letters, and replays none of the others', async () => {
    const { journal, stop } = await running();
    const ids = await buried(journal, ['a']);
    await using operator = await openOperator(settings);
    const choice = { ids: [...ids, 77 as EntryId, 78 as EntryId] };
    await expect(operator.replay(choice)).rejects.toMatchObject({
      code: 'dead-letter-unknown',
      message: expect.stringMatching(/^77, 78 are no dead letters.*Nothing was replayed/),
    });
    expect(await operator.dead({ limit: 9 })).toHaveLength(1);
    await stop();
  });

  test('tells what the parts say of themselves', async () => {
    const { parts, stop } = await running();
    await using operator = await openOperator(settings);
    expect(await operator.parts()).toEqual(parts);
    await stop();
  });

  test('is reached by its own user only, and by nobody after it was stopped', async () => {
    const { stop } = await running();
    const path = operatorSocketPath(settings.path) ?? '';
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await stop();
    await using operator = await openOperator(settings);
    expect(operator.isRunning).toBe(false);
  });

  test('starts over the socket that a killed one left behind', async () => {
    const left = await startOperatorSocket({
      journal: await createSqliteJournal({ ...settings, path: join(folder, 'other.db') }),
      journalPath: settings.path,
      log: { info: () => undefined, warn: () => undefined },
    });
    const { logged, stop } = await running();
    expect(logged).toEqual([]);
    await using operator = await openOperator(settings);
    expect(await operator.parts()).toHaveLength(1);
    await stop();
    await left.stop();
  });

  test('starts without the socket where the path is too long for one, and says so', async () => {
    settings.path = join(folder, 'x'.repeat(100), 'journal.db');
    const { logged, stop } = await running();
    expect(logged).toMatchObject([{ error: expect.stringMatching(/too long for a socket/) }]);
    await expect(openOperator(settings)).rejects.toMatchObject({ code: 'journal-locked' });
    await stop();
  });
});

describe('while Viaduct is stopped', () => {
  test('opens the journal itself, chooses by queue and time, and leaves it to the next', async () => {
    const journal = await createSqliteJournal(settings);
    await buried(journal, ['a', 'b']);
    await buried(journal, ['c'], { ...QUEUE, queue: 'sms.state' });
    await journal.close();
    {
      await using operator = await openOperator(settings);
      expect(operator.isRunning).toBe(false);
      expect(await operator.parts()).toBeNull();
      expect(await operator.replay({ sinceMs: Date.now() + 60_000 })).toBe(0);
      expect(await operator.count({})).toEqual([
        { ...QUEUE, count: 2 },
        { ...QUEUE, queue: 'sms.state', count: 1 },
      ]);
      expect(await operator.replay({ queue: 'sms.state', sinceMs: Date.now() - 60_000 })).toBe(1);
    }
    const { journal: next, stop } = await running();
    expect(await next.claim({ ...QUEUE, queue: 'sms.state', limit: 9, leaseMs: 1_000 })).toMatchObject({
      entries: [{ key: 'c' }],
    });
    await stop();
  });

  test('buries what waits under one database', async () => {
    const journal = await createSqliteJournal(settings);
    await journal.append([
      { ...QUEUE, key: 'a', payload: '' },
      { ...QUEUE, database: 'db-2', key: 'b', payload: '' },
    ]);
    await journal.close();
    await using operator = await openOperator(settings);
    expect(await operator.bury('db-1')).toBe(1);
    expect(await operator.stats()).toMatchObject([
      { database: 'db-1', ready: 0, dead: 1 },
      { database: 'db-2', ready: 1, dead: 0 },
    ]);
  });

  test('makes no journal where there is none', async () => {
    await expect(openOperator(settings)).rejects.toMatchObject({ code: 'journal-missing' });
    await expect(stat(settings.path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
