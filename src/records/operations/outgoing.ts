import type { Json } from '../../odoo/index.ts';
import { type FieldMeta, isToMany } from '../scope/field-meta.ts';
import { isEmpty, isList, isObject, type JsonObject } from '../scope/json.ts';
import type { WebSpec } from '../scope/read-spec.ts';
import type { Scope } from '../scope/scope.ts';
import { isoMoment } from './dates.ts';

/** How values are told: `v1` has null for what is empty and moments in ISO 8601, `odoo` leaves them as Odoo has them. */
export type Shape = 'v1' | 'odoo';

/** A record as `web_read` gave it, in the shape that callers get: a relation is `{"id": n}`, several are ids or objects. */
export function outgoingRecord(
  { scope, shape }: { scope: Scope; shape: Shape },
  model: string,
  record: JsonObject,
  spec: WebSpec,
): JsonObject {
  const told: { [field: string]: Json } = { id: record['id'] ?? null };
  for (const [field, { fields }] of Object.entries(spec)) {
    const meta = scope.meta(model, field);
    const value = record[field];
    if (meta === undefined || value === undefined) continue;
    told[field] =
      meta.relation !== null && (meta.type === 'many2one' || isToMany(meta.type))
        ? related({ scope, shape }, meta.relation, meta.type, value, fields)
        : plain(shape, meta, value);
  }
  return told;
}

function related(
  parts: { scope: Scope; shape: Shape },
  relation: string,
  type: string,
  value: Json,
  fields: WebSpec | undefined,
): Json {
  const one = (item: Json): JsonObject => {
    if (isObject(item)) return outgoingRecord(parts, relation, item, fields ?? {});
    return { id: isList(item) ? (item[0] ?? null) : item };
  };
  if (type === 'many2one') return isEmpty(value) || value === 0 ? nothing(parts.shape) : one(value);
  if (!isList(value)) return [];
  return fields === undefined ? value : value.map(one);
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
