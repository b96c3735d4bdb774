import { z } from 'zod';
import { HttpError, type Problem } from '../../http/index.ts';
import { OdooError } from '../../odoo/index.ts';
import { quoted, RecordsError, type RecordsErrorCode } from '../scope/records-error.ts';

type Status = Problem['status'];

const STATUS_OF_CODE = {
  'model-not-allowed': 403,
  'right-not-allowed': 403,
  'field-not-allowed': 403,
  'method-not-allowed': 403,
  'context-not-allowed': 403,
  'invalid-domain': 400,
  'invalid-order': 400,
  'invalid-groups': 400,
  'invalid-fields': 400,
  'invalid-values': 422,
  'invalid-arguments': 400,
  'invalid-cursor': 400,
  'invalid-operations': 400,
  'selector-missing': 428,
  'too-many-records': 422,
  'record-missing': 404,
  'precondition-failed': 412,
  'idempotency-key-reused': 422,
  'not-possible': 422,
} as const satisfies Readonly<Record<RecordsErrorCode, Status>>;

/** Odoo's own words, without what Viaduct says before them. */
const ODOO_WORDS = /^Odoo answered \S+ with \w*: ([\s\S]*)$/;
const RETRY = { 'retry-after': '5' };

/** What a caller is told of anything that was thrown; an error that is not known is thrown again. */
export function problemOfRecords(error: unknown): Problem {
  if (error instanceof HttpError) return error.problem;
  if (error instanceof RecordsError) return ofScope(error);
  if (error instanceof OdooError) return ofOdoo(error);
  if (error instanceof z.ZodError) return ofShape(error);
  throw error;
}

function ofScope({ code, message, model, field }: RecordsError): Problem {
  return { status: STATUS_OF_CODE[code], code, detail: message, extra: { model, field } };
}

function ofOdoo(error: OdooError): Problem {
  const { kind, outcome, retry, code } = error;
  const odoo = ODOO_WORDS.exec(error.message)?.[1] ?? error.message;
  const said = { detail: odoo, extra: { odoo } };
  if (kind === 'access') return { status: 403, code: 'odoo-access', ...said };
  if (kind === 'missing' && code === 'odoo-missing') return { status: 404, code: 'odoo-missing', ...said };
  if (kind === 'validation') return { status: 422, code: 'odoo-validation', ...said };
  if (kind === 'concurrency') return { status: 409, code: 'odoo-concurrency', ...said, headers: RETRY };
  // What Odoo's code stumbled over: a value of the wrong type, a part of a date that this series has not.
  if (kind === 'protocol' && outcome === 'refused') return { status: 422, code: 'odoo-refused', ...said };
  if (kind === 'limit' && retry === 'never')
    return { status: 422, code: 'odoo-limit', detail: error.message };
  const detail =
    'Odoo cannot be reached, or does not let the user of this endpoint in. Send the request again later.';
  return { status: 503, code: 'odoo-unavailable', detail, headers: { 'retry-after': '30' } };
}

function ofShape({ issues }: z.ZodError): Problem {
  const [issue] = issues;
  const path = issue?.path.join('.') ?? '';
  const where = path === '' ? 'The request' : `${quoted(path)}`;
  const detail = `${where} is not as expected: ${issue === undefined ? 'unknown' : wordsOf(issue)}. See /v1/reference.`;
  return {
    status: 400,
    code: 'invalid-request',
    detail,
    extra: { field: path === '' ? undefined : path.slice(0, 200) },
  };
}

/** In the words of who asks, not of the schema. */
function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `${quoted(issue.keys.join(', '))} is not known here, or written otherwise`;
  if (issue.code === 'invalid_type' && issue.expected === 'nonoptional') return 'it is missing';
  if (issue.code === 'invalid_type') return `expected ${issue.expected}`;
  if (issue.code === 'invalid_union') return 'it is none of those that are known';
  return issue.message.slice(0, 300);
}
