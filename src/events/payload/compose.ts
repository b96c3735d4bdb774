import { documentedFields } from '../catalogue/documents.ts';
import { hasOldValues, kindOf } from '../catalogue/event-types.ts';
import type { OutboxEvent } from '../outbox/event.ts';
import { rowAtCommit } from './at-commit.ts';
import { documentedMembers, lineMembers, type Member } from './documented-data.ts';
import { fillForRecords, hasRecords, type Variables } from './fill-records.ts';
import type { JsonObject } from './json-text.ts';
import { listedMembers } from './listed-data.ts';
import { oldValues } from './old-values.ts';
import { type PayloadPlan, type PayloadSettings, payloadPlan } from './payload-plan.ts';
import { plainValue, type Row } from './values.ts';

export type ComposeInput = {
  subscription: PayloadSettings;
  /** As delivered: `sale.order.updated`. */
  type: string;
  event: Omit<OutboxEvent, 'key' | 'origin' | 'subscriptionId' | 'found'>;
  /** The record as it was read with the rights of the subscription’s user; null where there is none any more. */
  row: Row | null;
  /** The records that a person sent, in his order; without it the one of `row`. */
  rows?: readonly Row[];
  /** When the row was read, as `2025-01-22T10:30:00Z`, or null when nothing was. */
  readAt: string | null;
};

export type Composed = {
  payload: JsonObject;
  /** Paths of a template that lead nowhere. */
  missing: string[];
};

type Work = ComposeInput & { plan: PayloadPlan; old: JsonObject; onMissing: (path: string) => void };

/** The body of a delivery, as JSON text. Throws `payload-invalid` for what an administrator has to change. */
export function composeBody(input: ComposeInput): string {
  return JSON.stringify(compose(input).payload);
}

/** The payload of a delivery, and what its template asked for in vain. Throws `payload-invalid`. */
export function compose(input: ComposeInput): Composed {
  const { event, row, rows } = input;
  const plan = payloadPlan(input.subscription);
  const missing = new Set<string>();
  const isManual = event.kind === 'manual';
  const views = isManual ? (rows ?? (row === null ? [] : [row])) : [rowAtCommit(event, row)];
  const old = hasOldValues(kindOf(input.type)) && !isManual ? oldValues(event, views[0] ?? {}) : {};
  const work = { ...input, plan, old, onMissing: (path: string) => void missing.add(path) };
  const body = isManual ? manualBody(work, views) : recordBody(work, views);
  // Copied as entries: an assignment to `__proto__` would be no member.
  const payload = Object.fromEntries([...Object.entries(body), ...Object.entries(plan.static)]);
  return { payload, missing: [...missing] };
}

function recordBody(work: Work, views: readonly Row[]): JsonObject {
  if (work.plan.kind === 'template') return filled(work, work.plan.template, views);
  return { ...head(work), data: Object.fromEntries(dataOf(work, views[0] ?? {})), ...readingOf(work) };
}

/** What a person sent, one record or many: always in the shape for many, so that a receiver has one to read. */
function manualBody(work: Work, views: readonly Row[]): JsonObject {
  const { plan, event } = work;
  const count = { model: event.model, count: views.length };
  if (plan.kind === 'thin') return { ...head(work), ...count, ids: views.map((view) => view['id'] ?? null) };
  if (plan.kind === 'template') {
    if (hasRecords(plan.template)) return { ...count, ...filled(work, plan.template, views) };
    if (views.length === 1) return filled(work, plan.template, views);
    return { ...count, records: views.map((view) => filled(work, plan.template, [view])) };
  }
  const records = views.map((view) => Object.fromEntries(dataOf(work, view)));
  return { ...head(work), ...count, records, ...readingOf(work) };
}

function head({ type, event }: Work): JsonObject {
  return { event: type, timestamp: event.at };
}

function readingOf({ plan, row, rows, readAt }: Work): JsonObject {
  const wasRead = plan.kind !== 'thin' && readAt !== null && (row !== null || rows !== undefined);
  return wasRead ? { read_at: readAt } : {};
}

function dataOf(work: Work, view: Row): Member[] {
  const { plan, event, old } = work;
  const olds: Member[] = Object.keys(old).length === 0 ? [] : [['old_values', old]];
  const id: Member = ['id', view['id'] ?? null];
  if (plan.kind === 'fields') return [id, ...listedMembers(plan.fields, view), ...olds];
  if (plan.kind !== 'full') return [id];
  const { document } = plan;
  const extras = extraMembers(work, view);
  if (document === null) return [id, ...extras, ...olds];
  const { lines } = document;
  const isGone = work.row === null && event.kind === 'record';
  const shownLines = lines === null || isGone ? [] : lineMembers(lines, view);
  return [...documentedMembers(document, view, isGone), ...extras, ...olds, ...shownLines];
}

/** What an administrator chose beside the documented fields; of a model without a document that is all there is. */
function extraMembers({ plan, event }: Work, view: Row): Member[] {
  const shown = new Set(['id', ...documentedFields(event.model)]);
  const wanted = plan.kind === 'full' && plan.document === null ? ['display_name'] : [];
  return [...wanted, ...plan.extraFields]
    .filter((field) => !shown.has(field) && Object.hasOwn(view, field))
    .map((field) => [field, plainValue(view[field])]);
}

function filled(work: Work, template: JsonObject, views: readonly Row[]): JsonObject {
  return fillForRecords(template, views, { variables: variablesOf(work), onMissing: work.onMissing });
}

function variablesOf({ type, event, readAt, old }: Work): Variables {
  return {
    ...{ _event: type, _timestamp: event.at, _read_at: readAt, _model: event.model },
    ...{ _user_id: event.userId, _old: old },
  };
}
