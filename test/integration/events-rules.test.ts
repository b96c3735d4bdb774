import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { idOf } from '../support/external-id.ts';
import { makeEmployee } from '../support/odoo-users.ts';
import { type OutboxOdoo, startOutbox } from '../support/outbox.ts';

let outbox: OutboxOdoo;

const Id = z.number();
const Many = z.tuple([Id, z.string()]);

beforeAll(async () => {
  outbox = await startOutbox();
});

afterAll(() => outbox?.dispose());

const execute = (model: string, method: string, ...args: unknown[]) =>
  outbox.odoo.execute(model, method, args);

async function rules(model: string) {
  const domain = [['x_model', '=', model]];
  const fields = ['x_fields', 'x_automation_id', 'x_unlink_automation_id'];
  const [watch] = z
    .array(
      z.object({
        x_fields: z.string(),
        x_automation_id: Many.or(z.literal(false)),
        x_unlink_automation_id: Many.or(z.literal(false)),
      }),
    )
    .parse(await execute('x_viaduct_watch', 'search_read', domain, fields));
  const rule = watch?.x_automation_id || undefined;
  const triggers = await execute(
    'ir.model.fields',
    'search_read',
    [['id', 'in', rule === undefined ? [] : await triggersOf(rule[0])]],
    ['name'],
  );
  return {
    triggers: z
      .array(z.object({ name: z.string() }))
      .parse(triggers)
      .map(({ name }) => name)
      .toSorted(),
    kept: z.array(z.string()).parse(JSON.parse(watch?.x_fields ?? '[]')),
    hasRule: rule !== undefined,
    seesDeletions: Boolean(watch?.x_unlink_automation_id),
  };
}

async function triggersOf(rule: number): Promise<number[]> {
  const rows = await execute('base.automation', 'read', [rule], ['trigger_field_ids']);
  return z.array(z.object({ trigger_field_ids: z.array(Id) })).parse(rows)[0]?.trigger_field_ids ?? [];
}

/** Changes of these cost Odoo a second, and reload it in every worker. */
async function written(): Promise<unknown> {
  const options = { context: { active_test: false }, order: 'id' };
  return outbox.odoo.execute('base.automation', 'search_read', [[], ['name', 'write_date']], options);
}

const fieldIds = async (model: string, names: readonly string[]) =>
  z.array(Id).parse(
    await execute('ir.model.fields', 'search', [
      ['model', '=', model],
      ['name', 'in', names],
    ]),
  );

