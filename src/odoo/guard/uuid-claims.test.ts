import { expect, test } from 'vitest';
import { createUuidClaims } from './uuid-claims.ts';

function notes() {
  const kept = new Map<string, string>();
  return {
    recall: async (database: string, name: string) => kept.get(`${database} ${name}`) ?? null,
    remember: async (database: string, name: string, value: string) => {
      kept.set(`${database} ${name}`, value);
    },
  };
}

test('the first of two places that ask at the same time gets the id, and keeps it', async () => {
  const claims = createUuidClaims({ journal: notes(), places: ['main', 'copy'] });
  expect(await Promise.all([claims.claim('a', 'main'), claims.claim('a', 'copy')])).toEqual([null, 'main']);
  expect([await claims.claim('a', 'main'), await claims.claim('b', 'copy')]).toEqual([null, null]);
});

test('a copy does not get the id by asking first after a restart, but a database that moved does', async () => {
  const journal = notes();
  await createUuidClaims({ journal, places: ['main'] }).claim('a', 'main');
  const both = createUuidClaims({ journal, places: ['copy', 'main'] });
  expect([await both.claim('a', 'copy'), await both.claim('a', 'main')]).toEqual(['main', null]);
  expect(await createUuidClaims({ journal, places: ['moved'] }).claim('a', 'moved')).toBeNull();
});

test('a journal that cannot be read for one refuses nobody after it', async () => {
  const working = notes();
  let isBroken = true;
  const recall = async (database: string, name: string) => {
    if (isBroken) throw new Error('disk');
    return working.recall(database, name);
  };
  const claims = createUuidClaims({ journal: { ...working, recall }, places: ['main'] });
  await expect(claims.claim('a', 'main')).rejects.toThrow('disk');
  isBroken = false;
  expect(await claims.claim('a', 'main')).toBeNull();
});
