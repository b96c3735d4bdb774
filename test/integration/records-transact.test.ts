import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json } from '../../src/odoo/index.ts';
import type { Transaction, TransactOperation } from '../../src/records/transaction.ts';
import { type RecordsOdoo, startRecordsOdoo } from '../support/odoo-records.ts';

let place: RecordsOdoo;
/** May edit contacts. */
let clerk: { id: number; endpoint: number };
/** May only look at them. */
let guest: { id: number; endpoint: number };

beforeAll(async () => {
  place = await startRecordsOdoo();
  const clerkUser = await place.employee('Clerk', ['base.group_partner_manager']);
  clerk = { id: clerkUser.id, endpoint: await place.endpoint(clerkUser.id) };
  const guestUser = await place.employee('Guest');
  guest = { id: guestUser.id, endpoint: await place.endpoint(guestUser.id) };
});

afterAll(() => place?.dispose());

const transact = (
  operations: readonly TransactOperation[],
  parts: Partial<Transaction> = {},
  endpoint = clerk.endpoint,
) => {
  const transaction = { operations, context: {}, dryRun: false, idempotency: null, ...parts };
  return place.procedures.transact(endpoint, transaction);
};

const model = 'res.partner';
const create = (...values: { [field: string]: Json }[]): TransactOperation => ({
  op: 'create',
  model,
  values,
});
const named = (name: string) => place.search(model, [['name', '=', name]]);
const newContact = (name: string, values: Readonly<Record<string, Json>> = {}) =>
  place.create(model, { name, ...values });

describe('one transaction', () => {
  test('does all of its operations as the user of the endpoint, and each may name what an earlier one gave', async () => {
    const done = await transact([
      create({ name: 'Parent' }, { name: 'Twin' }),
      create({ name: 'Child', parent_id: { $ref: '0.id' } }),
      { op: 'write', model, ids: { $ref: '0.ids' }, values: { comment: 'Two' } },
      { op: 'read', model, ids: [{ $ref: '1.id' }], spec: { name: {}, parent_id: { fields: { name: {} } } } },
    ]);
    if (done.kind !== 'done') throw new Error(done.kind);
    const [first, second, third, fourth] = done.results;
    expect(first?.ids).toHaveLength(2);
    expect(third?.ids).toEqual(first?.ids);
    expect(fourth?.records).toEqual([
      { id: second?.ids[0], name: 'Child', parent_id: { id: first?.ids[0], name: 'Parent' } },
    ]);
    const shape = { create_uid: z.tuple([z.number(), z.string()]) };
    expect((await place.read(model, first?.ids[0] ?? 0, shape))?.create_uid[0]).toBe(clerk.id);
  });

  test('is rolled back as a whole where one operation is refused, and says which and why', async () => {
    const [twice] = [{ op: 'write', model, ids: [999_999_999], values: { name: 'x' } }] as const;
    expect(await transact([create({ name: 'Never' }), twice])).toEqual({
      ...{
        kind: 'refused',
        operation: 1,
        fault: 'MissingError',
        words: expect.stringContaining('999999999'),
      },
    });
    expect(await named('Never')).toEqual([]);
  });

  test('has no more rights than the user', async () => {
    const id = await newContact('Seen by all');
    expect(await transact([create({ name: 'Not his' })], {}, guest.endpoint)).toMatchObject({
      ...{ kind: 'refused', operation: 0, fault: 'AccessError' },
    });
    const change: TransactOperation = { op: 'write', model, ids: [id], values: { name: 'Changed' } };
    expect(await transact([change], {}, guest.endpoint)).toMatchObject({ fault: 'AccessError' });
    const parameters: TransactOperation = {
      op: 'read',
      model: 'ir.config_parameter',
      ids: [1],
      spec: { key: {} },
    };
    expect(await transact([parameters])).toMatchObject({ kind: 'refused', fault: 'AccessError' });
  });

  test('takes neither a user nor anything but language, time zone, archived ones and companies from its context', async () => {
    const context = { uid: 1, su: true, default_comment: 'Default', tracking_disable: true, lang: 'en_US' };
    const done = await transact([create({ name: 'Plain' })], { context });
    expect(done.kind).toBe('done');
    const [id = 0] = await named('Plain');
    const shape = { create_uid: z.tuple([z.number(), z.string()]), comment: z.unknown() };
    expect(await place.read(model, id, shape)).toMatchObject({
      create_uid: [clerk.id, 'Clerk'],
      comment: false,
    });
  });

  test('is of the endpoint’s company, and of no company that the user has not', async () => {
    const foreign = await place.create('res.company', { name: 'Foreign' });
    const look: TransactOperation = {
      op: 'write',
      model,
      domain: [['name', '=', 'Plain']],
      values: { ref: 'a' },
    };
    const context = { allowed_company_ids: [foreign] };
    expect(await transact([look], { context })).toMatchObject({ kind: 'refused', fault: 'AccessError' });
    const own = await place.endpoint(clerk.id, [], { x_company_id: 1 });
    expect(await transact([look], { context }, own)).toMatchObject({ kind: 'done' });
  });

  test('is told what a rule of the database says', async () => {
    expect(await transact([create({ name: 'Good' }), create({ type: 'contact' })])).toEqual({
      ...{ kind: 'refused', operation: 1, fault: 'CheckViolation', words: 'Contacts require a name' },
    });
    expect(await named('Good')).toEqual([]);
  });

  test('is not for endpoints that are paused, nor for users who were archived', async () => {
    const paused = await place.endpoint(clerk.id, [], { x_paused: true });
    await expect(transact([create({ name: 'x' })], {}, paused)).rejects.toMatchObject({ kind: 'validation' });
    const leaver = await place.employee('Leaver');
    const left = await place.endpoint(leaver.id);
    await place.odoo.execute('res.users', 'write', [[leaver.id], { active: false }]);
    await expect(transact([create({ name: 'x' })], {}, left)).rejects.toMatchObject({ kind: 'validation' });
  });

  test('is run for the service only, and for the database that is meant', async () => {
    const admin = createOdooClient({ ...place.odoo, ...place.odoo.admin });
    const payload = { database: place.databaseUuid, endpoint: clerk.endpoint, operations: [] };
    await expect(admin.procedure('viaduct_records.transact', payload)).rejects.toMatchObject({
      kind: 'access',
    });
    await admin.stop();
    const other = { ...payload, database: 'another', operations: [create({ name: 'Elsewhere' })] };
    const answer = await place.service.procedure(
      'viaduct_records.transact',
      JSON.parse(JSON.stringify(other)),
    );
    expect(answer).toMatchObject({ held: true, results: [] });
    expect(await named('Elsewhere')).toEqual([]);
  });
});

