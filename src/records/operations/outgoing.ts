import type { Json } from '../../odoo/index.ts';
import { type FieldMeta, isToMany } from '../scope/field-meta.ts';
import { isEmpty, isList, isObject, type JsonObject } from '../scope/json.ts';
import type { WebSpec } from '../scope/read-spec.ts';
import type { Scope } from '../scope/scope.ts';
import { isoMoment } from './dates.ts';

/** How values are told: `v1` has null for what is empty and moments in ISO 8601, `odoo` leaves them as Odoo has them. */
export type Shape = 'v1' | 'odoo';

/**
 * Tells records as `web_read` gave them in the shape that callers get: a relation is `{"id": n}`, several are ids or objects. What is
 * known of the fields is looked up once for all records.
 */
export function outgoing(
  parts: { scope: Scope; shape: Shape },
  model: string,
  spec: WebSpec,
): (record: JsonObject) => JsonObject {
  const tellers = Object.entries(spec).flatMap(([field, { fields }]) => {
    const meta = parts.scope.meta(model, field);
    return meta === undefined ? [] : [[field, tellerOf(parts, meta, fields)] as const];
  });
  return (record) => {
    const told: { [field: string]: Json } = { id: record['id'] ?? null };
    for (const [field, tell] of tellers) {
      const value = record[field];
      if (value !== undefined) told[field] = tell(value);
    }
    return told;
  };
}

function tellerOf(
  parts: { scope: Scope; shape: Shape },
  meta: FieldMeta,
  fields: WebSpec | undefined,
): (value: Json) => Json {
  const { type, relation } = meta;
  const isSeveral = isToMany(type);
  if (relation === null || (type !== 'many2one' && !isSeveral))
    return (value) => plain(parts.shape, meta, value);
  const other = outgoing(parts, relation, fields ?? {});
  const one = (item: Json): JsonObject =>
    isObject(item) ? other(item) : { id: isList(item) ? (item[0] ?? null) : item };
  if (!isSeveral) return (value) => (isEmpty(value) || value === 0 ? nothing(parts.shape) : one(value));
  return (value) => {
    if (!isList(value)) return [];
    return fields === undefined ? value : value.map(one);
  };
}

function plain(shape: Shape, { type }: FieldMeta, value: Json): Json {
  if (type === 'properties') return properties(value);
  if (shape === 'odoo') return value;
  if (type === 'boolean') return value;
  if (type === 'many2one_reference' && value === 0) return null;
  if (value === false) return null;
  return type === 'datetime' && typeof value === 'string' ? isoMoment(value) : value;
}

/** Properties by their names; of records that they lead to only the ids, because their names are those of any model. */
function properties(value: Json): Json {
  if (!isList(value)) return isObject(value) ? value : {};
  return Object.fromEntries(
    value
      .filter(isObject)
      .map(({ name, type, value: held = null }) => [String(name), withoutNames(type, held)]),
  );
}

function withoutNames(type: Json | undefined, value: Json): Json {
  if (type === 'many2one') return isList(value) ? (value[0] ?? false) : value;
  if (type === 'many2many')
    return isList(value) ? value.map((each) => (isList(each) ? (each[0] ?? false) : each)) : value;
  return value;
}

function nothing(shape: Shape): Json {
  return shape === 'v1' ? null : false;
}