describe('rules', () => {
  test('are made of what the subscriptions of a model need together, and only once', async () => {
    const phone = await outbox.subscribe('res.partner', ['*.updated'], {
      x_field_ids: [[6, 0, await fieldIds('res.partner', ['phone', 'image_1920'])]],
      x_domain: "[('country_id.code', '=', 'FR')]",
      x_payload: 'fields',
      x_fields: '["name", "parent_id.name"]',
    });
    await outbox.sync();
    expect(await rules('res.partner')).toEqual({
      triggers: ['country_id', 'phone'],
      kept: ['company_id', 'country_id', 'name', 'parent_id', 'phone', 'user_id'],
      ...{ hasRule: true, seesDeletions: false },
    });
    const before = await written();
    expect(await outbox.sync()).toEqual([]);
    await execute('x_viaduct_subscription', 'write', [phone], { x_paused: true });
    expect(await outbox.sync()).toEqual([]);
    expect(await written()).toEqual(before);

    const gone = await outbox.subscribe('res.partner', ['res.partner.deleted', 'res.partner.created']);
    await outbox.sync();
    const both = await rules('res.partner');
    expect(both).toMatchObject({ triggers: ['country_id', 'phone'], seesDeletions: true });
    expect(both.kept).toEqual(expect.arrayContaining(['email', 'phone', 'vat']));

    await execute('x_viaduct_subscription', 'write', [phone], { x_active: false });
    await outbox.sync();
    expect(await rules('res.partner')).toMatchObject({ triggers: ['id'], seesDeletions: true });
    await execute('x_viaduct_subscription', 'unlink', [gone]);
    expect(await outbox.sync()).toEqual(['no longer watches res.partner']);
    expect(await rules('res.partner')).toMatchObject({ hasRule: false, kept: [] });
    expect(JSON.stringify(await written())).not.toContain('(res.partner)');
  });

  test('of a state watch that field alone, of any update all of them', async () => {
    await outbox.subscribe('crm.lead', ['crm.lead.won', 'crm.lead.converted']);
    const any = await outbox.subscribe('res.partner.bank', ['*.updated', '*.sent']);
    await outbox.sync();
    expect((await rules('crm.lead')).triggers).toEqual(['probability', 'stage_id', 'type']);
    const all = await rules('res.partner.bank');
    expect(all.triggers).toEqual([]);
    expect(all.kept).toEqual(expect.arrayContaining(['acc_number', 'partner_id', 'sequence']));
    expect(all.kept).not.toContain('write_date');
    const partner = await outbox.create('res.partner', { name: 'Holder' });
    const account = await outbox.create('res.partner.bank', {
      acc_number: 'DK5000400440116243',
      partner_id: partner,
    });
    await outbox.taken();
    await execute('res.partner.bank', 'write', [account], { sequence: 7 });
    await execute('res.partner.bank', 'write', [account], { sequence: 7 });
    expect(await outbox.taken()).toMatchObject([{ old: { sequence: 10 }, new: { sequence: 7 } }]);
    await execute('x_viaduct_subscription', 'unlink', [any]);
    await outbox.sync();
  });

  test('tell of the fields that were asked for, alone or beside others, and of no other', async () => {
    const phone = await outbox.subscribe('res.partner', ['*.updated'], {
      x_field_ids: [[6, 0, await fieldIds('res.partner', ['phone'])]],
      x_payload: 'fields',
      x_fields: '["city"]',
    });
    await outbox.sync();
    const id = await outbox.create('res.partner', { name: 'Asked', city: 'Lyon', phone: '1' });
    await outbox.taken();
    const write = (values: object) => execute('res.partner', 'write', [id], values);
    await write({ city: 'Nice' });
    expect(await outbox.taken()).toEqual([]);
    await write({ phone: '2', city: 'Paris' });
    expect(await outbox.taken()).toMatchObject([
      { recordId: id, old: { phone: '1', city: 'Nice' }, new: { phone: '2', city: 'Paris' } },
    ]);
    await execute('x_viaduct_subscription', 'unlink', [phone]);
    await outbox.sync();
  });

  test('are not made for Viaduct’s own models, nor by what is only sent by hand', async () => {
    await outbox.subscribe('x_viaduct_event', ['*.created']);
    await outbox.subscribe('res.partner.category', ['*.sent']);
    expect(await outbox.sync()).toEqual([]);
  });
});

