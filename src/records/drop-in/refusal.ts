import { ViaductError } from '../../errors.ts';
import { HttpError, type Problem } from '../../http/index.ts';
import { OdooError } from '../../odoo/index.ts';
import { RecordsError } from '../scope/records-error.ts';

export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 429 | 500 | 503;
type More = {
  reason?: string;
  /** What was found, what was expected, what to do. */
  message: string;
  status?: RefusalStatus;
  /** Further members of the answer, after `error` and `reason`. */
  extra?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
};

/** A refusal in the words of the original: `{"ok": false, "error", "reason", "message"}`, 400 unless said otherwise. */
export class DropInRefusal extends ViaductError {
  readonly error: string;
  readonly reason: string | undefined;
  readonly status: RefusalStatus;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: string, { reason, message, status = 400, extra = {}, headers = {}, cause }: More) {
    super({ code: `drop-in-${error}`, message, retry: status >= 500 ? 'later' : 'never', cause });
    this.error = error;
    this.reason = reason;
    this.status = status;
    this.extra = extra;
    this.headers = headers;
  }
}

/** The body of the answer. */
export function refusalBody({ error, reason, extra, message }: DropInRefusal): object {
  return { ok: false, error, ...(reason === undefined ? {} : { reason }), ...extra, message };
}

/** What the caller is told of anything that was thrown. Unknown errors keep their words to the log. */
export function refusalOf(error: unknown): DropInRefusal {
  if (error instanceof DropInRefusal) return error;
  if (error instanceof RecordsError) return refusalOfScope(error);
  if (error instanceof OdooError) return refusalOfOdoo(error);
  if (error instanceof HttpError) return refusalOfProblem(error.problem, error);
  const message = 'Viaduct could not answer this request. Its log has the reason under the request id.';
  return new DropInRefusal('internal_error', { message, status: 500, cause: error });
}

/** `reason` of what the scope refuses: with `permission_denied` those of the original and their like. */
const REASONS: ReadonlyMap<string, readonly [error: string, reason: string]> = new Map([
  ['model-not-allowed', ['permission_denied', 'model_not_allowed']],
  ['field-not-allowed', ['permission_denied', 'field_not_allowed']],
  ['method-not-allowed', ['permission_denied', 'method_not_allowed']],
  ['selector-missing', ['invalid_payload', 'missing_selector']],
  ['too-many-records', ['invalid_payload', 'too_many_records']],
  ['record-missing', ['not_found', 'record_missing']],
]);

function refusalOfScope(error: RecordsError): DropInRefusal {
  const { code, message, model, field } = error;
  const extra = { ...(model === undefined ? {} : { model }), ...(field === undefined ? {} : { field }) };
  if (error.retry === 'later') return unavailable(message, error);
  const [name, reason] = REASONS.get(code) ?? ['invalid_payload', code.replaceAll('-', '_')];
  return new DropInRefusal(name, { reason, message, extra, cause: error });
}

/** Odoo's own words, without what Viaduct says before them. */
const ODOO_WORDS = /^Odoo answered \S+ with \w*: ([\s\S]*)$/;
const ODOO_REASONS: Readonly<Partial<Record<OdooError['kind'], string>>> = {
  access: 'access_error',
  validation: 'validation_error',
  missing: 'missing_error',
  protocol: 'invalid_request',
};

function refusalOfOdoo(error: OdooError): DropInRefusal {
  const message = ODOO_WORDS.exec(error.message)?.[1] ?? error.message;
  const reason = ODOO_REASONS[error.kind];
  if (error.kind === 'missing')
    return new DropInRefusal('not_found', { reason: 'missing_error', message, cause: error });
  if (reason !== undefined && error.outcome === 'refused')
    return new DropInRefusal('odoo_error', { reason, message, cause: error });
  if (error.kind === 'limit' && error.retry === 'never')
    return new DropInRefusal('invalid_payload', { reason: 'too_large', message, status: 413, cause: error });
  return unavailable('Odoo cannot be reached, or is too busy. Send the request again later.', error);
}

function unavailable(message: string, cause: unknown): DropInRefusal {
  const headers = { 'retry-after': '30' };
  return new DropInRefusal('unavailable', { message, status: 503, headers, cause });
}

const STATUSES: readonly RefusalStatus[] = [400, 401, 403, 404, 405, 409, 413, 429, 500, 503];

/** The same of what the doorkeeper and the server refuse. */
export function refusalOfProblem(
  { status, code, detail, headers = {} }: Problem,
  cause?: unknown,
): DropInRefusal {
  const told = { message: detail, headers, cause };
  if (status === 401) return new DropInRefusal('forbidden', { ...told, reason: 'invalid_token', status });
  const known = STATUSES.find((one) => one === status) ?? (status >= 500 ? 503 : 400);
  const error = known === 403 ? 'forbidden' : code.replaceAll('-', '_');
  return new DropInRefusal(error, {
    ...told,
    status: known,
    ...(known === 403 ? { reason: code.replaceAll('-', '_') } : {}),
  });
}
