import type { Json } from '../../odoo/index.ts';
import type { OutboxEvent } from '../outbox/event.ts';
import { isJsonList } from './json-text.ts';
import { idOf, isRelated, type Row } from './values.ts';

/**
 * A record as the transaction of the event left it: what was stored with the event, over what was read since. Only fields that
 * were read are there, because reading asked for the rights of the subscription’s user. Of a relation that points elsewhere
 * since, only the id is known. A record that is gone cannot be read: there it is what the event stored, or as much of it as
 * `row` has, if there is one. (Odoo answers for such an event only if its user might have seen the record.)
 */
export function rowAtCommit(event: Pick<OutboxEvent, 'new' | 'recordId'>, row: Row | null): Row {
  if (row === null) return storedRow(event);
  return Object.fromEntries([
    ['id', event.recordId],
    ...Object.entries(row).flatMap(([field, read]): [string, Json][] => {
      if (field === 'id') return [];
      const stored = event.new[field];
      return [[field, stored === undefined || !Object.hasOwn(event.new, field) ? read : over(read, stored)]];
    }),
  ]);
}

function over(read: Json, stored: Json): Json {
  if (isJsonList(read)) return read;
  const isRelation = isRelated(read) || (read === false && typeof stored === 'number');
  if (!isRelation) return stored ?? false;
  if (stored === null || stored === false) return false;
  return idOf(read) === stored ? read : { id: stored };
}

/** By the names that Odoo gives its relations: what was stored tells only numbers. */
function storedRow({ new: stored, recordId }: Pick<OutboxEvent, 'new' | 'recordId'>): Row {
  return Object.fromEntries([
    ['id', recordId],
    ...Object.entries(stored).flatMap(([field, value]): [string, Json][] => {
      if (field === 'id') return [];
      if (field.endsWith('_id') && typeof value === 'number') return [[field, { id: value }]];
      if (field.endsWith('_ids') && isJsonList(value)) return [[field, value.map((id) => ({ id }))]];
      return [[field, value ?? false]];
    }),
  ]);
}
