import { describe, expect, test } from 'vitest';
import { sampleDatabase } from '../fixtures/sms-edge.ts';
import type { ServedDatabase } from './served-database.ts';
import { createServedDatabases } from './served-databases.ts';

const HELD = { open: false, code: 'neutralized', words: 'A copy.' } as const;

type State = 'served' | 'held' | 'unreached';

/** A database in one of the states that matter to others. */
function served(name: string, state: State): ServedDatabase & { doubts: () => number } {
  let doubts = 0;
  const id = `uuid-${name}`;
  const heldWords = state === 'held' ? 'Held.' : null;
  return {
    name,
    start: async () => {},
    stop: async () => {},
    channels: () => {
      if (state === 'unreached') return null;
      const sms = { ...sampleDatabase([], { id, heldWords }), name };
      return {
        database: id,
        sms,
        events: null,
        records: null,
        wake: () => {},
        ring: () => {},
        stop: async () => {},
      };
    },
    firstServed: async () => {},
    verdict: () => (state === 'held' ? HELD : { open: true, uuid: id }),
    doubt: () => {
      doubts += 1;
    },
    doubts: () => doubts,
    parts: () => [
      { name: 'database', up: state === 'served', matters: true, detail: '' },
      { name: 'bell', up: false, matters: false, detail: '' },
    ],
  };
}

describe('a post of SMS', () => {
  test('finds its database whatever state the others are in', async () => {
    const databases = createServedDatabases([
      served('a', 'unreached'),
      served('b', 'held'),
      served('c', 'served'),
    ]);
    expect(await databases.byUuid('uuid-c')).toMatchObject({ name: 'c' });
    expect(await databases.byUuid('uuid-b')).toMatchObject({ name: 'b' });
  });

  test('under an id that one not yet reached may have comes again', async () => {
    const databases = createServedDatabases([served('a', 'unreached'), served('b', 'served')]);
    await expect(databases.byUuid('uuid-a')).rejects.toMatchObject({ code: 'database-not-served' });
  });

  test('under an id of none is no one’s, and the open ones are asked who they are', async () => {
    const [open, held] = [served('a', 'served'), served('b', 'held')];
    expect(await createServedDatabases([open, held]).byUuid('uuid-x')).toBeNull();
    expect([open.doubts(), held.doubts()]).toEqual([1, 0]);
  });

  test('under another id is told why the only database is held', async () => {
    expect(await createServedDatabases([served('a', 'held')]).byUuid('uuid-x')).toMatchObject({ name: 'a' });
  });
});

describe('a delivery report', () => {
  const names = (databases: Iterable<{ name: string }>) => [...databases].map(({ name }) => name);
  const all = createServedDatabases([served('a', 'served'), served('b', 'held')]);

  test('belongs to the database that its address names, or to any', () => {
    expect(names(all.forReport('b'))).toEqual(['b']);
    expect([names(all.forReport(undefined)), names(all.forReport('gone'))]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('passes over a database without that channel', () => {
    const databases = createServedDatabases([served('a', 'served')]);
    expect([...databases.forEvents()]).toEqual([]);
  });

  test('comes again when it is none of those that are known and one is not', () => {
    const databases = createServedDatabases([served('a', 'unreached'), served('b', 'served')]);
    const seen: string[] = [];
    expect(() => {
      for (const { name } of databases.forReport(undefined)) seen.push(name);
    }).toThrow('Odoo is being reached.');
    expect(seen).toEqual(['b']);
  });
});

describe('readiness', () => {
  const matters = (...states: State[]) =>
    createServedDatabases(states.map((state, index) => served(`n${index}`, state)))
      .parts()
      .map((part) => `${part.name} ${part.matters}`);

  test('names the parts of each of several, and is not lost while one is up', () => {
    expect(matters('served', 'held')).toEqual([
      ...['database n0 false', 'bell n0 false', 'database n1 false', 'bell n1 false'],
    ]);
    expect(matters('unreached', 'held')).toEqual([
      ...['database n0 true', 'bell n0 false', 'database n1 true', 'bell n1 false'],
    ]);
  });

  test('names the parts of an only one plainly', () => {
    expect(matters('served')).toEqual(['database true', 'bell false']);
  });
});
