import { z } from 'zod';
import {
  type HttpContext,
  HttpError,
  type Problem,
  parseJson,
  type RateLimit,
  type Route,
  rawBody,
} from '../../http/index.ts';
import type { Json } from '../../odoo/index.ts';
import type { Doorkeeper, Visit } from '../endpoints/door.ts';
import { createRecords } from '../operations/operations.ts';
import type { FieldsOfModels } from '../scope/field-meta.ts';
import { isObject, type JsonObject } from '../scope/json.ts';
import type { Scope } from '../scope/scope.ts';
import { scopeOf } from '../visit-scope.ts';
import { keyOf } from './credentials.ts';
import { DropInRefusal, refusalBody, refusalOf, refusalOfProblem } from './refusal.ts';
import { bodyOfQuery, readRequest } from './request.ts';
import { runMethod, type Session } from './run-method.ts';
import {
  DESCRIBED_ATTRIBUTES,
  type Described,
  DescribedField,
  missingFields,
  schemaAnswer,
  schemaMethodOf,
} from './schema.ts';

export type DropInOptions = {
  doorkeeper: Doorkeeper;
  rateLimit: RateLimit;
};

type Told = { method: string; model: string; input?: unknown };
type Work = (visit: Visit, told: Told) => Promise<{ answer: object; records?: number }>;

const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const PATH = '/bitconn/webhook/:uuid';
const MOST_VALUES = 50_000;
/** As long as one call to Odoo may take. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The documented routes of the module that this stands in for: one address for everything, and two that describe models. */
export function createDropInRoutes({ doorkeeper, rateLimit }: DropInOptions): Route[] {
  async function open(visit: Visit): Promise<Session> {
    const { scope } = await scopeOf(visit);
    const { acting, transact, database } = visit;
    const series = async () => database.series;
    // There are no server actions here.
    const findAction = async () => null;
    return { scope, records: createRecords({ scope, acting, transact, findAction, series, shape: 'odoo' }) };
  }

  /** Lets in, works, and writes the one line about it. */
  async function visited(c: HttpContext, told: Told, work: Work): Promise<Response> {
    const visit = await doorkeeper.enter(c, 'drop-in', { key: keyOf(c), uuid: c.req.param('uuid') ?? '' });
    try {
      const { answer, records = null } = await work(visit, told);
      visit.tell({ ...told, status: 200, records, output: answer });
      return c.json(answer);
    } catch (error) {
      const refusal = refusalOf(error);
      const body = refusalBody(refusal);
      visit.tell({
        ...told,
        status: refusal.status,
        errorCode: refusal.reason ?? refusal.error,
        output: body,
      });
      if (refusal.status < 500) return c.json(body, refusal.status, refusal.headers);
      // Thrown on, for the log.
      if (refusal.status === 500) throw error;
      const { status, error: code, message: detail, headers } = refusal;
      throw new HttpError({ status, code, detail, headers }, error);
    }
  }

  async function main(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c);
    const { method: verb } = c.req;
    return await visited(c, { method: '', model: '' }, async (visit, told) => {
      checkVerb(verb, visit.endpoint.verbs);
      const body = bytes.length === 0 ? bodyOfQuery(c.req.query()) : jsonOf(bytes);
      told.input = body;
      const request = readRequest(verb, body);
      Object.assign(told, { method: request.method, model: request.model });
      const answer = await runMethod(request, await open(visit));
      const { count, ids } = answer;
      return { answer, ...recordsOf(count, ids) };
    });
  }

  async function described(visit: Visit, told: Told, model: string): Promise<Described> {
    if (model === '') throw missingParameter('model');
    told.model = model;
    const { scope, fields: all } = await scopeOf(visit);
    const grant = visit.endpoint.grants.find((one) => one.model === model);
    scope.model(model, grant?.create ? 'create' : grant?.write ? 'write' : 'read');
    const fields = await fieldsOf(visit, { scope, model, all });
    const defaults = grant?.create ? await defaultsOf(visit, { scope, model, fields }) : {};
    return { scope, model, fields, defaults };
  }

  function schema(c: HttpContext): Promise<Response> {
    return visited(c, { method: 'schema', model: '' }, async (visit, told) => {
      const method = schemaMethodOf(c.req.query('method'));
      return { answer: schemaAnswer(await described(visit, told, c.req.query('model') ?? ''), method) };
    });
  }

  function required(c: HttpContext): Promise<Response> {
    return visited(c, { method: 'required', model: '' }, async (visit, told) => {
      const { model = '', values, source = 'auto', details } = c.req.query();
      checkSource(source);
      const given = valuesOf(values);
      const missing = missingFields(await described(visit, told, model), given);
      return { answer: details === '1' ? missing : missing.map(({ field }) => field) };
    });
  }

  const common = { rateLimit, tellProblem, answerTimeoutMs: ANSWER_TIMEOUT_MS } as const;
  return [
    ...VERBS.map((method): Route => ({ ...common, method, path: PATH, handle: main })),
    { ...common, method: 'GET', path: `${PATH}/schema`, handle: schema },
    { ...common, method: 'GET', path: `${PATH}/required`, handle: required },
  ];
}

