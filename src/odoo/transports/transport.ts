import { OdooError } from '../errors.ts';
import type { Json, OdooVersion } from '../odoo.ts';

export const TRANSPORT_NAMES = ['json-rpc', 'json-2', 'xml-rpc'] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];

export type TransportLimits = {
  /** Sockets open to Odoo at one time. */
  connections: number;
  /** Bytes of one request and of one answer. */
  requestBytes: number;
  responseBytes: number;
  connectTimeoutMs: number;
};

export type TransportSettings = {
  /** Where Odoo is; a path in it comes before the transport's own. */
  url: string;
  database: string;
  login: string;
  /** The password or API key of this moment, which may be renewed; JSON-2 takes API keys only. */
  password: () => string;
  limits: TransportLimits;
};

/** One call; its values have been through `cleanCall`. */
export type TransportCall = {
  model: string;
  method: string;
  args: readonly Json[];
  kwargs: { readonly [name: string]: Json };
  /** Names the call in error texts: `model.method`. */
  what: string;
  signal: AbortSignal;
};

/**
 * One way to speak with one database of one Odoo. Everything rejects with an {@link OdooError}, of the same kind and
 * outcome on every transport; code `odoo-transport-absent` says that this Odoo, or a proxy before it, has no such way.
 */
export type Transport = {
  name: () => TransportName;
  /** The id of the user that login and password belong to; rejects with kind `auth` when they are refused. */
  authenticate: (signal: AbortSignal) => Promise<number>;
  /** `model.method(*args, **kwargs)` as that user; one request, one transaction. Kind `auth`: the id is no longer accepted. */
  execute: (call: TransportCall, uid: number) => Promise<Json>;
  /** Asked without a login. */
  version: (signal: AbortSignal) => Promise<OdooVersion>;
  /** Requests that left this process so far. */
  callCount: () => number;
  stop: () => Promise<void>;
};

export const ABSENT = 'odoo-transport-absent';

/** Whether Odoo never saw the call because this way does not lead to it: another transport may be tried. */
export function isAbsent(error: unknown): error is OdooError {
  return error instanceof OdooError && error.code === ABSENT;
}

export function absentError(message: string): OdooError {
  return new OdooError({
    kind: 'protocol',
    outcome: 'not-done',
    code: ABSENT,
    retry: 'after-config',
    message,
  });
}

/** The id of a login's answer; rejects with kind `auth` where Odoo gave none. */
export function uidOf(answer: unknown, database: string): number {
  if (typeof answer === 'number') return answer;
  throw refusedLogin(database);
}

export function refusedLogin(database: string): OdooError {
  return new OdooError({
    kind: 'auth',
    outcome: 'refused',
    message: `Odoo refused the login to database "${database}". Check the login, and its password or API key.`,
  });
}

/** The parts of Odoo's address; throws an {@link OdooError} on one that cannot be used. */
export function parseAddress(url: string): { origin: string; prefix: string } {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  const isPlain =
    base !== undefined && /^https?:$/.test(base.protocol) && base.username === '' && base.password === '';
  if (isPlain && base.search === '' && base.hash === '') {
    return { origin: base.origin, prefix: base.pathname.replace(/\/+$/, '') };
  }
  throw new OdooError({
    kind: 'protocol',
    outcome: 'not-done',
    retry: 'after-config',
    message:
      'The address of Odoo must be http://… or https://…, without user name, password, query or fragment.',
  });
}

export function tooLarge(what: string, bytes: number, limit: number): OdooError {
  return new OdooError({
    kind: 'limit',
    outcome: 'not-done',
    message: `The request ${what} has ${bytes} bytes, the limit is ${limit}. Send it in smaller batches.`,
  });
}
