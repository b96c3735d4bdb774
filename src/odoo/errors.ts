import { type RetryVerdict, ViaductError } from '../errors.ts';

export const ODOO_ERROR_KINDS = [
  'auth',
  'access',
  'validation',
  'missing',
  'concurrency',
  'unavailable',
  'protocol',
  'limit',
] as const;
export type OdooErrorKind = (typeof ODOO_ERROR_KINDS)[number];

/**
 * What happened in Odoo: `not-done` (the call never reached it), `refused` (it was rolled back),
 * `unknown` (it may have been committed).
 */
export type OdooOutcome = 'not-done' | 'refused' | 'unknown';

export type OdooErrorInit = {
  kind: OdooErrorKind;
  outcome: OdooOutcome;
  message: string;
  /** Replaces the kind's own code. */
  code?: string;
  /** Replaces the kind's own verdict. */
  retry?: RetryVerdict;
  cause?: unknown;
};

const RETRY_OF_KIND = {
  auth: 'after-config',
  access: 'after-config',
  validation: 'never',
  missing: 'never',
  concurrency: 'later',
  unavailable: 'later',
  protocol: 'later',
  limit: 'never',
} as const satisfies { readonly [kind in OdooErrorKind]: RetryVerdict };

/** Everything an Odoo call can reject with; code `odoo-<kind>` unless said otherwise. Holds no parameters and no password. */
export class OdooError extends ViaductError {
  readonly kind: OdooErrorKind;
  readonly outcome: OdooOutcome;

  constructor({ kind, outcome, message, code, retry, cause }: OdooErrorInit) {
    super({ code: code ?? `odoo-${kind}`, message, retry: retry ?? RETRY_OF_KIND[kind], cause });
    this.kind = kind;
    this.outcome = outcome;
  }
}

type FaultMeaning = { kind: OdooErrorKind; outcome: OdooOutcome; retry?: RetryVerdict };

const rolledBack = (kind: OdooErrorKind): FaultMeaning => ({ kind, outcome: 'refused' });

/**
 * Lost connections between Odoo and PostgreSQL are `unknown`: Odoo rings its bus and signals its registry on
 * connections of their own after the commit, so such a fault does not prove that the transaction was rolled back.
 */
const LOST_DATABASE: FaultMeaning = { kind: 'unavailable', outcome: 'unknown' };

/** Exception class in `error.data.name`, without its module, as sent by Odoo 17, 18 and 19 (odoo/http.py, serialize_exception). */
const MEANING_OF_FAULT: ReadonlyMap<string, FaultMeaning> = new Map([
  ['AccessDenied', rolledBack('auth')],
  ['SessionExpiredException', rolledBack('auth')],
  ['AccessError', rolledBack('access')],
  ['UserError', rolledBack('validation')],
  ['ValidationError', rolledBack('validation')],
  ['RedirectWarning', rolledBack('validation')],
  ['ServerActionWithWarningsError', rolledBack('validation')],
  ['IntegrityError', rolledBack('validation')],
  ['UniqueViolation', rolledBack('validation')],
  ['NotNullViolation', rolledBack('validation')],
  ['ForeignKeyViolation', rolledBack('validation')],
  ['CheckViolation', rolledBack('validation')],
  ['MissingError', rolledBack('missing')],
  ['SerializationFailure', rolledBack('concurrency')],
  ['TransactionRollbackError', rolledBack('concurrency')],
  ['LockNotAvailable', rolledBack('concurrency')],
  ['DeadlockDetected', rolledBack('concurrency')],
  ['LockError', rolledBack('concurrency')],
  ['ConcurrencyError', rolledBack('concurrency')],
  ['OperationalError', LOST_DATABASE],
  ['InterfaceError', LOST_DATABASE],
  ['PoolError', LOST_DATABASE],
  ['AdminShutdown', LOST_DATABASE],
  ['CrashShutdown', LOST_DATABASE],
  ['CannotConnectNow', LOST_DATABASE],
  ['TooManyConnections', LOST_DATABASE],
  ['DiskFull', rolledBack('unavailable')],
  // No such route: JSON-RPC is off, or gone with a later Odoo.
  ['NotFound', { kind: 'protocol', outcome: 'not-done', retry: 'after-config' }],
]);

const MAX_WORDS_LENGTH = 400;

/** Odoo's own words on one line, cut; `safe_eval` appends the whole code of a server action, which is left out. */
function faultWords(message: string): string {
  const words = message
    .replace(/ while evaluating\n[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > MAX_WORDS_LENGTH ? `${words.slice(0, MAX_WORDS_LENGTH)}…` : words;
}

/** Turns a JSON-RPC fault into an error; `what` names the call (`model.method`), never its parameters. */
export function faultError(what: string, fault: { name: string; message: string }): OdooError {
  const className = fault.name.slice(fault.name.lastIndexOf('.') + 1);
  const meaning = MEANING_OF_FAULT.get(className) ?? rolledBack('protocol');
  return new OdooError({
    ...meaning,
    message: `Odoo refused ${what} (${className}): ${faultWords(fault.message)}`,
  });
}

/** Errors raised before a request was written: no connection, so nothing happened in Odoo. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

/** Odoo answered, but not with what the method is known to give. */
export function unexpectedAnswer(what: string, expected: string): OdooError {
  return new OdooError({
    kind: 'protocol',
    outcome: 'unknown',
    message: `Odoo answered ${what} with something else than ${expected}.`,
  });
}

/** Turns what undici threw into an error; only failures to connect are `not-done`. */
export function connectionError(what: string, cause: unknown): OdooError {
  const code = codeOf(cause);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new OdooError({
      kind: 'limit',
      outcome: 'unknown',
      message: `Odoo's answer to ${what} is larger than the limit; ask for less at a time.`,
      cause,
    });
  }
  return NEVER_SENT.has(code)
    ? new OdooError({
        kind: 'unavailable',
        outcome: 'not-done',
        message: `Odoo cannot be reached (${code}).`,
        cause,
      })
    : new OdooError({
        kind: 'unavailable',
        outcome: 'unknown',
        message: `The connection to Odoo broke during ${what} (${code}).`,
        cause,
      });
}

/** Turns an HTTP answer that is not JSON-RPC into an error. */
export function httpStatusError(what: string, status: number, location: string | undefined): OdooError {
  if (status >= 300 && status < 400) {
    return new OdooError({
      kind: 'protocol',
      outcome: 'not-done',
      retry: 'after-config',
      message: `Odoo's address answered ${what} with a redirect (${status}) to ${originOf(location)}. Use the final address.`,
    });
  }
  if (status === 413) {
    return new OdooError({
      kind: 'limit',
      outcome: 'not-done',
      message: `A proxy before Odoo refused ${what} as too large (413).`,
    });
  }
  if (status === 429) {
    return new OdooError({
      kind: 'unavailable',
      outcome: 'not-done',
      message: `A proxy before Odoo asks for fewer requests (429 to ${what}).`,
    });
  }
  if (status >= 500) {
    return new OdooError({
      kind: 'unavailable',
      outcome: 'unknown',
      message: `Odoo, or a proxy before it, answered ${what} with ${status}.`,
    });
  }
  return new OdooError({
    kind: 'protocol',
    outcome: status >= 400 ? 'not-done' : 'unknown',
    retry: 'after-config',
    message: `Expected JSON from Odoo for ${what}, got status ${status} and another kind of content. Check the address of Odoo.`,
  });
}

function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : 'another place';
}
