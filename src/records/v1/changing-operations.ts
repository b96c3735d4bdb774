import type { Json } from '../../odoo/index.ts';
import type { Changed } from '../operations/changing.ts';
import { odooMoment } from '../operations/dates.ts';
import { isList, isObject } from '../scope/json.ts';
import { RecordsError } from '../scope/records-error.ts';
import { isSet, operation, type Told, type V1Operation } from './operation.ts';
import { queryContext } from './query-json.ts';
import {
  ActionBody,
  BatchAnswer,
  BatchBody,
  CallAnswer,
  CallBody,
  ChangeAnswer,
  ChangeQuery,
  CreateBody,
  DeleteManyBody,
  UpsertBody,
  Values,
  WriteManyBody,
} from './schemas.ts';

const MODEL = '/v1/records/:model';
const CHANGE = { query: ChangeQuery, answer: ChangeAnswer, isChange: true };

/** The operations that change records, and those that have an effect of their own. */
export const CHANGING_OPERATIONS: readonly V1Operation[] = [
  operation({
    ...{
      ...CHANGE,
      id: 'createRecords',
      method: 'POST',
      path: MODEL,
      summary: 'Make records',
      body: CreateBody,
      status: 201,
    },
    description: 'One, or as many as the endpoint’s limit, all of them or none.',
    async run({ records, model, body, query, idempotency }) {
      const how = { ...howOf(query), idempotency };
      const isOne = !isList(body);
      refuseWrapped(model, body);
      const changed = await records.change({ op: 'create', model, values: body }, how);
      const [id] = changed.ids;
      const location =
        isOne && id !== undefined && !how.dryRun ? { location: `/v1/records/${model}/${id}` } : {};
      return told(changed, how.dryRun, how.dryRun ? 200 : 201, location);
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'writeRecord',
      method: 'PATCH',
      path: `${MODEL}/:id`,
      summary: 'Change a record',
      body: Values,
    },
    takesIfMatch: true,
    async run({ records, model, id, body, query, idempotency, ifMatch }) {
      const how = { ...howOf(query), idempotency };
      const condition = ifMatch === null ? {} : { ifMatch: { [String(id)]: ifMatch } };
      const selector = { ids: [id] };
      return told(
        await records.change({ op: 'write', model, selector, values: body, ...condition }, how),
        how.dryRun,
      );
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'writeRecords',
      method: 'PATCH',
      path: MODEL,
      summary: 'Change records',
      body: WriteManyBody,
    },
    description: 'The same values for all that the selector chooses.',
    async run({ records, model, body: { selector = null, values, ifMatch, context }, query, idempotency }) {
      const how = { ...howOf(query, context), idempotency };
      const change = { op: 'write' as const, model, selector, values, ifMatch: asOdoo(ifMatch) };
      return told(await records.change(change, how), how.dryRun);
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'deleteRecord',
      method: 'DELETE',
      path: `${MODEL}/:id`,
      summary: 'Delete a record',
      body: null,
    },
    takesIfMatch: true,
    async run({ records, model, id, query, idempotency, ifMatch }) {
      const how = { ...howOf(query), idempotency };
      const condition = ifMatch === null ? {} : { ifMatch: { [String(id)]: ifMatch } };
      return told(
        await records.change({ op: 'unlink', model, selector: { ids: [id] }, ...condition }, how),
        how.dryRun,
      );
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'deleteRecords',
      method: 'POST',
      path: `${MODEL}/delete`,
      summary: 'Delete records',
      body: DeleteManyBody,
    },
    async run({ records, model, body: { selector = null, ifMatch, context }, query, idempotency }) {
      const how = { ...howOf(query, context), idempotency };
      return told(
        await records.change({ op: 'unlink', model, selector, ifMatch: asOdoo(ifMatch) }, how),
        how.dryRun,
      );
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'upsertRecords',
      method: 'PUT',
      path: MODEL,
      summary: 'Make or change records',
      body: UpsertBody,
    },
    description:
      'Each record is looked for by the fields of the key: what is found is changed, what is not is made. All or none.',
    async run({ records, model, body: { key, values, context }, query, idempotency }) {
      const how = { ...howOf(query, context), idempotency };
      return told(await records.change({ op: 'upsert', model, key, values }, how), how.dryRun);
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'batch',
      method: 'POST',
      path: '/v1/batch',
      summary: 'Do several things at once',
      body: BatchBody,
    },
    description:
      'Changes and readings in one transaction. Methods cannot be called in it: what they do may leave the transaction.',
    answer: BatchAnswer,
    async run({ records, body: { operations, dryRun: inBody, context }, query, idempotency }) {
      const dryRun = inBody === true || isSet(query.dryRun);
      const changes = operations.map((change) =>
        change.op === 'write' || change.op === 'unlink'
          ? { ...change, selector: change.selector ?? null, ifMatch: asOdoo(change.ifMatch) }
          : change,
      );
      const how = { ...howOf(query, context), dryRun, idempotency };
      const { results, replayed } = await records.batch(changes, how);
      return {
        ...{ status: 200, body: dryRun ? { results, dryRun } : { results }, headers: replayHeader(replayed) },
        records: results.reduce((sum, { ids }) => sum + ids.length, 0),
      };
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'callMethod',
      method: 'POST',
      path: `${MODEL}/call/:name`,
      summary: 'Call a method',
      body: CallBody,
    },
    description:
      'One that the endpoint names, as `action_confirm`. It cannot be tried, nor be repeated under a key.',
    answer: CallAnswer,
    async run({ records, model, name, body, query, idempotency }) {
      refuseTrying(model, query, idempotency);
      return { status: 200, body: { result: await records.call({ model, method: name, ...body }) } };
    },
  }),
  operation({
    ...{
      ...CHANGE,
      id: 'runAction',
      method: 'POST',
      path: `${MODEL}/action/:name`,
      summary: 'Run a server action',
      body: ActionBody,
    },
    description: 'One that the endpoint names, by its external id or as `action:12`.',
    answer: CallAnswer,
    async run({ records, model, name, body: { ids, context }, query, idempotency }) {
      refuseTrying(model, query, idempotency);
      const result = await records.runAction({
        model,
        action: name,
        ids: ids ?? null,
        context: context ?? null,
      });
      return { status: 200, body: { result } };
    },
  }),
];

