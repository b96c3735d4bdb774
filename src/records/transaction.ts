import { errorText } from '../errors.ts';
import type { Json } from '../odoo/index.ts';

type Values = { readonly [field: string]: Json };

/** Which records are meant; a domain means at most `max` of them, or the operation is refused. */
type Chosen = {
  ids?: Json;
  domain?: Json;
  /** Write dates by id, as `2026-01-22 10:00:00` with or without fractions: refused where one was changed since. */
  ifMatch?: { readonly [id: string]: string } | null;
  max?: number;
};

/**
 * One step. Anywhere in values, ids and domains `{"$ref": "0.id"}` and `{"$ref": "0.ids"}` stand for what the operation with that
 * number gave.
 */
export type TransactOperation = { model: string; context?: Json } & (
  | { op: 'create'; values: readonly Values[] }
  | ({ op: 'write'; values: Values } & Chosen)
  | ({ op: 'unlink' } & Chosen)
  | { op: 'upsert'; key: readonly string[]; values: readonly Values[] }
  | { op: 'read'; ids: Json; spec: Json; stamps?: boolean }
);

/** Operations that happen together or not at all, with the rights of the endpoint's user. */
export type Transaction = {
  operations: readonly TransactOperation[];
  context: Json;
  /** All is done and told, and then rolled back. */
  dryRun: boolean;
  /** The same key again gives the first answer again, for 24 hours; with another fingerprint it is refused. */
  idempotency: { key: string; fingerprint: string } | null;
};

/**
 * What an operation gave; `created` are the new ones of an upsert, `records` what was read, `stamps` the write dates by id with all
 * their digits, as `2026-01-22 10:00:00.123456`.
 */
export type OperationResult = {
  ids: number[];
  created?: number[] | undefined;
  records?: { [field: string]: Json }[] | undefined;
  stamps?: { [id: string]: string } | undefined;
};

/** Why Odoo refused an operation: the name of its exception, or of a rule of our own (`PreconditionFailed`, `TooMany` …). */
export type Refusal = { operation: number; fault: string; words: string };

export type Transacted =
  | { kind: 'done'; replayed: boolean; results: OperationResult[] }
  | ({ kind: 'refused' } & Refusal)
  /** The idempotency key was given before, with another request. */
  | { kind: 'reused' }
  /** Another database answered; nothing was done. */
  | { kind: 'held' };

/** As the procedure says it; Odoo's client puts its own words before it. */
const REFUSAL = /\bviaduct-operation (\d+): (\w+): ([\s\S]*)$/;

/** What an error of the procedure says about one of its operations, or null. */
export function refusalOf(error: unknown): Refusal | null {
  const [, operation, fault = '', words = ''] = REFUSAL.exec(errorText(error)) ?? [];
  return operation === undefined ? null : { operation: Number(operation), fault, words };
}
