import { hash } from 'node:crypto';
import { z } from 'zod';
import { type HttpContext, HttpError, parseJson, problem, type Route, rawBody } from '../../http/index.ts';
import type { Visit } from '../endpoints/door.ts';
import { odooMoment } from '../operations/dates.ts';
import { createRecords } from '../operations/operations.ts';
import type { RecordRouteParts } from '../routes.ts';
import type { Transaction } from '../transaction.ts';
import { scopeOf } from '../visit-scope.ts';
import { MOST_FILE_BYTES, mediaType } from './file-limits.ts';
import type { Told, V1Operation } from './operation.ts';
import { problemOfRecords } from './problems.ts';

const BEARER = /^bearer +(\S+) *$/i;
const MOST_VALUES = 200_000;
const MODEL = /^[a-z0-9_.]{1,100}$/;
const ID = /^[1-9]\d{0,14}$/;
const KEY = /^[\x21-\x7e]{1,255}$/;

/** The route of an operation: who comes in, what he asks, whether he may, what Odoo says, and a line in the log. */
export function createV1Route(operation: V1Operation, parts: RecordRouteParts): Route {
  const { doorkeeper, rateLimit, nowMs } = parts;
  return {
    ...{ method: operation.method, path: operation.path, rateLimit },
    async handle(c) {
      const visit = await doorkeeper.enter(c, 'v1', presentedBy(c));
      const input: { value?: unknown } = {};
      const facts = { method: operation.id, model: c.req.param('model') ?? '' };
      try {
        const told = await answer(c, operation, visit, input, nowMs);
        visit.tell({
          ...facts,
          status: told.status,
          records: told.records ?? null,
          input: input.value,
          output: told.body,
        });
        return told.stream === undefined
          ? c.json(told.body, told.status, told.headers)
          : c.body(told.stream, told.status, told.headers);
      } catch (error) {
        const refusal = problemOf(error, visit, facts);
        const extra = { model: facts.model === '' ? undefined : facts.model, ...refusal.extra };
        visit.tell({
          ...facts,
          status: refusal.status,
          errorCode: refusal.code,
          input: input.value,
          output: refusal.detail,
        });
        // Not thrown: its words repeat what was sent, which no log line may.
        return problem(c, { ...refusal, extra });
      }
    },
  };
}

function problemOf(error: unknown, visit: Visit, facts: { method: string; model: string }) {
  try {
    return problemOfRecords(error);
  } catch (unknown) {
    visit.tell({ ...facts, status: 500, errorCode: 'internal-error' });
    throw unknown;
  }
}

/** What a caller shows: a key, or the address of a public endpoint. */
export function presentedBy(c: HttpContext): { key: string | null; uuid: string | null } {
  const key = BEARER.exec(c.req.header('authorization') ?? '')?.[1] ?? null;
  return { key, uuid: c.req.header('viaduct-endpoint') ?? null };
}

async function answer(
  c: HttpContext,
  operation: V1Operation,
  visit: Visit,
  input: { value?: unknown },
  nowMs: () => number,
): Promise<Told> {
  const query = c.req.query();
  const isFile = operation.bytes === 'in';
  refuseEncoded(c);
  const bytes = isFile ? await fileBody(c) : operation.body === null ? null : await rawBody(c);
  const body = bytes === null || isFile ? undefined : bodyOf(bytes);
  input.value = body ?? query;
  const { scope } = await scopeOf(visit);
  const { database, acting, transact } = visit;
  const records = createRecords({
    ...{ scope, acting, transact, shape: 'v1', findAction: database.findAction },
    series: async () => database.series,
  });
  return await operation.run({
    ...{ records, scope, acting, transact, query, body, nowMs },
    ...{
      bytes: isFile && bytes !== null ? bytes : Buffer.alloc(0),
      contentType: isFile ? mediaType(c.req.header('content-type') ?? '') : null,
    },
    ...{ model: modelOf(c, operation), id: idOf(c, operation), name: c.req.param('name') ?? '' },
    idempotency: operation.isChange ? idempotencyOf(c, bytes) : null,
    ifMatch: operation.takesIfMatch === true ? ifMatchOf(c) : null,
  });
}

/** Nothing is unpacked here: a compressed file would be kept as if that were the file. */
function refuseEncoded(c: HttpContext): void {
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
  throw new HttpError({
    status: 415,
    code: 'encoding-not-supported',
    detail: 'The body has a Content-Encoding. Send it as it is, without one.',
  });
}

/** The file itself: what a form wraps around one would be kept as the file. */
async function fileBody(c: HttpContext): Promise<Buffer> {
  const how = `Send the file itself as the body: curl --data-binary @file -H 'content-type: application/pdf'.`;
  if (/^multipart\//i.test(c.req.header('content-type') ?? ''))
    throw new HttpError({ status: 415, code: 'form-not-supported', detail: `The body is a form. ${how}` });
  const bytes = await rawBody(c, MOST_FILE_BYTES);
  if (bytes.length === 0) throw refused('invalid-request', `The body is empty. ${how}`);
  return bytes;
}

function bodyOf(bytes: Buffer): unknown {
  try {
    return parseJson(bytes.length === 0 ? Buffer.from('{}') : bytes, MOST_VALUES);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw refused('invalid-json', 'The body is no JSON in UTF-8.');
  }
}

function modelOf(c: HttpContext, { path }: V1Operation): string {
  if (!path.includes(':model')) return '';
  const model = c.req.param('model') ?? '';
  if (MODEL.test(model)) return model;
  throw refused('invalid-request', 'The address names no model, as /v1/records/res.partner does.');
}

function idOf(c: HttpContext, { path }: V1Operation): number {
  if (!path.includes(':id')) return 0;
  const id = c.req.param('id') ?? '';
  if (ID.test(id)) return Number(id);
  throw refused('invalid-request', `The address has no id where ${path} has one.`);
}

/** The same key with the same request gives the same answer. */
function idempotencyOf(c: HttpContext, bytes: Buffer | null): Transaction['idempotency'] {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return null;
  if (!KEY.test(key))
    throw refused('invalid-request', 'The Idempotency-Key is not 1 to 255 visible characters.');
  const { pathname, search } = new URL(c.req.url);
  const request = `${c.req.method} ${pathname}${search}\n${c.req.header('if-match') ?? ''}\n`;
  return {
    key,
    fingerprint: hash('sha256', Buffer.concat([Buffer.from(request), bytes ?? Buffer.alloc(0)])),
  };
}

function ifMatchOf(c: HttpContext): string | null {
  const given = c.req.header('if-match');
  if (given === undefined || given.trim() === '*') return null;
  const date = z.iso.datetime({ offset: true }).safeParse(/^ *"([^"]{10,40})" *$/.exec(given)?.[1]);
  if (date.success) return odooMoment(date.data, { fraction: true });
  throw refused(
    'invalid-request',
    'If-Match is no ETag that was given. Send the one of the reading as it is.',
  );
}

function refused(code: string, detail: string): HttpError {
  return new HttpError({ status: 400, code, detail });
}
