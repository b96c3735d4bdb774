import { z } from 'zod';
import { type Json, OdooError } from '../../odoo/index.ts';
import { isId, isList, isObject, type JsonObject } from '../scope/json.ts';
import { RecordsError } from '../scope/records-error.ts';
import type { Scope } from '../scope/scope.ts';
import type { Transaction, TransactOperation } from '../transaction.ts';
import { incomingDomain, incomingValues } from './incoming.ts';
import { outgoing, type Shape } from './outgoing.ts';
import type { Acting } from './reading.ts';
import { carryOut, type Done, type Transact } from './transacting.ts';

/** How a change is made: seen but not done, done once for one key, or only where nothing changed since. */
export type ChangeOptions = {
  context?: Json | undefined;
  dryRun?: boolean | undefined;
  idempotency?: Transaction['idempotency'] | undefined;
};

export type Change =
  | { op: 'create'; model: string; values: Json }
  | {
      op: 'write';
      model: string;
      selector: Json;
      values: Json;
      ifMatch?: Readonly<Record<string, string>> | undefined;
    }
  | { op: 'unlink'; model: string; selector: Json; ifMatch?: Readonly<Record<string, string>> | undefined }
  | { op: 'upsert'; model: string; key: Json; values: Json }
  | { op: 'read'; model: string; ids: Json; fields: Json };

/** `ids` of what was made, changed or deleted, in the order asked; `created` says which of an upsert are new. */
export type Changed = { ids: number[]; created?: boolean[]; records?: JsonObject[]; replayed?: boolean };

export type ChangingParts = { scope: Scope; acting: Acting; transact: Transact; shape: Shape };

const MOST_OPERATIONS = 100;
const Ids = z.union([
  z.array(z.number().int()),
  z
    .number()
    .int()
    .transform((id) => [id]),
]);

/**
 * One change. What is a single step in Odoo goes out as one plain call; a domain, a dry run, an Idempotency-Key, a condition or an
 * upsert as one procedure in one transaction.
 */
export async function changeRecords(
  parts: ChangingParts,
  change: Change,
  options: ChangeOptions = {},
): Promise<Changed> {
  const operation = judgedOperation(parts.scope, change, false);
  const context = parts.scope.context(options.context);
  const isPlain =
    options.dryRun !== true && options.idempotency == null && !('ifMatch' in operation && operation.ifMatch);
  const answer = isPlain ? await callPlainly(parts, operation, context) : null;
  if (answer !== null) return answer;
  const { results, replayed } = await transactWith(parts, [operation], options);
  const [result] = results;
  if (result === undefined) throw new RecordsError({ code: 'not-possible', message: 'Odoo gave no result.' });
  return { ...changedOf(parts, change, result), replayed };
}

/** Several changes and readings in one transaction; `{"$ref": "0.id"}` stands for what an earlier one gave. */
export async function changeTogether(
  parts: ChangingParts,
  changes: readonly Change[],
  options: ChangeOptions = {},
): Promise<{ results: Changed[]; replayed: boolean }> {
  if (changes.length === 0 || changes.length > MOST_OPERATIONS) {
    const message = `There are ${changes.length} operations; a batch has 1 to ${MOST_OPERATIONS}.`;
    throw new RecordsError({ code: 'invalid-operations', message });
  }
  const operations = changes.map((change, index) => {
    try {
      return judgedOperation(parts.scope, change, true);
    } catch (error) {
      if (!(error instanceof RecordsError)) throw error;
      const { code, model, field, message } = error;
      throw new RecordsError({ code, model, field, message: `Operation ${index}: ${message}` });
    }
  });
  const { results, replayed } = await transactWith(parts, operations, options);
  const told = changes.map((change, index) => changedOf(parts, change, results[index] ?? { ids: [] }));
  return { results: told, replayed };
}

async function transactWith(
  { scope, transact }: ChangingParts,
  operations: readonly TransactOperation[],
  { context, dryRun = false, idempotency = null }: ChangeOptions,
): Promise<Done> {
  return await carryOut(transact, { operations, context: scope.context(context), dryRun, idempotency });
}

/** The operation as it goes to Odoo. Throws what the scope refuses. */
function judgedOperation(scope: Scope, change: Change, refs: boolean): TransactOperation {
  const { model, op } = change;
  switch (op) {
    case 'create': {
      const values = recordsOf(scope, model, change.values);
      for (const each of values) scope.values(model, each, 'create', { refs });
      return { op, model, values };
    }
    case 'write': {
      const values = incomingValues(scope, model, change.values);
      scope.values(model, values, 'write', { refs });
      if (!isObject(values)) throw notValues(model);
      return { op, model, values, ...chosen(scope, model, change, refs) };
    }
    case 'unlink':
      scope.model(model, 'unlink');
      return { op, model, ...chosen(scope, model, change, refs) };
    case 'upsert':
      return upsertOf(scope, change, refs);
    case 'read': {
      const { ids, fields } = change;
      const spec = scope.spec(model, fields);
      return { op, model, ids: isRef(ids, refs) ? ids : idsOf(scope, model, ids), spec: spec satisfies Json };
    }
  }
}

