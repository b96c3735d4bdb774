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
  // One record of a batch may be at fault, or what Odoo's administrators changed and may change back.
  validation: 'alone',
  missing: 'alone',
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

/**
 * Whether an error says nothing about what Odoo was asked: it was away, too busy with others, or nobody gets in until an
 * administrator mends a login, a right or an address. Work waits for the end of that and is not to blame for it.
 */
export function isOdooOutage(error: unknown): boolean {
  if (!(error instanceof OdooError)) return false;
  return error.kind === 'unavailable' || error.kind === 'concurrency' || error.retry === 'after-config';
}

type FaultMeaning = { kind: OdooErrorKind; outcome: OdooOutcome; retry?: RetryVerdict; code?: string };

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
  // Odoo met a lock or a collision, and asked on in the same transaction for the words to say so.
  ['InFailedSqlTransaction', rolledBack('concurrency')],
  ['OperationalError', LOST_DATABASE],
  ['InterfaceError', LOST_DATABASE],
  ['PoolError', LOST_DATABASE],
  ['AdminShutdown', LOST_DATABASE],
  ['CrashShutdown', LOST_DATABASE],
  ['CannotConnectNow', LOST_DATABASE],
  ['TooManyConnections', LOST_DATABASE],
  ['DiskFull', rolledBack('unavailable')],
  // No such route: JSON-RPC is off, or gone with a later Odoo.
  [
    'NotFound',
    { kind: 'protocol', outcome: 'not-done', retry: 'after-config', code: 'odoo-transport-absent' },
  ],
]);

/** The code of an error that says that Odoo has no such database. */
export const DATABASE_MISSING = 'odoo-database-missing';

/** PostgreSQL's words at the connection: whatever was asked, it was not begun. */
const NO_SUCH_DATABASE = /FATAL: +database ".+" does not exist/;

const MAX_WORDS_LENGTH = 400;

/** Odoo's own words on one line, cut; `safe_eval` appends the whole code of a server action, which is left out. */
function faultWords(message: string): string {
  const words = withoutTraceback(message)
    .replace(/ while evaluating\n[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > MAX_WORDS_LENGTH ? `${words.slice(0, MAX_WORDS_LENGTH)}…` : words;
}

/** An import's fault has the words amid a Python traceback: frames are indented, the exceptions' own lines are not. */
function withoutTraceback(message: string): string {
  if (!message.includes('Traceback (most recent call last)')) return message;
  const isFrame = /^\s|^Traceback \(|^The above exception was|^During handling of/;
  return message
    .split('\n')
    .filter((line) => !isFrame.test(line))
    .join('\n');
}

/** Turns Odoo's fault into an error; `what` names the call (`model.method`), never its parameters. */
export function faultError(what: string, fault: { name: string; message: string }): OdooError {
  const className = fault.name.slice(fault.name.lastIndexOf('.') + 1);
  const meaning = MEANING_OF_FAULT.get(className) ?? rolledBack('protocol');
  const isWithoutDatabase = className === 'OperationalError' && NO_SUCH_DATABASE.test(fault.message);
  return new OdooError({
    ...meaning,
    ...(isWithoutDatabase ? { outcome: 'not-done', code: DATABASE_MISSING } : {}),
    message: `Odoo answered ${what} with ${className}: ${faultWords(fault.message)}`,
  });
}

/** Odoo answered, but not with what the method is known to give. */
export function unexpectedAnswer(what: string, expected: string): OdooError {
  return new OdooError({
    kind: 'protocol',
    outcome: 'unknown',
    message: `Odoo answered ${what} with something else than ${expected}.`,
  });
}