type Query = { context?: string | undefined; dryRun?: string | undefined };

function howOf({ context, dryRun }: Query, inBody?: Parameters<typeof queryContext>[1]) {
  return { dryRun: isSet(dryRun), context: queryContext(context, inBody) };
}

function told(
  { replayed = false, ...changed }: Changed,
  dryRun: boolean,
  status: 200 | 201 = 200,
  more = {},
): Told {
  const body = dryRun ? { ...changed, dryRun } : changed;
  return { status, body, headers: { ...replayHeader(replayed), ...more }, records: changed.ids.length };
}

function replayHeader(replayed: boolean): Record<string, string> {
  return replayed ? { 'idempotent-replayed': 'true' } : {};
}

function asOdoo(dates: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  if (dates === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(dates).map(([id, date]) => [id, odooMoment(date, { fraction: true })]),
  );
}

function refuseTrying(model: string, { dryRun }: Query, idempotency: object | null): void {
  const what = isSet(dryRun)
    ? 'tried without being done'
    : idempotency === null
      ? null
      : 'given an Idempotency-Key';
  if (what === null) return;
  const message = `A call cannot be ${what}: what it does may leave the transaction, as an e-mail does.`;
  throw new RecordsError({ code: 'not-possible', message, model });
}

/** The other changes take `values`; no model has a field of that name alone. */
function refuseWrapped(model: string, body: Json): void {
  if (!isObject(body) || Object.keys(body).length !== 1 || typeof body['values'] !== 'object') return;
  const message = 'A new record is sent as it is, {"name": …}, or several as a list, without "values".';
  throw new RecordsError({ code: 'invalid-values', message, model });
}
