/** What can happen to a record; `changed` is a change of its state field, `sent` a person’s doing. */
export const EVENT_KINDS = [
  ...(['created', 'updated', 'deleted', 'changed', 'sent'] as const),
  ...(['validated', 'cancelled', 'converted', 'won'] as const),
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One type of the catalogue: of a model, or of any (`model` is null). */
export type EventType = { name: string; model: string | null; kind: EventKind; help: string };

/** The documented types, each with a payload of its own. */
export const DOCUMENTED_TYPES: readonly EventType[] = [
  {
    name: 'sale.order.created',
    model: 'sale.order',
    kind: 'created',
    help: 'A quotation or order was made.',
  },
  {
    ...{ name: 'sale.order.updated', model: 'sale.order', kind: 'updated' },
    help: 'One of the chosen or documented fields changed.',
  },
  {
    ...{ name: 'sale.order.state.changed', model: 'sale.order', kind: 'changed' },
    help: 'The order has another state than before, for example `sale` instead of `draft`.',
  },
  { name: 'sale.order.deleted', model: 'sale.order', kind: 'deleted', help: 'The order was deleted.' },
  {
    ...{ name: 'account.move.created', model: 'account.move', kind: 'created' },
    help: 'An invoice, a bill, a credit note or a journal entry was made; `move_type` tells which.',
  },
  {
    ...{ name: 'account.move.validated', model: 'account.move', kind: 'validated' },
    help: 'It was posted: its state became `posted`.',
  },
  {
    ...{ name: 'account.move.updated', model: 'account.move', kind: 'updated' },
    help: 'One of the chosen or documented fields changed.',
  },
  {
    ...{ name: 'account.move.cancelled', model: 'account.move', kind: 'cancelled' },
    help: 'It was cancelled: its state became `cancel`.',
  },
  { name: 'res.partner.created', model: 'res.partner', kind: 'created', help: 'A contact was made.' },
  {
    ...{ name: 'res.partner.updated', model: 'res.partner', kind: 'updated' },
    help: 'One of the chosen or documented fields changed.',
  },
  { name: 'res.partner.deleted', model: 'res.partner', kind: 'deleted', help: 'The contact was deleted.' },
  {
    ...{ name: 'crm.lead.created', model: 'crm.lead', kind: 'created' },
    help: 'A lead or an opportunity was made.',
  },
  {
    ...{ name: 'crm.lead.updated', model: 'crm.lead', kind: 'updated' },
    help: 'One of the chosen or documented fields changed.',
  },
  {
    ...{ name: 'crm.lead.converted', model: 'crm.lead', kind: 'converted' },
    help: 'A lead became an opportunity.',
  },
  {
    ...{ name: 'crm.lead.won', model: 'crm.lead', kind: 'won' },
    help: 'It was won: its probability reached 100.',
  },
];

/** The types for any model; what is delivered has the model in the place of `*`. */
export const GENERIC_TYPES: readonly EventType[] = [
  { name: '*.created', model: null, kind: 'created', help: 'A record was made.' },
  {
    ...{ name: '*.updated', model: null, kind: 'updated' },
    help: 'One of the chosen fields changed; without a choice any stored field.',
  },
  { name: '*.deleted', model: null, kind: 'deleted', help: 'The record was deleted.' },
  {
    ...{ name: '*.changed', model: null, kind: 'changed' },
    help: 'The state field of the subscription has another value; delivered as `project.task.stage_id.changed`.',
  },
  {
    ...{ name: '*.sent', model: null, kind: 'sent' },
    help: 'A person, a button or a rule sent records; always delivered to the subscription that was meant.',
  },
];

export const EVENT_TYPES: readonly EventType[] = [...DOCUMENTED_TYPES, ...GENERIC_TYPES];

const KINDS: ReadonlySet<string> = new Set(EVENT_KINDS);

/** What a type’s name says happened, as `won` of `crm.lead.won`; null for a name that ends in no known word. */
export function kindOf(type: string): EventKind | null {
  const last = type.slice(type.lastIndexOf('.') + 1);
  return isKind(last) ? last : null;
}

function isKind(word: string): word is EventKind {
  return KINDS.has(word);
}

/** Whether the payload shows what was there before: updates and changes of state do, as in the documents. */
export function hasOldValues(kind: EventKind | null): boolean {
  return kind === 'updated' || kind === 'changed';
}
