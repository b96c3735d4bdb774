import { type RetryVerdict, ViaductError } from '../../errors.ts';
import { HttpError, type Problem } from '../../http/index.ts';
import { OdooError } from '../../odoo/index.ts';
import { RecordsError } from '../scope/records-error.ts';

/**
 * The classes of Odoo's faults that are told here: the full name of JSON-RPC and JSON-2, the status of JSON-2 (odoo/exceptions.py,
 * `http_status`; what is a 500 there for a wrong argument is a 422 here), and the number of XML-RPC (rpc/controllers/xmlrpc.py).
 */
const CLASSES = {
  AccessDenied: { module: 'odoo.exceptions', status: 401, number: 3 },
  AccessError: { module: 'odoo.exceptions', status: 403, number: 4 },
  UserError: { module: 'odoo.exceptions', status: 422, number: 2 },
  ValidationError: { module: 'odoo.exceptions', status: 422, number: 2 },
  MissingError: { module: 'odoo.exceptions', status: 404, number: 2 },
  LockError: { module: 'odoo.exceptions', status: 409, number: 2 },
  ConcurrencyError: { module: 'odoo.exceptions', status: 409, number: 1 },
  TypeError: { module: 'builtins', status: 422, number: 1 },
  ValueError: { module: 'builtins', status: 422, number: 1 },
  AttributeError: { module: 'builtins', status: 404, number: 1 },
  NotFound: { module: 'werkzeug.exceptions', status: 404, number: 1 },
  BadRequest: { module: 'werkzeug.exceptions', status: 400, number: 1 },
  RequestEntityTooLarge: { module: 'werkzeug.exceptions', status: 413, number: 1 },
  TooManyRequests: { module: 'werkzeug.exceptions', status: 429, number: 1 },
  ServiceUnavailable: { module: 'werkzeug.exceptions', status: 503, number: 1 },
  InternalServerError: { module: 'werkzeug.exceptions', status: 500, number: 1 },
} as const;
export type FaultClass = keyof typeof CLASSES;

/** A refusal as Odoo would raise it. */
export class OdooFault extends ViaductError {
  readonly className: FaultClass;
  /** For the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    className: FaultClass,
    message: string,
    { headers = {}, cause }: { headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    const retry: RetryVerdict = CLASSES[className].status >= 500 ? 'later' : 'never';
    super({ code: `odoo-fault-${className}`, message, retry, cause });
    this.className = className;
    this.headers = headers;
  }

  /** With its module, as `odoo.exceptions.AccessError`. */
  get fullName(): string {
    return `${CLASSES[this.className].module}.${this.className}`;
  }

  /** The status of JSON-2. */
  get status(): (typeof CLASSES)[FaultClass]['status'] {
    return CLASSES[this.className].status;
  }

  /** The fault code of XML-RPC. */
  get number(): number {
    return CLASSES[this.className].number;
  }
}

/** A fault as JSON-RPC and JSON-2 carry it (odoo/http.py, serialize_exception). */
export function faultData({ fullName, message }: OdooFault) {
  return { name: fullName, message, arguments: [message], context: {}, debug: `${fullName}: ${message}` };
}

/** What the client is told of anything that was thrown. Unknown errors keep their words to the log. */
export function faultOf(error: unknown): OdooFault {
  if (error instanceof OdooFault) return error;
  if (error instanceof OdooError) return faultOfOdoo(error);
  if (error instanceof HttpError) return faultOfProblem(error.problem, error);
  if (error instanceof RecordsError)
    return new OdooFault(CLASS_OF_CODE.get(error.code) ?? 'AccessError', error.message, { cause: error });
  if (error instanceof ViaductError && error.retry === 'later') return unavailable(error.message, error);
  return new OdooFault('InternalServerError', 'Viaduct could not answer this call. Its log has the reason.', {
    cause: error,
  });
}

/** What is malformed is no matter of rights. */
const CLASS_OF_CODE: ReadonlyMap<string, FaultClass> = new Map([
  ...(['domain', 'order', 'groups', 'fields', 'values', 'arguments'] as const).map(
    (what) => [`invalid-${what}`, 'ValueError'] as const,
  ),
  ['too-many-records', 'UserError'],
  ['selector-missing', 'UserError'],
  ['record-missing', 'MissingError'],
]);

/** Odoo's own words, without what Viaduct says before them. */
const ODOO_WORDS = /^Odoo answered \S+ with (\w*): ([\s\S]*)$/;

function faultOfOdoo(error: OdooError): OdooFault {
  const [, name = '', words = error.message] = ODOO_WORDS.exec(error.message) ?? [];
  switch (error.kind) {
    case 'access':
      return new OdooFault('AccessError', words, { cause: error });
    case 'missing':
      return new OdooFault('MissingError', words, { cause: error });
    case 'concurrency':
      return new OdooFault(name === 'LockError' ? 'LockError' : 'ConcurrencyError', words, { cause: error });
    case 'validation':
      return new OdooFault(name === 'ValidationError' ? 'ValidationError' : 'UserError', words, {
        cause: error,
      });
    case 'protocol':
      // A Python error: what was asked makes no sense to Odoo.
      if (error.outcome === 'refused')
        return new OdooFault(isPython(name) ? name : 'ValueError', words, { cause: error });
      return unavailable('Odoo gave no answer that can be read.', error);
    case 'limit':
      if (error.retry === 'never') return new OdooFault('RequestEntityTooLarge', words, { cause: error });
      return unavailable('Too many calls are waiting for Odoo.', error);
    default:
      return unavailable('Odoo cannot be reached now.', error);
  }
}

function isPython(name: string): name is 'TypeError' | 'ValueError' | 'AttributeError' {
  return name === 'TypeError' || name === 'ValueError' || name === 'AttributeError';
}

const CLASS_OF_STATUS: ReadonlyMap<number, FaultClass> = new Map([
  [400, 'BadRequest'],
  [401, 'AccessDenied'],
  [403, 'AccessError'],
  [404, 'NotFound'],
  [413, 'RequestEntityTooLarge'],
  [429, 'TooManyRequests'],
]);

/**
 * A fault that a client of Odoo understands. What is none of his doing (Odoo is away, too many calls, an error of ours) is
 * thrown on, with a status of HTTP.
 */
export function clientFault(error: unknown): OdooFault {
  const fault = faultOf(error);
  const { status, message, headers } = fault;
  if (status < 500 && status !== 413 && status !== 429) return fault;
  if (error instanceof HttpError || fault.className === 'InternalServerError') throw error;
  throw new HttpError({ status, code: 'odoo-unavailable', detail: message, headers }, error);
}

/** The same of what the server refuses before or instead of a handler. */
export function faultOfProblem({ status, detail, headers = {} }: Problem, cause?: unknown): OdooFault {
  const other = status >= 500 ? 'ServiceUnavailable' : 'UserError';
  return new OdooFault(CLASS_OF_STATUS.get(status) ?? other, detail, { headers, cause });
}

function unavailable(words: string, cause: unknown): OdooFault {
  return new OdooFault('ServiceUnavailable', words, { headers: { 'retry-after': '30' }, cause });
}
