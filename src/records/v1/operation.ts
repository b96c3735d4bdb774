import type { z } from 'zod';
import type { Records } from '../operations/operations.ts';
import type { Acting } from '../operations/reading.ts';
import type { Transact } from '../operations/transacting.ts';
import type { Scope } from '../scope/scope.ts';
import type { Transaction } from '../transaction.ts';

/** What a handler is given of a request; everything is parsed, nothing is judged yet. */
export type Asked<Query, Body> = {
  records: Records;
  scope: Scope;
  /** Of the path; empty where it names none. */
  model: string;
  id: number;
  name: string;
  query: Query;
  body: Body;
  nowMs: () => number;
  idempotency: Transaction['idempotency'];
  /** The write date that the record must still have, as Odoo writes it. */
  ifMatch: string | null;
  acting: Acting;
  transact: Transact;
  /** The body where it is a file, and its type. */
  bytes: Buffer;
  contentType: string | null;
};

export type Told = {
  status: 200 | 201;
  body: object;
  headers?: Readonly<Record<string, string>>;
  /** The bytes of the answer where it is a file; then the body is only for the log. */
  stream?: ReadableStream<Uint8Array>;
  /** How many records it was about, for the log. */
  records?: number;
};

/** One address under /v1: what the routes, the OpenAPI document and the client are made of. */
export type V1Operation = {
  /** In camel case; what the client calls it. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** In Hono's notation, with `:model`, `:id` and `:name`. */
  path: string;
  summary: string;
  description?: string;
  query: z.ZodType;
  body: z.ZodType | null;
  answer: z.ZodType;
  status: 200 | 201;
  /** Whether it may change something: then it takes an Idempotency-Key. */
  isChange: boolean;
  takesIfMatch?: boolean;
  /** Whether the body or the answer is a file. */
  bytes?: 'in' | 'out';
  /** Parses, then does it. */
  run: (asked: Asked<unknown, unknown>) => Promise<Told>;
};

type Typed<Query extends z.ZodType, Body extends z.ZodType> = Omit<
  V1Operation,
  'query' | 'body' | 'run' | 'status' | 'isChange'
> & {
  query: Query;
  body: Body | null;
  status?: 200 | 201;
  isChange?: boolean;
  run: (asked: Asked<z.infer<Query>, z.infer<Body>>) => Promise<Told>;
};

/** An operation whose handler gets what its own schemas give. Its `run` throws a ZodError for what they refuse. */
export function operation<Query extends z.ZodType, Body extends z.ZodType>(
  typed: Typed<Query, Body>,
): V1Operation {
  const { query, body, run, status = 200, isChange = false, ...rest } = typed;
  return {
    ...{ ...rest, query, body, status, isChange },
    run: (asked) => run({ ...asked, query: query.parse(asked.query), body: parsed(body, asked.body) }),
  };
}

function parsed<Body extends z.ZodType>(schema: Body | null, value: unknown): z.infer<Body> {
  // Without a schema nothing is read of the body.
  return schema === null ? (undefined as z.infer<Body>) : schema.parse(value);
}

/** A flag of the query. */
export function isSet(flag: string | undefined): boolean {
  return flag === '1' || flag === 'true';
}
