import type { Json } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import { badArgument, countOf, objectOf, textOf } from './arguments.ts';
import { contextOf } from './bind-arguments.ts';
import type { Caller } from './caller.ts';

const MOST_LEVELS = 5;

/**
 * Judges the specification of a `web_read` (web/models/models.py), what is asked of related records included. Gives it anew,
 * made of what was judged and nothing else.
 */
export function judgeSpecification(model: string, value: Json | undefined, caller: Caller): JsonObject {
  return judgeLevel(model, objectOf('specification', value), caller, 1);
}

function judgeLevel(model: string, fields: JsonObject, caller: Caller, level: number): JsonObject {
  if (level > MOST_LEVELS) throw badArgument(`specification may be ${MOST_LEVELS} levels deep`);
  const judged = Object.entries(fields).map(([name, asked]): [string, Json] => {
    if (name.includes('.')) throw badArgument(`specification takes no paths, as '${name}'`);
    const { relation } = caller.scope.field(model, name);
    return [name, judgeField(relation, objectOf(`specification of ${name}`, asked), caller, level)];
  });
  return Object.fromEntries(judged);
}

function judgeField(relation: string | null, asked: JsonObject, caller: Caller, level: number): JsonObject {
  const { fields, limit, order, context, ...other } = asked;
  const [unknown] = Object.keys(other);
  if (unknown !== undefined) throw badArgument(`specification has an unknown key '${unknown}'`);
  if (Object.keys(asked).length === 0) return {};
  if (relation === null) throw badArgument('specification asks for fields of what leads to no other record');
  caller.scope.model(relation, 'read');
  const wanted = textOf('order', order);
  if (wanted !== undefined) caller.scope.order(relation, wanted);
  const most = countOf('limit', limit);
  const judged = context === undefined ? undefined : contextOf(context, caller);
  return {
    ...(fields === undefined
      ? {}
      : { fields: judgeLevel(relation, objectOf('fields', fields), caller, level + 1) }),
    ...(most === undefined ? {} : { limit: most }),
    ...(wanted === undefined ? {} : { order: wanted }),
    ...(judged === undefined ? {} : { context: judged }),
  };
}