describe('the records that an operation means', () => {
  test('are never all by accident, and at most as many as were allowed', async () => {
    await transact([
      create({ name: 'Many', ref: 'm' }, { name: 'Many', ref: 'm' }, { name: 'Many', ref: 'm' }),
    ]);
    const domain = [['ref', '=', 'm']];
    expect(await transact([{ op: 'unlink', model, domain, max: 2 }])).toMatchObject({ fault: 'TooMany' });
    expect(await transact([{ op: 'unlink', model }])).toMatchObject({ fault: 'NoSelector' });
    expect(await transact([{ op: 'unlink', model, ids: [] }])).toMatchObject({ fault: 'NoSelector' });
    expect(await transact([{ op: 'unlink', model, domain, max: 3 }])).toMatchObject({ kind: 'done' });
    expect(await named('Many')).toEqual([]);
  });

  test('are left alone where one was changed since it was read', async () => {
    const id = await newContact('Watched');
    const read = async () => (await place.read(model, id, { write_date: z.string() }))?.write_date ?? '';
    const stamp = await read();
    const write = (name: string, ifMatch: string): TransactOperation => {
      return { op: 'write', model, ids: [id], values: { name }, ifMatch: { [String(id)]: ifMatch } };
    };
    const early = '2020-01-01 00:00:00';
    expect(await transact([write('Stale', early)])).toMatchObject({ fault: 'PreconditionFailed' });
    expect(await transact([write('Vague', stamp.slice(0, 10))])).toMatchObject({
      fault: 'PreconditionFailed',
    });
    expect(await transact([write('Fresh', `${stamp.replace(' ', 'T')}Z`)])).toMatchObject({ kind: 'done' });
    expect(await named('Fresh')).toEqual([id]);
  });
});

describe('a dry run', () => {
  test('says what would be, and leaves nothing behind', async () => {
    const id = await newContact('Dry');
    const before = await place.odoo.execute('mail.message', 'search_count', [[]]);
    const done = await transact(
      [
        create({ name: 'Would be' }),
        { op: 'write', model, ids: [id], values: { name: 'Would be too' } },
        { op: 'read', model, ids: [id], spec: { name: {} } },
        { op: 'upsert', model, key: ['ref'], values: [{ ref: 'dry', name: 'Would be three' }] },
      ],
      { dryRun: true, idempotency: { key: 'dry', fingerprint: 'a' } },
    );
    expect(done).toMatchObject({
      kind: 'done',
      results: [{}, {}, { records: [{ id, name: 'Would be too' }] }, {}],
    });
    expect(await place.search(model, [['name', 'like', 'Would be']])).toEqual([]);
    expect(await named('Dry')).toEqual([id]);
    expect(await place.odoo.execute('mail.message', 'search_count', [[]])).toBe(before);
    const real = await transact([create({ name: 'Is' })], { idempotency: { key: 'dry', fingerprint: 'b' } });
    expect(real).toMatchObject({ kind: 'done', replayed: false });
  });

  test('is refused for what would be refused', async () => {
    expect(await transact([create({ type: 'contact' })], { dryRun: true })).toMatchObject({
      kind: 'refused',
    });
  });
});

