import { expect, test } from 'vitest';
import type { DatabaseIdentity } from './identity.ts';
import { judgeDatabase } from './judge-database.ts';

const production: DatabaseIdentity = {
  uuid: 'production',
  neutralized: false,
  beat: 100,
  confirmed: { uuid: 'production', neutralized: false, instance: 'ours' },
};
const { confirmed } = production;

type Row = {
  when: string;
  seen: Partial<DatabaseIdentity>;
  rememberedBeat?: number | null;
  expected: string;
};

test.each<Row>([
  { when: 'it is as it was left', seen: {}, expected: 'open' },
  { when: 'its beat was raised by another Viaduct on our journal', seen: { beat: 101 }, expected: 'open' },
  {
    when: 'our journal is new and it waits for the first Viaduct',
    rememberedBeat: null,
    seen: { beat: 0, confirmed: { ...confirmed, instance: null } },
    expected: 'open',
  },
  {
    when: 'our journal is new but it belongs to another Viaduct',
    rememberedBeat: null,
    seen: { confirmed: { ...confirmed, instance: 'theirs' } },
    expected: 'unknown-database',
  },
  {
    when: 'nobody ever confirmed it',
    seen: { confirmed: { ...confirmed, uuid: null } },
    expected: 'unknown-database',
  },
  {
    when: 'it is a copy with an id of its own',
    seen: { uuid: 'copy' },
    rememberedBeat: null,
    expected: 'changed-uuid',
  },
  { when: 'it is a copy and our journal knows the copy', seen: { uuid: 'copy' }, expected: 'changed-uuid' },
  { when: 'it was neutralized under the same id', seen: { neutralized: true }, expected: 'neutralized' },
  {
    when: 'it is a neutralized copy with an id of its own',
    seen: { uuid: 'copy', neutralized: true },
    expected: 'neutralized',
  },
  {
    when: 'it is a copy of a neutralized database that was confirmed',
    expected: 'neutralized',
    seen: { uuid: 'copy', neutralized: true, confirmed: { ...confirmed, neutralized: true } },
  },
  {
    when: 'it was confirmed although neutralized',
    expected: 'open',
    seen: { neutralized: true, confirmed: { ...confirmed, neutralized: true } },
  },
  { when: 'an older backup was restored', seen: { beat: 99 }, expected: 'went-back-in-time' },
  { when: 'the restored backup was confirmed above our beat', seen: { beat: 101 }, expected: 'open' },
])('judges a database $expected when $when', ({ seen, rememberedBeat = 100, expected }) => {
  const verdict = judgeDatabase({ instance: 'ours', rememberedBeat, seen: { ...production, ...seen } });
  expect(verdict.open ? 'open' : verdict.code).toBe(expected);
});

test('tells a person what was found and what to do', () => {
  const verdict = judgeDatabase({ instance: 'ours', rememberedBeat: 100, seen: { ...production, beat: 7 } });
  expect(verdict).toMatchObject({
    words: expect.stringMatching(/at beat 7, but was at 100 before.*press "Confirm this database"/),
  });
});