describe('payloads', () => {
  const name = { name: {} };

  test('are read with the rights of the subscription’s user: records, fields and companies', async () => {
    const login = (
      await makeEmployee(outbox.odoo, { name: 'Rita Reader', groups: ['sales_team.group_sale_salesman'] })
    ).login;
    const [reader] = z.tuple([Id]).parse(await execute('res.users', 'search', [['login', '=', login]]));
    const subscription = await outbox.subscribe('sale.order', ['sale.order.created', 'sale.order.deleted'], {
      x_user_id: reader,
    });
    await outbox.sync();
    const customer = await outbox.create('res.partner', { name: 'Customer' });
    await outbox.taken();
    const own = await outbox.create('sale.order', { partner_id: customer, user_id: reader });
    const other = await outbox.create('sale.order', { partner_id: customer });
    const events = await outbox.taken();
    expect(events.map(({ recordId }) => recordId)).toEqual([own, other]);
    expect(await outbox.build(subscription, events, name)).toMatchObject({
      ...{ error: null, matched: [0] },
      rows: { [own]: { id: own, name: expect.stringMatching(/^S\d+/) } },
    });

    const company = await outbox.create('res.company', { name: 'Elsewhere' });
    await execute('x_viaduct_subscription', 'write', [subscription], { x_company_id: company });
    const refused = await outbox.build(subscription, events, name);
    expect(refused).toMatchObject({ matched: [], rows: {}, error: expect.stringMatching(/compan/i) });
    await execute('x_viaduct_subscription', 'write', [subscription], { x_company_id: false });

    const forbidden = await outbox.build(subscription, events, {
      partner_id: { fields: { signup_type: {} } },
    });
    expect(forbidden?.error).not.toBeNull();
    expect(forbidden?.rows).toEqual({});

    await execute('sale.order', 'unlink', [own, other]);
    const gone = await outbox.taken();
    expect(gone.map(({ recordId, deleted }) => [recordId, deleted])).toEqual([
      [own, true],
      [other, true],
    ]);
    expect(await outbox.build(subscription, gone, name)).toEqual({ error: null, matched: [0], rows: {} });
    // What was told of them before can no longer be read either.
    expect(await outbox.build(subscription, events, name)).toMatchObject({
      error: null,
      matched: [0],
      rows: {},
    });
  });

  test('have the id alone of a record that the reader may not see, and all else', async () => {
    const { login } = await makeEmployee(outbox.odoo, { name: 'Nora Near' });
    const [reader] = z.tuple([Id]).parse(await execute('res.users', 'search', [['login', '=', login]]));
    const subscription = await outbox.subscribe('res.partner', ['res.partner.created'], {
      x_user_id: reader,
    });
    await outbox.sync();
    const elsewhere = await outbox.create('res.company', { name: 'Far away' });
    const hidden = await outbox.create('res.partner', { name: 'Hidden', company_id: elsewhere });
    const seen = await outbox.create('res.partner', { name: 'Seen' });
    await outbox.taken();
    const children = [
      await outbox.create('res.partner', { name: 'Of the hidden', parent_id: hidden, company_id: false }),
      await outbox.create('res.partner', { name: 'Of the seen', parent_id: seen }),
    ];
    await execute('res.partner', 'write', children, { company_id: false });
    const events = (await outbox.taken()).filter(({ created }) => created);
    const built = await outbox.build(subscription, events, { ...name, parent_id: { fields: { name: {} } } });
    expect(built).toMatchObject({
      error: null,
      rows: {
        [children[0] ?? 0]: { name: 'Of the hidden', parent_id: hidden },
        [children[1] ?? 0]: { name: 'Of the seen', parent_id: { id: seen, name: 'Seen' } },
      },
    });
  });

  test('go by the values of the event where there is a filter', async () => {
    const subscription = await outbox.subscribe('res.partner', ['res.partner.updated'], {
      x_domain: "[('city', '=', 'Lyon'), ('country_id.code', '=', 'FR'), ('create_uid', '!=', False)]",
    });
    await outbox.sync();
    const partner = await outbox.create('res.partner', {
      name: 'Moving',
      country_id: await idOf(outbox.odoo, 'base.fr'),
    });
    await outbox.taken();
    for (const city of ['Lyon', 'Nice']) await execute('res.partner', 'write', [partner], { city });
    const events = await outbox.taken();
    expect(
      await outbox.build(subscription, events, {
        city: {},
        country_id: { fields: { code: {} } },
        write_date: {},
      }),
    ).toMatchObject({
      ...{ error: null, matched: [0] },
      rows: {
        [partner]: {
          city: 'Nice',
          country_id: { code: 'FR' },
          write_date: expect.stringMatching(/^20.*T.*Z$/),
        },
      },
    });
    await execute('x_viaduct_subscription', 'write', [subscription], {
      x_domain: "[('no_such_field', '=', 1)]",
    });
    const wrong = await outbox.build(subscription, events, name);
    expect(wrong).toMatchObject({ matched: [], error: expect.stringContaining('no_such_field') });
  });

  test('are not read in another database', async () => {
    const answer = await outbox.service.procedure('viaduct_events.build', { database: 'another', wants: [] });
    expect(answer).toMatchObject({ held: true, wants: [] });
    await outbox.create('res.partner', { name: 'Kept', city: 'Lyon' });
    const held = await outbox.service.procedure('viaduct_events.drain', {
      database: 'another',
      done: [],
      limit: 9,
    });
    expect(held).toMatchObject({ held: true, events: [], nothing: [] });
  });
});
