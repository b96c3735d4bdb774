import { isDeepStrictEqual } from 'node:util';
import { unreachable } from '../../errors.ts';
import type { OutboxEvent } from '../outbox/event.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { updatingFields } from './documents.ts';
import { EVENT_TYPES, type EventKind, type EventType } from './event-types.ts';

type Change = Pick<OutboxEvent, 'model' | 'kind' | 'created' | 'deleted' | 'old' | 'new' | 'found'>;
type Chosen = Pick<Subscription, 'model' | 'events' | 'changeFields' | 'stateField'>;

/** The state of sales orders and accounting entries that somebody has just made. */
const FIRST_STATE = 'draft';
const WON_PROBABILITY = 100;

/**
 * Which of its chosen types an event is for a subscription, by their names as they are delivered (`*.created` becomes
 * `res.partner.created`). May be several, and none. Decided by what the transaction changed alone: what stood there before
 * and was not touched never counts as news.
 */
export function typesOf(event: Change, subscription: Chosen): string[] {
  if (event.model !== subscription.model) return [];
  if (event.kind === 'manual') return [`${event.model}.sent`];
  const chosen = EVENT_TYPES.filter(
    ({ name, model }) => subscription.events.includes(name) && (model === null || model === event.model),
  );
  const happened = chosen.filter(({ kind }) => isKind(kind, event, subscription));
  return [...new Set(happened.map((type) => deliveredName(type, event.model, subscription.stateField)))];
}

/** The name of a type as it is delivered for a model. */
export function deliveredName({ name, model, kind }: EventType, ofModel: string, stateField: string | null) {
  if (model !== null) return name;
  return kind === 'changed' ? `${ofModel}.${stateField ?? 'state'}.changed` : `${ofModel}.${kind}`;
}

function isKind(kind: EventKind, event: Change, subscription: Chosen): boolean {
  switch (kind) {
    case 'created':
      return event.created && !event.deleted;
    case 'deleted':
      return event.deleted && !event.created;
    case 'updated':
      return !event.created && !event.deleted && (event.found || hasNewValue(event, subscription));
    case 'changed':
      return !event.deleted && hasNewState(event, subscription.stateField ?? 'state');
    case 'validated':
      return !event.deleted && reached(event, 'state', (state) => state === 'posted');
    case 'cancelled':
      return !event.deleted && reached(event, 'state', (state) => state === 'cancel');
    case 'converted':
      return !event.deleted && event.old['type'] === 'lead' && event.new['type'] === 'opportunity';
    case 'won':
      return !event.deleted && (reached(event, 'probability', isWon) || wasMovedToWon(event));
    case 'sent':
      return false;
    default:
      return unreachable(kind);
  }
}

function isWon(probability: unknown): boolean {
  return typeof probability === 'number' && probability >= WON_PROBABILITY;
}

/**
 * Odoo raises the probability itself while it writes a stage that is won (crm.lead, method `write`), and a rule is told what
 * was there before only of what was asked to be written. From one such stage to another it counts again.
 */
function wasMovedToWon(event: Change): boolean {
  const isTold = Object.hasOwn(event.old, 'probability');
  return !isTold && differs(event, 'stage_id') && isWon(event.new['probability']);
}

function hasNewValue(event: Change, { model, changeFields }: Chosen): boolean {
  const watched = changeFields.length > 0 ? changeFields : updatingFields(model);
  const changed = Object.keys(event.old).filter((field) => differs(event, field));
  return watched.length === 0 ? changed.length > 0 : changed.some((field) => watched.includes(field));
}

/** Whether the transaction put another value in a field. Of a record that it made, nothing stood there before. */
export function differs({ old, new: now }: Pick<Change, 'old' | 'new'>, field: string): boolean {
  if (!Object.hasOwn(old, field)) return false;
  return !Object.hasOwn(now, field) || !isDeepStrictEqual(old[field], now[field]);
}

/** Of a record made in the same transaction only what moved on is news: an order that was confirmed at once. */
function hasNewState(event: Change, field: string): boolean {
  if (event.created && (event.old[field] ?? null) === null) {
    const state = event.new[field];
    return field === 'state' && typeof state === 'string' && state !== FIRST_STATE;
  }
  return Object.hasOwn(event.new, field) && differs(event, field);
}

/** Whether a field became what it was not, in this transaction. */
function reached(event: Change, field: string, isIt: (value: unknown) => boolean): boolean {
  if (!isIt(event.new[field])) return false;
  return Object.hasOwn(event.old, field) ? !isIt(event.old[field]) : event.created;
}
