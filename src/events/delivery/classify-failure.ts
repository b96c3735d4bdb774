import { errorText, ViaductError } from '../../errors.ts';
import type { ErrorClass } from './attempt.ts';
import { RefusedAddressError } from './guarded-agent.ts';

export type Failure = { errorClass: ErrorClass; words: string };

/** OpenSSL's verdicts on a certificate, as Node.js lists them, beside the codes that begin with ERR_TLS or ERR_SSL. */
const TLS_CODES = new Set([
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_REJECTED'],
  ...['CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'HOSTNAME_MISMATCH'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'INVALID_CA', 'INVALID_PURPOSE', 'EPROTO'],
]);
const CONNECT_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What kind of failure ended an attempt without an answer. */
export function classifyFailure(error: unknown, timeoutMs: number): Failure {
  // One error for each address of the host: they failed alike, or the first says enough.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return classifyFailure(error.errors[0], timeoutMs);
  }
  if (error instanceof RefusedAddressError) return { errorClass: 'refused-address', words: error.message };
  if (error instanceof ViaductError) return { errorClass: 'unusable', words: error.message };
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { errorClass: 'timeout', words: `There was no whole answer within ${timeoutMs / 1000} s.` };
  }
  const words = errorText(error);
  const [code, call] = [textOf(error, 'code'), textOf(error, 'syscall')];
  if (call === 'getaddrinfo' || code === 'ENOTFOUND') return { errorClass: 'dns', words };
  if (TLS_CODES.has(code) || /^ERR_(TLS|SSL|OSSL)_/.test(code)) return { errorClass: 'tls', words };
  if (CONNECT_CODES.has(code) || call === 'connect') return { errorClass: 'connect', words };
  if (code === 'UND_ERR_INVALID_ARG') return { errorClass: 'unusable', words };
  return { errorClass: 'reset', words: `The connection broke: ${words}` };
}

function textOf(error: unknown, name: 'code' | 'syscall'): string {
  const entry = error instanceof Error ? Object.entries(error).find(([key]) => key === name) : undefined;
  return String(entry?.[1] ?? '');
}
