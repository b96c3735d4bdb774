import type { Json } from '../../odoo/index.ts';
import { compose, idOf, isRelated } from '../payload/index.ts';
import { documentedFields } from './documents.ts';
import type { EventKind, EventType } from './event-types.ts';
import { OTHER_SAMPLE, SAMPLES } from './samples.ts';
import { deliveredName } from './types-of.ts';

/** What else was there before, by what happened; all other types show what the sample says. */
const OLD: { readonly [kind in EventKind]?: { readonly [field: string]: Json } } = {
  created: {},
  deleted: {},
  sent: {},
  validated: { state: 'draft' },
  cancelled: { state: 'posted' },
  converted: { type: 'lead' },
};
/** What the sample has another value for once this happened. */
const ROW: { readonly [kind in EventKind]?: { readonly [field: string]: Json } } = {
  cancelled: { state: 'cancel' },
  converted: { probability: 60, stage_id: { id: 3, name: 'Proposition' } },
};

/** The body of a delivery of this type, made as every body is. Generic types show one of a project task. */
export function exampleOf(type: EventType): Json {
  const { kind } = type;
  const model = type.model ?? OTHER_SAMPLE.model;
  const { at, readAt, row: sampleRow, old: sampleOld } = SAMPLES[model] ?? OTHER_SAMPLE;
  const row = { ...sampleRow, ...ROW[kind] };
  const stored = [...documentedFields(model), 'name', 'stage_id'].filter((field) =>
    Object.hasOwn(row, field),
  );
  const deleted = kind === 'deleted';
  const { payload } = compose({
    subscription: {
      ...{ model, payload: 'full', fieldList: '', template: '', static: '' },
      changeFields: type.model === null ? ['name', 'stage_id'] : [],
    },
    type: deliveredName(type, model, type.model === null ? 'stage_id' : null),
    event: {
      ...{ model, recordId: row.id, kind: kind === 'sent' ? 'manual' : 'record' },
      ...{ created: kind === 'created', deleted, old: { ...(OLD[kind] ?? sampleOld) } },
      new: deleted ? Object.fromEntries(stored.map((field) => [field, storedValue(row[field] ?? null)])) : {},
      ...{ userId: 12, at, ids: kind === 'sent' ? [row.id] : [] },
    },
    row: deleted ? null : row,
    readAt: deleted ? null : readAt,
  });
  return payload;
}

/** As a rule stores it: of a relation only the id. */
function storedValue(value: Json): Json {
  return isRelated(value) ? (idOf(value) ?? null) : value;
}