describe('an idempotency key', () => {
  const once = (key: string, name: string, fingerprint = 'a') =>
    transact([create({ name })], { idempotency: { key, fingerprint } });

  test('gives the first answer again, and refuses another request', async () => {
    const first = await once('k1', 'Once');
    expect(first).toMatchObject({ kind: 'done', replayed: false });
    expect(await once('k1', 'Once')).toEqual({ ...first, replayed: true });
    expect(await once('k1', 'Other', 'b')).toEqual({ kind: 'reused' });
    expect(await named('Once')).toHaveLength(1);
  });

  test('is free again after a refusal, and of another endpoint', async () => {
    expect(
      await transact([create({ type: 'contact' })], { idempotency: { key: 'k2', fingerprint: 'a' } }),
    ).toMatchObject({
      kind: 'refused',
    });
    expect(await once('k2', 'After all')).toMatchObject({ kind: 'done', replayed: false });
    const other = await place.endpoint(clerk.id);
    const again = await transact(
      [create({ name: 'Own key' })],
      { idempotency: { key: 'k2', fingerprint: 'b' } },
      other,
    );
    expect(again).toMatchObject({ kind: 'done', replayed: false });
  });

  test('of two requests at once makes one record', async () => {
    const answers = await Promise.all([once('k3', 'Race'), once('k3', 'Race')]);
    expect(await named('Race')).toHaveLength(1);
    expect(answers.map((answer) => answer.kind === 'done' && answer.replayed).sort()).toEqual([false, true]);
  });
});

describe('an upsert', () => {
  const upsert = (...values: { [field: string]: Json }[]) =>
    transact([{ op: 'upsert', model, key: ['ref'], values }]);
  const withRef = (ref: string) => place.search(model, [['ref', '=', ref]]);

  test('makes what is not there and changes what is, in the order given', async () => {
    const first = await upsert({ ref: 'u1', name: 'One' }, { ref: 'u2', name: 'Two' });
    if (first.kind !== 'done') throw new Error(JSON.stringify(first));
    const [one = 0, two = 0] = first.results[0]?.ids ?? [];
    expect(first.results[0]?.created).toEqual([one, two]);
    const next = await upsert(
      { ref: 'u3', name: 'Three' },
      { ref: 'u1', name: 'Uno' },
      { ref: 'u3', name: 'Tres' },
    );
    if (next.kind !== 'done') throw new Error(JSON.stringify(next));
    const [three = 0, again, third] = next.results[0]?.ids ?? [];
    expect([again, third, next.results[0]?.created]).toEqual([one, three, [three]]);
    expect([await named('Uno'), await named('Tres'), await withRef('u2')]).toEqual([[one], [three], [two]]);
  });

  test('tells records apart by several fields, relations and dates among them', async () => {
    const parent = await newContact('House');
    const values = [{ parent_id: parent, type: 'invoice', name: 'Desk' }];
    const operation: TransactOperation = { op: 'upsert', model, key: ['parent_id', 'type'], values };
    await transact([operation]);
    await transact([operation]);
    expect(await place.search(model, [['parent_id', '=', parent]])).toHaveLength(1);
  });

  test('is refused where its key means more than one record, or nothing', async () => {
    await newContact('A', { ref: 'same' });
    await newContact('B', { ref: 'same' });
    expect(await upsert({ ref: 'same', name: 'C' })).toMatchObject({ fault: 'Ambiguous' });
    expect(await upsert({ name: 'No key' })).toMatchObject({ fault: 'NoKey' });
    const byNothing: TransactOperation = { op: 'upsert', model, key: [], values: [{ name: 'a' }] };
    const byNone: TransactOperation = { ...byNothing, key: ['no_such_field'] };
    expect([await transact([byNothing]), await transact([byNone])]).toMatchObject([
      { fault: 'NoKey' },
      { fault: 'NoKey' },
    ]);
  });

  test('of two at once makes one record', async () => {
    const [one, two] = await Promise.all([
      upsert({ ref: 'race', name: 'A' }),
      upsert({ ref: 'race', name: 'B' }),
    ]);
    expect([one.kind, two.kind]).toEqual(['done', 'done']);
    expect(await withRef('race')).toHaveLength(1);
  });
});
