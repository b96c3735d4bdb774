import type { Json } from '../../odoo/index.ts';
import { isKeptByOdoo } from './closed.ts';
import { type FieldMeta, type FieldsOfModels, isToMany } from './field-meta.ts';
import { isEmpty, isId, isList, isObject, isScalar, type JsonObject } from './json.ts';
import { endOf, type FieldJudge } from './judge-fields.ts';
import { expectedPlain } from './plain-values.ts';
import { quoted, RecordsError } from './records-error.ts';

const MOST_DEPTH = 5;
const MOST_COMMANDS = 10_000;

/** How values are judged: `refs` where `{"$ref": "0.id"}` may stand for an id that an earlier operation gives. */
export type ValuesOptions = { refs?: boolean };

type Parts = {
  judge: FieldJudge;
  fields: FieldsOfModels;
  refs: boolean;
  budget: { commands: number };
};
type Place = { model: string; field: string; meta: FieldMeta; depth: number };

/** Refuses values that hold a field which the endpoint has not, or a command into records that it may not change so. */
export function judgeValues(
  parts: { judge: FieldJudge; fields: FieldsOfModels },
  model: string,
  values: Json | undefined,
  right: 'create' | 'write',
  { refs = false }: ValuesOptions = {},
): void {
  judgeRecord({ ...parts, refs, budget: { commands: MOST_COMMANDS } }, model, values, right, 1);
}

function judgeRecord(
  parts: Parts,
  model: string,
  values: Json | undefined,
  right: 'create' | 'write',
  depth: number,
): void {
  const { judge, fields } = parts;
  judge.right(model, right);
  if (depth > MOST_DEPTH) throw invalid(model, `are nested deeper than ${MOST_DEPTH} levels`);
  if (!isObject(values)) throw invalid(model, `are ${quoted(values)}; expected an object of fields`);
  for (const [field, value] of Object.entries(values)) {
    if (isKeptByOdoo(field)) throw invalid(model, `hold ${field}, which Odoo keeps itself`, field);
    const meta = judge.own(model, field);
    judgeOtherName(judge, fields, model, field, meta);
    judgeValue(parts, { model, field, meta, depth }, value);
  }
}

/** What is written to another name of a field goes into that field's own record, and asks for that right there. */
function judgeOtherName(
  judge: FieldJudge,
  fields: FieldsOfModels,
  model: string,
  field: string,
  { related, readonly }: FieldMeta,
): void {
  if (related == null || readonly) return;
  const end = endOf(fields, model, field, related);
  if (end?.isPart || judge.callable(model).fieldsMode === 'only') return;
  if (end === null) {
    throw invalid(model, `hold ${field}, which is ${related} of a model that this endpoint has not`, field);
  }
  judge.right(end.model, 'write');
  judge.own(end.model, end.field);
}

function judgeValue(parts: Parts, place: Place, value: Json): void {
  const { model, field, meta } = place;
  if (isToMany(meta.type)) {
    judgeToMany(parts, place, value);
    return;
  }
  switch (meta.type) {
    case 'many2one':
    case 'many2one_reference':
      if (value === 0 || isEmpty(value) || isId(value) || isRef(parts, value)) return;
      throw invalid(
        model,
        `hold ${quoted(value)} for ${field}; expected the id of one record, or null`,
        field,
      );
    case 'reference':
      if (isEmpty(value) || (typeof value === 'string' && /^[a-z0-9_.]+,[1-9]\d*$/.test(value))) return;
      throw invalid(model, `hold ${quoted(value)} for ${field}; expected "<model>,<id>", or null`, field);
    case 'properties':
      // A list could change the definition of the properties, which belongs to another record.
      if (isEmpty(value) || isPlainObject(value)) return;
      throw invalid(
        model,
        `hold ${quoted(value)} for ${field}; expected an object of names and values`,
        field,
      );
    case 'json':
    case 'serialized':
      return;
    case 'properties_definition':
      // It is what the properties of other records are made of.
      if (parts.judge.callable(model).fieldsMode === 'only') return;
      throw invalid(model, `hold ${field}, which has to be named by the endpoint to be changed`, field);
    default:
      judgePlain(place, value);
  }
}

function judgePlain({ model, field, meta }: Place, value: Json): void {
  const expected = expectedPlain(meta.type, value);
  if (expected !== null)
    throw invalid(model, `hold ${quoted(value)} for ${field}; expected ${expected}`, field);
}