function upsertOf(
  scope: Scope,
  { model, key, values }: Change & { op: 'upsert' },
  refs: boolean,
): TransactOperation {
  scope.model(model, 'create');
  scope.model(model, 'write');
  if (
    !isList(key) ||
    key.length === 0 ||
    key.length > 5 ||
    !key.every((field) => typeof field === 'string')
  ) {
    throw new RecordsError({
      code: 'invalid-values',
      message: `An upsert of ${model} needs "key": one to five fields.`,
      model,
    });
  }
  const fields = key.filter((field) => typeof field === 'string');
  for (const field of fields) scope.field(model, field);
  const records = recordsOf(scope, model, values);
  for (const each of records) {
    scope.values(model, each, 'create', { refs });
    const lacking = fields.find((field) => each[field] === undefined || each[field] === '' || !each[field]);
    if (lacking === undefined) continue;
    const message = `A record for ${model} has no ${lacking}, by which it would be found.`;
    throw new RecordsError({ code: 'invalid-values', message, model, field: lacking });
  }
  return { op: 'upsert', model, key: fields, values: records };
}

function recordsOf(scope: Scope, model: string, values: Json): JsonObject[] {
  const records = isList(values) ? values : [values];
  const { maxRecords } = scope.endpoint;
  if (records.length === 0 || records.length > maxRecords) {
    const message = `There are ${records.length} records of ${model}; one call takes 1 to ${maxRecords}.`;
    throw new RecordsError({ code: 'too-many-records', message, model });
  }
  return records.map((record) => {
    const incoming = incomingValues(scope, model, record);
    if (isObject(incoming)) return incoming;
    throw notValues(model);
  });
}

function chosen(
  scope: Scope,
  model: string,
  { selector, ifMatch }: { selector: Json; ifMatch?: Readonly<Record<string, string>> | undefined },
  refs: boolean,
) {
  const condition = ifMatch === undefined ? {} : { ifMatch };
  const ids = isObject(selector) ? selector['ids'] : undefined;
  if (isRef(ids, refs) && ids !== undefined) return { ids, ...condition };
  const judged = scope.selector(model, selector);
  if ('ids' in judged) return { ids: judged.ids, ...condition };
  const { maxRecords } = scope.endpoint;
  return { domain: incomingDomain(scope, model, judged.domain), max: maxRecords, ...condition };
}

function isRef(value: Json | undefined, refs: boolean): boolean {
  if (!refs || !isObject(value)) return false;
  return Object.keys(value).length === 1 && /^\d{1,3}\.ids?$/.test(String(value['$ref']));
}

function idsOf(scope: Scope, model: string, ids: Json): readonly number[] {
  const judged = scope.selector(model, { ids });
  return 'ids' in judged ? judged.ids : [];
}

/** The operation as a plain call, or null where it takes more than one step. */
async function callPlainly(
  { acting }: ChangingParts,
  operation: TransactOperation,
  context: JsonObject,
): Promise<Changed | null> {
  const { op, model } = operation;
  if (op === 'create') {
    const ids = Ids.safeParse(
      await acting.call(model, 'create', [operation.values], { kwargs: { context } }),
    );
    if (ids.success) return { ids: ids.data };
    throw new OdooError({
      kind: 'protocol',
      outcome: 'unknown',
      message: `Odoo told no ids of what it made in ${model}.`,
    });
  }
  if ((op !== 'write' && op !== 'unlink') || operation.domain !== undefined) return null;
  const ids = isList(operation.ids) ? operation.ids.filter(isId) : [];
  const rest = op === 'write' ? [operation.values] : [];
  await acting.call(model, op, [ids, ...rest], { kwargs: { context } });
  return { ids };
}

function changedOf(
  { scope, shape }: ChangingParts,
  change: Change,
  { ids, created, records }: Done['results'][number],
): Changed {
  if (change.op === 'upsert') {
    const made = new Set(created ?? []);
    // What follows in the same request finds what the first one made.
    return { ids, created: ids.map((id) => made.delete(id)) };
  }
  if (change.op !== 'read') return { ids };
  const spec = scope.spec(change.model, change.fields);
  const told = (records ?? []).map(outgoing({ scope, shape }, change.model, spec));
  return { ids, records: told };
}

function notValues(model: string): RecordsError {
  return new RecordsError({
    code: 'invalid-values',
    message: `The values for ${model} are no object of fields.`,
    model,
  });
}
