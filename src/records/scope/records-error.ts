import { type RetryVerdict, ViaductError } from '../../errors.ts';

/** Why a call to records is refused; each has one HTTP status. */
export const RECORDS_ERROR_CODES = [
  'model-not-allowed',
  'right-not-allowed',
  'field-not-allowed',
  'method-not-allowed',
  'context-not-allowed',
  'invalid-domain',
  'invalid-order',
  'invalid-groups',
  'invalid-fields',
  'invalid-values',
  'invalid-arguments',
  'invalid-cursor',
  'invalid-operations',
  'selector-missing',
  'too-many-records',
  'record-missing',
  'precondition-failed',
  'idempotency-key-reused',
  'not-possible',
] as const;
export type RecordsErrorCode = (typeof RECORDS_ERROR_CODES)[number];

export type RecordsErrorInit = {
  code: RecordsErrorCode;
  message: string;
  model?: string | undefined;
  field?: string | undefined;
  retry?: RetryVerdict;
  cause?: unknown;
};

/** A call that the endpoint's scope refuses, or that cannot be carried out as it was asked. Nothing of it reached Odoo. */
export class RecordsError extends ViaductError {
  declare readonly code: RecordsErrorCode;
  readonly model: string | undefined;
  readonly field: string | undefined;

  constructor({ code, message, model, field, retry = 'never', cause }: RecordsErrorInit) {
    super({ code, message, retry, cause });
    this.model = model;
    this.field = field;
  }
}

const MOST_NAMED = 20;
const MOST_QUOTED = 60;

/** Names for a message, cut to the first twenty. */
export function namesFor(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, MOST_NAMED).join(', ');
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} more` : shown;
}

/** What somebody sent, short and plain enough for a message. Whatever its depth and size, little of it is looked at. */
export function quoted(value: unknown): string {
  const plain = briefly(value, 0).replace(/[^\x20-\x7e\u00a0-\ud7ff]/g, '?');
  return `"${plain.length > MOST_QUOTED ? `${plain.slice(0, MOST_QUOTED)}…` : plain}"`;
}

function briefly(value: unknown, depth: number): string {
  if (typeof value === 'string')
    return depth === 0 ? value.slice(0, MOST_QUOTED + 1) : `"${value.slice(0, MOST_QUOTED)}"`;
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  if (depth === 3) return isList ? '[…]' : '{…}';
  const items: unknown[] = isList ? value : Object.keys(value);
  const shown = items.slice(0, 5).map((item) => briefly(item, depth + 1));
  const inner = items.length > shown.length ? [...shown, '…'].join(', ') : shown.join(', ');
  return isList ? `[${inner}]` : `{${inner}}`;
}
