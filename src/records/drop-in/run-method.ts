import type { Json } from '../../odoo/index.ts';
import type { Records } from '../operations/operations.ts';
import type { JsonObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { DropInRefusal } from './refusal.ts';
import type { DropInRequest } from './request.ts';

/** What is done with records here, by the endpoint's user; values are told as Odoo has them. */
export type DropInRecords = Pick<Records, 'search' | 'read' | 'change' | 'fieldsOf'>;

export type Session = { scope: Scope; records: DropInRecords };

/** The answer to a request. Throws what {@link refusalOf} can tell. */
export async function runMethod(request: DropInRequest, { scope, records }: Session): Promise<JsonObject> {
  const { model, method, values } = request;
  switch (method) {
    case 'default_payload':
      return defaultPayload(request, scope);
    case 'create': {
      judgeRight(scope, model, method);
      const { ids } = await records.change({ op: 'create', model, values });
      return { ok: true, id: ids[0] ?? 0 };
    }
    case 'write':
    case 'unlink':
      return await change(method, request, { scope, records });
    case 'read': {
      judgeRight(scope, model, method);
      const found = await read(request, { scope, records });
      return { ok: true, count: found.length, records: found };
    }
    default:
      judgeRight(scope, model, 'read');
      return await search(request, { scope, records });
  }
}

/** The original's reasons for a right that is missing; a model without a grant is `model_not_allowed`. */
function judgeRight(scope: Scope, model: string, right: 'create' | 'write' | 'unlink' | 'read'): void {
  const grant = scope.endpoint.grants.find((one) => one.model === model);
  if (grant === undefined || grant[right]) scope.model(model, right);
  else {
    const message = `This endpoint may not ${right} records of ${model}.`;
    throw new DropInRefusal('permission_denied', { reason: `${right}_not_allowed`, message });
  }
}

async function change(
  op: 'write' | 'unlink',
  request: DropInRequest,
  { scope, records }: Session,
): Promise<JsonObject> {
  const { model, values } = request;
  judgeRight(scope, model, op);
  if (op === 'write' && Object.keys(values).length === 0)
    throw new DropInRefusal('invalid_payload', {
      reason: 'missing_values',
      message: 'There are no values to write.',
    });
  const { selector, context } = chosen(request, scope);
  const what = op === 'write' ? { op, model, selector, values } : { op, model, selector };
  const { ids } = await records.change(what, { context });
  if (ids.length === 0) throw notFound(model);
  return { ok: true, ids };
}

/** Ids, or a domain: never both, and nothing is never everything. */
function chosen(
  { model, ids, domain, all }: DropInRequest,
  { endpoint }: Scope,
): { selector: Json; context?: Json } {
  if (ids.length > 0 && domain.length > 0)
    throw new DropInRefusal('invalid_payload', {
      reason: 'two_selectors',
      message: 'There are ids and a domain. Choose the records by one of them.',
    });
  if (ids.length === 0) return { selector: all ? { domain, all } : { domain } };
  // Searched for, so that the answer has only those that are there; for that they must be readable.
  const isReadable = endpoint.grants.some((grant) => grant.model === model && grant.read);
  if (!isReadable) return { selector: { ids } };
  return { selector: { domain: [['id', 'in', ids]] }, context: { active_test: false } };
}

async function search(
  { model, domain, fields, order, limit, offset = 0 }: DropInRequest,
  { scope, records }: Session,
): Promise<JsonObject> {
  const most = scope.endpoint.maxRecords;
  const found = await records.search({
    ...{
      model,
      domain,
      fields: fields ?? ['id'],
      order: order ?? null,
      limit: Math.min(limit ?? most, most),
    },
    ...(offset > 0 ? { offset } : {}),
  });
  const wasCut = found.hasMore && (limit === undefined || limit > most);
  return {
    ...{ ok: true, count: found.ids.length },
    ...(fields === undefined ? { ids: found.ids } : { records: found.records }),
    ...(wasCut ? { more: true } : {}),
  };
}

async function read(
  { model, ids, fields }: DropInRequest,
  { scope, records }: Session,
): Promise<readonly JsonObject[]> {
  if (ids.length === 0)
    throw new DropInRefusal('invalid_payload', {
      reason: 'missing_ids',
      message: 'There are no ids to read, as [42].',
    });
  const { maxRecords } = scope.endpoint;
  if (ids.length > maxRecords)
    throw new DropInRefusal('invalid_payload', {
      reason: 'too_many_records',
      message: `This endpoint gives at most ${maxRecords} records at a time; ${ids.length} were asked for.`,
    });
  const found = await records.read({ model, ids, fields: fields ?? (await readable(records, model)) });
  if (found.length === 0) throw notFound(model);
  return found;
}

/** All fields of the endpoint that its user may see, but files and images, which are given where they are named. */
async function readable(records: DropInRecords, model: string): Promise<string[]> {
  const fields = await records.fieldsOf({ model });
  return Object.keys(fields).filter((name) => fields[name]?.['type'] !== 'binary');
}

function notFound(model: string): DropInRefusal {
  return new DropInRefusal('not_found', {
    message: `There is no such record of ${model} for this endpoint.`,
  });
}

/** A template to begin with; the secret is the caller's, and stays with him. */
function defaultPayload({ model }: DropInRequest, { endpoint }: Scope): JsonObject {
  const mayCreate = endpoint.grants.find(({ create }) => create)?.model;
  const payload = {
    ...{ secret_key: PLACEHOLDER, webhook_uuid: endpoint.uuid },
    ...{ model: model || (mayCreate ?? 'res.partner'), method: 'create', domain: [] },
    values: { name: 'Webhook Partner' },
  };
  const headers = { Authorization: `Bearer ${PLACEHOLDER}`, 'Webhook-Key': PLACEHOLDER };
  return { ok: true, payload, headers_example: headers };
}

const PLACEHOLDER = '<secret_key>';