/** Those that the endpoint has and its user may see, as Odoo describes them to him. */
async function fieldsOf(
  { acting }: Visit,
  { scope, model, all }: { scope: Scope; model: string; all: FieldsOfModels },
): Promise<Map<string, DescribedField>> {
  const names = [...(all.get(model)?.keys() ?? [])].filter((name) => scope.meta(model, name) !== undefined);
  const kwargs = { attributes: DESCRIBED_ATTRIBUTES, context: scope.context(undefined) };
  const answer = await acting.call(model, 'fields_get', [names], { kwargs, idempotent: true });
  const described = z.record(z.string(), DescribedField).parse(answer);
  const known = new Set(names);
  const entries = Object.entries(described).filter(([name]) => known.has(name));
  return new Map(
    entries.map(([name, field]) => [name, { ...field, related: scope.meta(model, name)?.related ?? null }]),
  );
}

/** Also for who may create and not read. */
async function defaultsOf(
  { acting }: Visit,
  { scope, model, fields }: Omit<Described, 'defaults'>,
): Promise<JsonObject> {
  const kwargs = { context: scope.context(undefined) };
  const answer: Json = await acting.call(model, 'default_get', [[...fields.keys()]], {
    kwargs,
    idempotent: true,
  });
  if (!isObject(answer)) return {};
  // Those of lines hold values of another model.
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => !Array.isArray(value)));
}

function checkVerb(verb: string, allowed: readonly string[]): void {
  if (allowed.includes(verb)) return;
  throw new DropInRefusal('method_not_allowed', {
    ...{ status: 405, message: `Method ${verb} not allowed for this webhook` },
    ...{ extra: { allowed_methods: allowed }, headers: { allow: allowed.join(', ') } },
  });
}

/** Strict: what is no JSON is not guessed at. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return parseJson(bytes, MOST_VALUES);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const detail = `invalid_json: ${wordsOf(error)}`;
    throw new DropInRefusal('invalid_json', {
      message: 'The body is no JSON.',
      extra: { detail },
      cause: error,
    });
  }
}

/** Where it broke, without what stood there. */
function wordsOf({ message }: SyntaxError): string {
  return (
    /at position \d+(?: \(line \d+ column \d+\))?/.exec(message)?.[0] ??
    'it ends too early, or is no JSON at all'
  );
}

function valuesOf(text: string | undefined): JsonObject {
  const values = text === undefined || text === '' ? {} : jsonOf(Buffer.from(text));
  if (isPlainObject(values)) return values;
  throw new DropInRefusal('invalid_param', {
    extra: { param: 'values' },
    message: 'values is a JSON object.',
  });
}

function isPlainObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkSource(source: string): void {
  if (source === 'auto' || source === 'model') return;
  const message = 'source is auto or model: what a form asks beyond its model is not looked at.';
  throw new DropInRefusal('invalid_param', { extra: { param: 'source' }, message });
}

function missingParameter(name: string): DropInRefusal {
  return new DropInRefusal('missing_param', {
    extra: { param: name },
    message: `Give ${name}, as ?${name}=res.partner.`,
  });
}

function recordsOf(count: Json | undefined, ids: Json | undefined): { records?: number } {
  if (typeof count === 'number') return { records: count };
  return Array.isArray(ids) ? { records: ids.length } : {};
}

function tellProblem(c: HttpContext, problem: Problem): Response {
  const refusal = refusalOfProblem(problem);
  return c.json(refusalBody(refusal), refusal.status, refusal.headers);
}
