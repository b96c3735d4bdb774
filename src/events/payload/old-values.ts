import type { Json } from '../../odoo/index.ts';
import { documentOf } from '../catalogue/documents.ts';
import { differs } from '../catalogue/types-of.ts';
import type { OutboxEvent } from '../outbox/event.ts';
import type { JsonObject } from './json-text.ts';
import { documentedValue, plainValue, type Row } from './values.ts';

/**
 * What stood in the fields that changed, of those that the row has: reading it asked for the user’s rights. Documented fields
 * are written as in the document; of lines nobody knows how they were.
 */
export function oldValues(event: Pick<OutboxEvent, 'model' | 'old' | 'new'>, row: Row): JsonObject {
  const document = documentOf(event.model);
  const documented = document?.fields ?? [];
  const changed = Object.keys(row).filter(
    (field) => field !== 'id' && field !== document?.lines?.field && differs(event, field),
  );
  return Object.fromEntries(
    changed.map((field): [string, Json] => {
      const known = documented.find((member) => member.of === undefined && member.field === field);
      const value = event.old[field];
      return [field, known === undefined ? plainValue(value) : documentedValue(known.kind, value)];
    }),
  );
}
