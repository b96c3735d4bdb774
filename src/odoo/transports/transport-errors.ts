import { OdooError, type OdooOutcome } from '../errors.ts';
import { absentError } from './transport.ts';

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

/** No such route in Odoo, or a proxy does not let it pass. */
const WAY_IS_CLOSED: ReadonlySet<number> = new Set([403, 404, 405, 410]);

/** Turns an HTTP answer that is not the transport's own into an error. */
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
  if (WAY_IS_CLOSED.has(status)) {
    return absentError(
      `Odoo's address answered ${what} with ${status} and a page. Check the address of Odoo; or this way to it is off.`,
    );
  }
  return new OdooError({
    kind: 'protocol',
    outcome: status >= 400 ? 'not-done' : 'unknown',
    retry: 'after-config',
    message: `Expected an answer of Odoo to ${what}, got status ${status} and another kind of content. Check the address of Odoo.`,
  });
}

function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : 'another place';
}

/** The error of an aborted call: out of time, or given up by its caller (`odoo-cancelled`); undefined when not aborted. */
export function abortError(
  what: string,
  signal: AbortSignal,
  outcome: OdooOutcome = 'unknown',
): OdooError | undefined {
  if (!signal.aborted) return undefined;
  const isTimeout = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return new OdooError({
    kind: 'unavailable',
    outcome,
    message: isTimeout ? `Odoo did not answer ${what} in time.` : `The call ${what} was given up.`,
    ...(isTimeout ? {} : { code: 'odoo-cancelled' }),
  });
}
