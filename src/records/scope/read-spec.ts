import type { Json } from '../../odoo/index.ts';
import { type FieldMeta, isRelation, isToMany } from './field-meta.ts';
import { isList, isObject, type JsonObject } from './json.ts';
import type { FieldJudge } from './judge-fields.ts';
import { judgeOrder } from './judge-order.ts';
import { quoted, RecordsError } from './records-error.ts';

/**
 * Which fields are read: a list of names, of paths (`partner_id.name`) and of objects that name the fields of a relation
 * (`{"partner_id": ["name"]}`, or `{"order_line": {"fields": ["name"], "limit": 5, "order": "id desc"}}`).
 */
export type FieldSpec = readonly Json[];

/** What `web_read` and `web_search_read` take. `id` is always read and never in it. */
export type WebSpec = {
  [field: string]: { fields?: WebSpec; order?: string; limit?: number };
};

const MOST_DEPTH = 5;
const MOST_FIELDS = 500;

type Reading = { judge: FieldJudge; budget: { fields: number } };

/** The specification for `web_read`; throws `invalid-fields` or `field-not-allowed`. */
export function readSpec(judge: FieldJudge, model: string, fields: Json | undefined): WebSpec {
  judge.right(model, 'read');
  const spec: WebSpec = {};
  addFields({ judge, budget: { fields: MOST_FIELDS } }, model, fields, spec, 1);
  return spec;
}

function addFields(
  reading: Reading,
  model: string,
  fields: Json | undefined,
  spec: WebSpec,
  depth: number,
): void {
  if (depth > MOST_DEPTH) throw invalid(model, `go deeper than ${MOST_DEPTH} relations`);
  if (!isList(fields)) throw invalid(model, `are ${quoted(fields)}; expected a list such as ["name"]`);
  for (const item of fields) {
    if (typeof item === 'string') addPath(reading, model, item, spec, depth);
    else if (isObject(item)) {
      for (const [field, sub] of Object.entries(item)) addRelation(reading, model, field, sub, spec, depth);
    } else throw invalid(model, `hold ${quoted(item)}; expected names of fields, or objects of relations`);
  }
}

function addPath(reading: Reading, model: string, path: string, spec: WebSpec, depth: number): void {
  const dot = path.indexOf('.');
  if (dot !== -1) {
    addRelation(reading, model, path.slice(0, dot), [path.slice(dot + 1)], spec, depth);
    return;
  }
  count(reading, model);
  reading.judge.own(model, path);
  if (path !== 'id') spec[path] ??= {};
}

function addRelation(
  reading: Reading,
  model: string,
  field: string,
  sub: Json,
  spec: WebSpec,
  depth: number,
): void {
  count(reading, model);
  const meta = reading.judge.own(model, field);
  if (!isRelation(meta) || meta.relation === null) {
    throw invalid(model, `ask for fields of ${field}, which leads to no other record`, field);
  }
  reading.judge.right(meta.relation, 'read');
  const { fields, order, limit } = partsOf(
    reading.judge,
    { model, field, meta, relation: meta.relation },
    sub,
  );
  spec[field] ??= {};
  const entry = spec[field];
  entry.fields ??= {};
  addFields(reading, meta.relation, fields, entry.fields, depth + 1);
  if (order !== undefined) entry.order = order;
  if (limit !== undefined) entry.limit = limit;
}

type Parts = { fields: Json; order?: string; limit?: number };
type Relation = { model: string; field: string; meta: FieldMeta; relation: string };

function partsOf(judge: FieldJudge, { model, field, meta, relation }: Relation, sub: Json): Parts {
  if (!isObject(sub)) return { fields: sub };
  const { fields = [], order, limit, ...others } = sub satisfies JsonObject;
  const [strange] = Object.keys(others);
  if (strange !== undefined) {
    throw invalid(
      model,
      `hold ${quoted(strange)} for ${field}; expected "fields", "order" and "limit"`,
      field,
    );
  }
  const parts: Parts = { fields };
  if (order === undefined && limit === undefined) return parts;
  if (!isToMany(meta.type)) throw invalid(model, `sort or limit ${field}, which is one record`, field);
  if (order !== undefined) {
    if (typeof order !== 'string') throw invalid(model, `have an order of ${field} that is no text`, field);
    judgeOrder(judge, relation, order);
    parts.order = order;
  }
  if (limit !== undefined) {
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) {
      throw invalid(model, `have a limit of ${field} that is no whole number from 1`, field);
    }
    parts.limit = limit;
  }
  return parts;
}

function count({ budget }: Reading, model: string): void {
  budget.fields -= 1;
  if (budget.fields < 0) throw invalid(model, `are more than ${MOST_FIELDS}`);
}

function invalid(model: string, why: string, field?: string): RecordsError {
  return new RecordsError({
    code: 'invalid-fields',
    message: `The fields of ${model} ${why}.`,
    model,
    field,
  });
}
