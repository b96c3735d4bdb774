import { describe, expect, test } from 'vitest';
import { documentedFields } from './documents.ts';
import { DOCUMENTED_TYPES } from './event-types.ts';
import { typesOf } from './types-of.ts';

type Change = Parameters<typeof typesOf>[0];
type Chosen = Parameters<typeof typesOf>[1];

const nothing: Change = {
  ...{ model: 'sale.order', kind: 'record', created: false, deleted: false },
  ...{ old: {}, new: {}, found: false },
};

/** The types of a change for a subscription that chose all of its model, or some others. */
function told(change: Partial<Change>, chosen: Partial<Chosen> = {}): string[] {
  const model = change.model ?? 'sale.order';
  const events = DOCUMENTED_TYPES.filter((type) => type.model === model).map(({ name }) => name);
  return typesOf({ ...nothing, ...change }, { model, events, changeFields: [], stateField: null, ...chosen });
}

describe('the types of an event', () => {
  test.each<[string, Partial<Change>, string[]]>([
    ['a new order', { created: true, new: { state: 'draft' } }, ['sale.order.created']],
    [
      'an order made and confirmed at once',
      { created: true, new: { state: 'sale' } },
      ['sale.order.created', 'sale.order.state.changed'],
    ],
    [
      'an order made and confirmed at once, its first state told',
      { created: true, old: { state: 'draft' }, new: { state: 'sale' } },
      ['sale.order.created', 'sale.order.state.changed'],
    ],
    [
      'a new order of which nothing was there before',
      { created: true, old: { state: null }, new: { state: 'draft' } },
      ['sale.order.created'],
    ],
    [
      'a confirmed order',
      { old: { state: 'draft' }, new: { state: 'sale' } },
      ['sale.order.updated', 'sale.order.state.changed'],
    ],
    ['another total', { old: { amount_total: 1 }, new: { amount_total: 2 } }, ['sale.order.updated']],
    ['another line', { old: { order_line: [1] }, new: { order_line: [1, 2] } }, ['sale.order.updated']],
    ['a field that nobody documents', { old: { note: 'a' }, new: { note: 'b' } }, []],
    ['nothing new', { old: { state: 'sale' }, new: { state: 'sale' } }, []],
    ['a deleted order', { deleted: true, old: { state: 'draft' }, new: {} }, ['sale.order.deleted']],
    ['an order that came and went', { created: true, deleted: true }, []],
    ['an order that the reconciler found', { found: true }, ['sale.order.updated']],
    ['a new order that the reconciler found', { found: true, created: true }, ['sale.order.created']],
    [
      'an invoice that is posted',
      { model: 'account.move', old: { state: 'draft' }, new: { state: 'posted' } },
      ['account.move.validated', 'account.move.updated'],
    ],
    [
      'an invoice made and posted at once',
      { model: 'account.move', created: true, new: { state: 'posted' } },
      ['account.move.created', 'account.move.validated'],
    ],
    [
      'a posted invoice whose due date changes',
      {
        model: 'account.move',
        old: { invoice_date_due: '2025-01-01' },
        new: { state: 'posted', invoice_date_due: '2025-02-01' },
      },
      ['account.move.updated'],
    ],
    [
      'a cancelled invoice',
      { model: 'account.move', old: { state: 'posted' }, new: { state: 'cancel' } },
      ['account.move.updated', 'account.move.cancelled'],
    ],
    [
      'a posted invoice that the reconciler found',
      { model: 'account.move', found: true, new: { state: 'posted' } },
      ['account.move.updated'],
    ],
    [
      'a lead that becomes an opportunity',
      { model: 'crm.lead', old: { type: 'lead' }, new: { type: 'opportunity' } },
      ['crm.lead.updated', 'crm.lead.converted'],
    ],
    [
      'a new opportunity',
      { model: 'crm.lead', created: true, new: { type: 'opportunity' } },
      ['crm.lead.created'],
    ],
    [
      'a lead that is won',
      { model: 'crm.lead', old: { probability: 99.9 }, new: { probability: 100 } },
      ['crm.lead.updated', 'crm.lead.won'],
    ],
    [
      'a lead that is moved to a stage that is won',
      { model: 'crm.lead', old: { stage_id: 1 }, new: { stage_id: 4, probability: 100 } },
      ['crm.lead.updated', 'crm.lead.won'],
    ],
    [
      'a lead that is moved to another stage',
      { model: 'crm.lead', old: { stage_id: 1 }, new: { stage_id: 2, probability: 30 } },
      ['crm.lead.updated'],
    ],
    [
      'a won lead of which something else changes',
      { model: 'crm.lead', old: { phone: null }, new: { phone: '1', probability: 100 } },
      ['crm.lead.updated'],
    ],
    [
      'a lead made and won at once',
      { model: 'crm.lead', created: true, new: { probability: 100 } },
      ['crm.lead.created', 'crm.lead.won'],
    ],
    [
      'a contact with another country',
      { model: 'res.partner', old: { country_id: 1 }, new: { country_id: 2 } },
      ['res.partner.updated'],
    ],
  ])('are right for %s', (_, change, expected) => {
    expect(told(change)).toEqual(expected);
  });

  test('are only those that were chosen', () => {
    const confirmed = { old: { state: 'draft' }, new: { state: 'sale' } };
    expect(told(confirmed, { events: ['sale.order.state.changed'] })).toEqual(['sale.order.state.changed']);
    expect(told(confirmed, { events: [] })).toEqual([]);
    expect(told(confirmed, { events: ['account.move.updated', 'unknown'] })).toEqual([]);
  });

  test('of any model have the model in their names, each once', () => {
    const events = ['*.created', '*.updated', '*.deleted', '*.changed', 'sale.order.updated'];
    const change = { model: 'project.task', old: { stage_id: 1 }, new: { stage_id: 2 } };
    expect(told(change, { events, stateField: 'stage_id' })).toEqual([
      'project.task.updated',
      'project.task.stage_id.changed',
    ]);
    expect(told({ old: { state: 'a' }, new: { state: 'b' } }, { events })).toEqual([
      'sale.order.updated',
      'sale.order.state.changed',
    ]);
    expect(told({ model: 'project.task', created: true }, { events })).toEqual(['project.task.created']);
    expect(told({ model: 'project.task', deleted: true }, { events })).toEqual(['project.task.deleted']);
  });

  test('count an update only where one of the chosen fields changed', () => {
    const change = { old: { note: 'a' }, new: { note: 'b' } };
    expect(told(change, { changeFields: ['note'] })).toEqual(['sale.order.updated']);
    expect(told(change, { changeFields: ['state'] })).toEqual([]);
    expect(told({ ...change, model: 'project.task' }, { events: ['*.updated'] })).toEqual([
      'project.task.updated',
    ]);
  });

  test('are none for another model, and "sent" for what a person sends', () => {
    expect(
      typesOf(
        { ...nothing, created: true },
        { model: 'crm.lead', events: ['*.created'], changeFields: [], stateField: null },
      ),
    ).toEqual([]);
    expect(told({ kind: 'manual' }, { events: [] })).toEqual(['sale.order.sent']);
  });
});

test('the documented fields are those that a rule can keep', () => {
  expect(documentedFields('sale.order')).toEqual([
    ...[
      'name',
      'state',
      'partner_id',
      'amount_total',
      'amount_untaxed',
      'amount_tax',
      'date_order',
      'user_id',
    ],
  ]);
  expect(documentedFields('res.partner')).not.toContain('company_type');
  expect(documentedFields('project.task')).toEqual([]);
});
