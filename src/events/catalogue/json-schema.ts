import type { Json } from '../../odoo/index.ts';
import { type DocumentedField, documentedFields, documentOf, type ValueKind } from './documents.ts';
import { type EventType, hasOldValues } from './event-types.ts';

type Schema = { readonly [keyword: string]: Json };

const KINDS: { readonly [kind in ValueKind]: Schema } = {
  integer: { type: 'integer' },
  number: { type: ['number', 'null'] },
  text: { type: ['string', 'null'] },
  boolean: { type: 'boolean' },
  date: { type: ['string', 'null'], format: 'date' },
  datetime: { type: ['string', 'null'], format: 'date-time' },
  relation: { type: ['integer', 'null'], description: 'The id in Odoo.' },
};
const MOMENT: Schema = { type: 'string', format: 'date-time' };

/** The schema (draft 2020-12) of the full payload of a type, without what a subscription adds to it. */
export function schemaOf(type: EventType): Schema {
  const { name, model, kind, help } = type;
  const event =
    model === null
      ? { type: 'string', pattern: `^[a-z0-9_.]+\\.${kind}$` }
      : { const: name, description: 'The type of the event.' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:viaduct:event:${name.replace('*', 'any')}`,
    title: name,
    description: help,
    type: 'object',
    required: ['event', 'timestamp', ...(kind === 'sent' ? ['model', 'count', 'records'] : ['data'])],
    properties: {
      event,
      timestamp: { ...MOMENT, description: 'When the transaction began in Odoo.' },
      ...(kind === 'sent' ? recordsSchema() : { data: dataSchema(type) }),
      read_at: { ...MOMENT, description: 'When Odoo was read for what the event itself did not hold.' },
    },
  };
}

function recordsSchema(): Schema {
  return {
    model: { type: 'string' },
    count: { type: 'integer', minimum: 0 },
    records: { type: 'array', items: anyData() },
  };
}

function anyData(): Schema {
  return { type: 'object', required: ['id'], properties: { id: KINDS.integer } };
}

function dataSchema(type: EventType): Schema {
  const { model, kind } = type;
  const document = model === null ? null : documentOf(model);
  if (document === null) {
    const olds = hasOldValues(kind) ? { old_values: { type: 'object' } } : {};
    return { ...anyData(), properties: { id: KINDS.integer, ...olds } };
  }
  const { fields, lines } = document;
  // Of a deleted record only what the event holds is known.
  const required =
    kind === 'deleted'
      ? ['id']
      : [
          ...fields.filter(({ optional }) => optional !== true).map(({ key }) => key),
          ...(lines === null ? [] : [lines.key]),
        ];
  return {
    type: 'object',
    required,
    properties: {
      ...members(fields),
      ...(hasOldValues(kind) ? { old_values: oldSchema(document.model, fields) } : {}),
      ...(lines === null ? {} : { [lines.key]: { type: 'array', items: lineSchema() } }),
    },
  };
}

function members(fields: readonly DocumentedField[]): Schema {
  return Object.fromEntries(fields.map(({ key, kind }) => [key, KINDS[kind]]));
}

function oldSchema(model: string, fields: readonly DocumentedField[]): Schema {
  const stored = new Set(documentedFields(model));
  return {
    type: 'object',
    description: 'What stood in the fields that changed. Only there when something did.',
    properties: members(fields.filter(({ of, field }) => of === undefined && stored.has(field))),
  };
}

function lineSchema(): Schema {
  const properties = {
    ...{ product_id: KINDS.relation, product_name: KINDS.text, quantity: KINDS.number },
    ...{ price_unit: KINDS.number, price_subtotal: KINDS.number },
  };
  return { type: 'object', required: Object.keys(properties), properties };
}
