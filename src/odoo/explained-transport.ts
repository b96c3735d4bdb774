import { z } from 'zod';
import { DATABASE_MISSING, OdooError } from './errors.ts';
import type { Transport, TransportSettings } from './transports/index.ts';

/** What the settings are called that address, database, login and password were read from. */
export type SettingNames = { readonly [key in 'url' | 'database' | 'login' | 'password']: string };

export type Place = Pick<TransportSettings, 'url' | 'database' | 'login'> & { names: SettingNames };

/**
 * The same transport, whose errors also say which address, database or login Odoo was asked with, and which setting
 * to change. Kind, outcome, code and verdict stay as they are.
 */
export function explainedTransport(transport: Transport, place: Place): Transport {
  let hasAnswered = false;
  const explain = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      const answer = await asked;
      hasAnswered = true;
      return answer;
    } catch (error) {
      if (!(error instanceof OdooError)) throw error;
      hasAnswered ||= error.outcome === 'refused';
      throw explained(error, place, hasAnswered);
    }
  };
  return {
    ...transport,
    authenticate: (signal) => explain(transport.authenticate(signal)),
    execute: (call, uid) => explain(transport.execute(call, uid)),
    version: (signal) => explain(transport.version(signal)),
  };
}

function explained(error: OdooError, place: Place, hasAnswered: boolean): OdooError {
  const hint = hintOf(error, place, hasAnswered);
  if (hint === null) return error;
  const { kind, outcome, code, retry, cause, message } = error;
  return new OdooError({ kind, outcome, code, retry, cause, message: `${message} ${hint}` });
}

const SystemError = z.object({ code: z.string() });
/** How a server without TLS ends a handshake. */
const NO_HANDSHAKE = /^(ECONNRESET|EPROTO|UND_ERR_SOCKET|ERR_SSL_\w+)$/;

function hintOf(
  error: OdooError,
  { url, database, login, names }: Place,
  hasAnswered: boolean,
): string | null {
  if (error.code === DATABASE_MISSING) {
    return `There is no database "${database}" at ${url}: set ${names.database} to one there is.`;
  }
  if (error.kind === 'auth') return `It was ${login}, by ${names.login} and ${names.password}.`;
  const code = SystemError.safeParse(error.cause).data?.code;
  if (error.kind === 'unavailable' && code !== undefined) {
    const isUnsecured = !hasAnswered && url.startsWith('https:') && NO_HANDSHAKE.test(code);
    if (isUnsecured) return `If Odoo speaks plain HTTP, ${names.url} must begin with http://; it is ${url}.`;
    return `${names.url} is ${url}.`;
  }
  const isWrongPlace = error.kind === 'protocol' && error.retry === 'after-config';
  return isWrongPlace ? `${names.url} is ${url}.` : null;
}
