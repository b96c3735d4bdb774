import { HttpError } from '../../http/index.ts';
import { OdooError } from '../../odoo/index.ts';
import { RecordsError } from '../scope/records-error.ts';
import type { OperationResult, Refusal, Transacted, Transaction } from '../transaction.ts';

/** Several operations that happen together or not at all. */
export type Transact = (transaction: Transaction) => Promise<Transacted>;

export type Done = { replayed: boolean; results: readonly OperationResult[] };

const KIND_OF_FAULT = {
  AccessError: 'access',
  AccessDenied: 'access',
  MissingError: 'missing',
} as const;

/** What the operations gave; throws what Odoo refused as if it had been asked by itself, and names the operation. */
export async function carryOut(transact: Transact, transaction: Transaction): Promise<Done> {
  const done = await transact(transaction);
  switch (done.kind) {
    case 'done':
      return done;
    case 'held':
      throw new HttpError({
        ...{ status: 503, code: 'database-held', headers: { 'retry-after': '30' } },
        detail:
          'Viaduct holds the traffic of this database. An administrator sees why in Odoo, under Viaduct.',
      });
    case 'reused':
      throw new RecordsError({
        code: 'idempotency-key-reused',
        message:
          'The Idempotency-Key was used for another request within the last 24 hours. Use a new one for each.',
      });
    case 'refused':
      throw refusal(done, transaction);
  }
}

function refusal({ operation, fault, words }: Refusal, { operations }: Transaction): Error {
  const model = operations[operation]?.model;
  const message = operations.length > 1 ? `Operation ${operation}: ${words}` : words;
  if (fault === 'PreconditionFailed')
    return new RecordsError({ code: 'precondition-failed', message, model });
  if (fault === 'TooMany') return new RecordsError({ code: 'too-many-records', message, model });
  const kind = isKnown(fault) ? KIND_OF_FAULT[fault] : 'validation';
  return new OdooError({ kind, outcome: 'refused', message });
}

function isKnown(fault: string): fault is keyof typeof KIND_OF_FAULT {
  return Object.hasOwn(KIND_OF_FAULT, fault);
}
