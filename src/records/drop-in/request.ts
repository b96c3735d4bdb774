import { z } from 'zod';
import type { Json } from '../../odoo/index.ts';
import type { JsonObject } from '../scope/json.ts';
import { DropInRefusal } from './refusal.ts';

export const DROP_IN_METHODS = [
  'create',
  'write',
  'unlink',
  'search',
  'search_advanced',
  'read',
  'default_payload',
] as const;
export type DropInMethod = (typeof DROP_IN_METHODS)[number];

const AnyJson = z.custom<Json>((value) => value !== undefined);
const Id = z.number().int().positive();
const Count = z.number().int().nonnegative();
/** Absent, null and false are the same to callers of the original. */
const nothing = z.union([z.null(), z.literal(false)]).transform(() => undefined);

const Body = z.object({
  model: z.string().trim().optional(),
  method: z.string().trim().toLowerCase().optional(),
  values: z.record(z.string(), AnyJson).optional(),
  domain: z.array(AnyJson).or(nothing).optional(),
  ids: z
    .union([z.array(Id), Id.transform((id) => [id])])
    .or(nothing)
    .optional(),
  fields: z.array(AnyJson).or(nothing).optional(),
  limit: Count.or(nothing).optional(),
  offset: Count.or(nothing).optional(),
  order: z.string().or(nothing).optional(),
  /** Says that a domain that means every record is meant so. */
  all: z.boolean().optional(),
});

/** What is asked of the route, after reading. */
export type DropInRequest = {
  model: string;
  method: DropInMethod;
  values: JsonObject;
  domain: readonly Json[];
  ids: readonly number[];
  fields: readonly Json[] | undefined;
  limit: number | undefined;
  offset: number | undefined;
  order: string | undefined;
  all: boolean;
};

/** What a verb means where the body does not say it. */
const METHOD_OF_VERB: Readonly<Record<string, DropInMethod>> = {
  GET: 'search',
  POST: 'create',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'unlink',
};
/** What a GET may do: whoever follows or shows a link must change nothing. */
const READING: ReadonlySet<DropInMethod> = new Set(['search', 'search_advanced', 'read', 'default_payload']);

/** Reads the root keys of a body; throws a {@link DropInRefusal} that names the first one that is not as it should be. */
export function readRequest(verb: string, body: unknown): DropInRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new DropInRefusal('invalid_payload', {
      reason: 'not_an_object',
      message: 'The body must be a JSON object.',
    });
  const parsed = Body.safeParse(withListedFields(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = String(issue?.path[0] ?? 'body');
    throw new DropInRefusal('invalid_payload', {
      reason: `invalid_${key}`,
      message: `The root key "${key}" is not as expected. ${EXPECTED[key] ?? ''}`.trim(),
    });
  }
  const { values = {}, domain = [], ids = [], all = false, fields, limit, offset, order } = parsed.data;
  const method = methodOf(verb, parsed.data.method);
  const model = parsed.data.model ?? '';
  if (model === '' && method !== 'default_payload')
    throw new DropInRefusal('invalid_payload', {
      reason: 'missing_model',
      message: 'Name a model, as "res.partner".',
    });
  // No limit is written as 0 by some.
  const most = limit === 0 ? undefined : limit;
  return { model, method, values, domain, ids, fields, limit: most, offset, order: order || undefined, all };
}

function methodOf(verb: string, given: string | undefined): DropInMethod {
  const wanted = given || (METHOD_OF_VERB[verb] ?? 'create');
  const method = DROP_IN_METHODS.find((known) => known === wanted);
  if (method === undefined)
    throw new DropInRefusal('invalid_method', { message: `The methods are: ${DROP_IN_METHODS.join(', ')}.` });
  if (verb === 'GET' && !READING.has(method))
    throw new DropInRefusal('invalid_method', {
      reason: 'get_only_reads',
      message: `A GET cannot ${method}.`,
    });
  return method;
}

/** The original takes the list of fields as a text too; here as JSON, or as names between commas. */
function withListedFields(body: object): object {
  const { fields, ...rest } = { fields: undefined, ...body };
  if (typeof fields !== 'string') return body;
  const text: string = fields;
  return { ...rest, fields: text.trim().startsWith('[') ? parsedOr(text) : namesIn(text) };
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  model: 'It is a text, as "res.partner".',
  method: `It is one of ${DROP_IN_METHODS.join(', ')}.`,
  values: 'It is an object of fields and values.',
  domain: 'It is a list of conditions, as [["email", "=", "a@example.com"]].',
  ids: 'It is a list of ids, as [42].',
  fields: 'It is a list of names and objects, as ["name", {"partner_id": ["name"]}].',
  limit: 'It is a whole number.',
  offset: 'It is a whole number.',
  order: 'It is a text, as "name desc".',
  all: 'It is true or false.',
};

const LISTED: ReadonlySet<string> = new Set(['values', 'domain', 'ids', 'limit', 'offset', 'all']);

/** The root keys of a request without a body: its query, in which all but texts is JSON. */
export function bodyOfQuery(query: Readonly<Record<string, string>>): object {
  const entries = Object.entries(query).map(([key, text]) => [key, LISTED.has(key) ? parsedOr(text) : text]);
  return Object.fromEntries(entries);
}