function judgeToMany(parts: Parts, place: Place, value: Json): void {
  const { model, field, meta } = place;
  const { budget } = parts;
  if (meta.relation === null) throw invalid(model, `hold ${field}, which leads to no model`, field);
  const relation = { ...place, other: meta.relation };
  if (isEmpty(value) || isRef(parts, value)) {
    judgeTakenAway(parts, relation);
    return;
  }
  if (!isList(value)) throw invalid(model, `hold ${quoted(value)} for ${field}; expected a list`, field);
  budget.commands -= value.length;
  if (budget.commands < 0) throw invalid(model, `hold more than ${MOST_COMMANDS} commands`, field);
  if (value.length > 0 && !value.some(isList)) {
    judgeReplaced(parts, relation, value);
    return;
  }
  for (const command of value) {
    if (!isList(command)) throw invalid(model, `mix ids and commands in ${field}`, field);
    judgeCommand(parts, relation, command);
  }
}

type Relation = Place & { other: string };

function judgeCommand(parts: Parts, relation: Relation, command: readonly Json[]): void {
  const { judge } = parts;
  const { other, depth, meta } = relation;
  const [code, id, third] = command;
  const isOne = isId(id) || isRef(parts, id);
  const isBare = command.length <= 3 && (third === undefined || third === 0 || isEmpty(third));
  switch (code) {
    case 0:
      if (command.length !== 3 || !isScalar(id)) throw notCommand(relation, command);
      judgeRecord(parts, other, third, 'create', depth + 1);
      return;
    case 1:
      if (command.length !== 3 || !isOne) throw notCommand(relation, command);
      judgeRecord(parts, other, third, 'write', depth + 1);
      return;
    case 2:
    case 3:
    case 4:
      if (!isBare || !isOne) throw notCommand(relation, command);
      if (code === 2) judge.right(other, 'unlink');
      else if (code === 3) judgeTakenAway(parts, relation);
      else if (meta.type === 'one2many') judge.right(other, 'write');
      return;
    case 5:
      if (!command.slice(1).every((each) => each === 0 || isEmpty(each))) throw notCommand(relation, command);
      judgeTakenAway(parts, relation);
      return;
    case 6:
      if (command.length !== 3 || !isScalar(id)) throw notCommand(relation, command);
      judgeReplaced(parts, relation, third);
      return;
    default:
      throw notCommand(relation, command);
  }
}

/** Taking lines from a record deletes those that cannot be without it; what is only linked stays as it is. */
function judgeTakenAway({ judge }: Parts, { meta, other }: Relation): void {
  if (meta.type !== 'one2many') return;
  judge.right(other, 'write');
  judge.right(other, 'unlink');
}

function judgeReplaced(parts: Parts, relation: Relation, ids: Json | undefined): void {
  const { model, field } = relation;
  if (!isIds(parts, ids))
    throw invalid(model, `hold ${quoted(ids)} in ${field} where ids are expected`, field);
  judgeTakenAway(parts, relation);
}

function isIds(parts: Parts, value: Json | undefined): boolean {
  return isRef(parts, value) || (isList(value) && value.every((id) => isId(id) || isRef(parts, id)));
}

/** What an earlier operation of the same batch gives. */
function isRef({ refs }: Parts, value: Json | undefined): boolean {
  if (!refs || !isObject(value)) return false;
  return Object.keys(value).length === 1 && /^\d{1,3}\.ids?$/.test(String(value['$ref']));
}

function isPlainObject(value: Json): value is JsonObject {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([name, each]) =>
      /^[a-z0-9_]+$/.test(name) && (isScalar(each) || (isList(each) && each.every(isPlainItem))),
  );
}

/** A record of a property that leads to one, or the name of a tag. */
function isPlainItem(value: Json): boolean {
  return isScalar(value) || (isList(value) && value.every(isScalar));
}

function notCommand({ model, field }: Place, command: Json): RecordsError {
  const forms = '[0, 0, {…}], [1, id, {…}], [2, id], [3, id], [4, id], [5] and [6, 0, [ids]]';
  return invalid(model, `hold ${quoted(command)} in ${field}; commands are ${forms}`, field);
}

function invalid(model: string, why: string, field?: string): RecordsError {
  return new RecordsError({
    code: 'invalid-values',
    message: `The values for ${model} ${why}.`,
    model,
    field,
  });
}
