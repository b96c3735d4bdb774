import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';
import { isKeptByOdoo } from '../scope/closed.ts';
import { isToMany } from '../scope/field-meta.ts';
import { isId, isList, isObject, type JsonObject } from '../scope/json.ts';
import { RecordsError } from '../scope/records-error.ts';
import type { Scope } from '../scope/scope.ts';
import type { Acting } from './reading.ts';

export type CallRequest = {
  model: string;
  method: string;
  ids?: Json | undefined;
  args?: Json | undefined;
  kwargs?: Json | undefined;
  context?: Json | undefined;
};

/** The id of a server action by its external id; null where there is none. Asked as the service. */
export type FindAction = (externalId: string) => Promise<number | null>;

export type CallingParts = { scope: Scope; acting: Acting; findAction: FindAction };

/** Calls a method that the endpoint names, on records or on the model itself, as the endpoint's user. */
export async function callMethod({ scope, acting }: CallingParts, request: CallRequest): Promise<Json> {
  const { model, method, args = [], kwargs = {} } = request;
  scope.method(model, method, kwargs);
  if (!isList(args)) throw invalidArguments(model, `${method} takes positional arguments as a list`);
  const ids = idsOf(scope, model, request.ids);
  const named = isObject(kwargs) ? kwargs : {};
  const context = scope.context(request.context);
  return await acting.call(model, method, [ids, ...args], { kwargs: { ...named, context } });
}

/** Runs a server action that the endpoint names, on records, as the endpoint's user. */
export async function runAction(
  { scope, acting, findAction }: CallingParts,
  request: { model: string; action: string; ids?: Json | undefined; context?: Json | undefined },
): Promise<Json> {
  const { model, action } = request;
  scope.action(model, action);
  const ids = idsOf(scope, model, request.ids);
  const [, number] = /^action:(\d+)$/.exec(action) ?? [];
  const id = number === undefined ? await findAction(action) : Number(number);
  if (id === null) {
    throw new RecordsError({
      code: 'record-missing',
      message: `Odoo has no server action ${action}.`,
      model,
    });
  }
  const context = {
    ...scope.context(request.context),
    ...{ active_model: model, active_ids: ids, active_id: ids[0] ?? false },
  };
  return await acting.call('ir.actions.server', 'run', [[id]], { kwargs: { context } });
}

/** What is known of the fields that the endpoint has, and the user may see: `{type, string, required, readonly, selection, …}`. */
export async function describeFields(
  { scope, acting }: CallingParts,
  { model, context }: { model: string; context?: Json | undefined },
): Promise<{ [field: string]: JsonObject }> {
  scope.model(model, 'read');
  const attributes = ['type', 'string', 'help', 'required', 'readonly', 'selection', 'relation', 'store'];
  const answer = await acting.call(model, 'fields_get', [], {
    kwargs: { allfields: scope.fields(model), attributes, context: scope.context(context) },
    idempotent: true,
  });
  const described = z.record(z.string(), z.record(z.string(), z.custom<Json>())).parse(answer);
  const names = new Set(scope.fields(model));
  return Object.fromEntries(Object.entries(described).filter(([name]) => names.has(name)));
}

/** The values that a new record begins with, of fields that the endpoint may give. */
export async function defaultValues(
  { scope, acting }: CallingParts,
  { model, fields, context }: { model: string; fields?: Json | undefined; context?: Json | undefined },
): Promise<JsonObject> {
  scope.model(model, 'create');
  const wanted = fields === undefined ? scope.fields(model).filter((name) => !isKeptByOdoo(name)) : fields;
  if (!isList(wanted) || !wanted.every((name) => typeof name === 'string')) {
    throw invalidArguments(model, 'the fields are no list of names');
  }
  for (const name of wanted) scope.field(model, String(name));
  const answer = await acting.call(model, 'default_get', [wanted], {
    kwargs: { context: scope.context(context) },
    idempotent: true,
  });
  const values = z.record(z.string(), z.custom<Json>()).parse(answer);
  const asked = new Set(wanted);
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => asked.has(name) && isForEndpoint(scope, model, name, value),
    ),
  );
}

/** Defaults for lines hold values of another model. */
function isForEndpoint(scope: Scope, model: string, field: string, value: Json): boolean {
  if (!isToMany(scope.meta(model, field)?.type ?? '')) return true;
  try {
    scope.values(model, { [field]: value }, 'create');
    return true;
  } catch (error) {
    if (error instanceof RecordsError) return false;
    throw error;
  }
}

function idsOf({ endpoint: { maxRecords } }: Scope, model: string, ids: Json | undefined): number[] {
  if (ids === undefined || ids === null) return [];
  if (!isList(ids) || !ids.every(isId)) throw invalidArguments(model, 'the ids are no list of ids');
  if (ids.length <= maxRecords) return [...ids];
  const message = `${ids.length} records of ${model} are named; this endpoint takes at most ${maxRecords} at a time.`;
  throw new RecordsError({ code: 'too-many-records', message, model });
}

function invalidArguments(model: string, why: string): RecordsError {
  return new RecordsError({ code: 'invalid-arguments', message: `On ${model}, ${why}.`, model });
}
