import type { HttpContext } from '../../http/index.ts';
import type { Json } from '../../odoo/index.ts';
import { isList, isObject } from '../scope/json.ts';
import type { OdooCall } from './caller.ts';
import { OdooFault } from './odoo-fault.ts';

export type OdooDoor = 'json-rpc' | 'json-2' | 'xml-rpc';

/** As Odoo's service `common` tells its version. */
export type OdooVersionAnswer = {
  server_version: string;
  server_version_info: readonly [number, number, number, string, number, string];
  server_serie: string;
  protocol_version: 1;
};

/** What the protocols ask for; each rejects with what {@link faultOf} can tell. */
export type OdooService = {
  /** As Odoo tells it before anybody has signed in. */
  version: () => OdooVersionAnswer;
  /** The id of the endpoint's user, or false where the login (the endpoint's uuid) and the password (its key) do not fit. */
  authenticate: (
    c: HttpContext,
    door: OdooDoor,
    account: { login: string; password: string },
  ) => Promise<number | false>;
  /** A call of the endpoint that the key opens; `userId` is what a client was told at its login, null where it has none. */
  execute: (
    c: HttpContext,
    door: OdooDoor,
    credentials: { userId: number | null; key: string },
    call: OdooCall,
  ) => Promise<Json>;
};

export type ServiceRequest = { door: OdooDoor; service: string; method: string; params: readonly Json[] };

/** What JSON-RPC and XML-RPC have in common (odoo/http.py, dispatch_rpc): services with methods by position. */
export async function dispatchService(
  odoo: OdooService,
  c: HttpContext,
  { door, service, method, params }: ServiceRequest,
): Promise<Json> {
  if (service === 'common') return await common(odoo, c, { door, service, method, params });
  if (service !== 'object') throw new OdooFault('NotFound', `There is no service '${service}' here.`);
  if (method !== 'execute' && method !== 'execute_kw')
    throw new OdooFault('AttributeError', `Method not available ${method}`);
  const [, userId, key, model, called, ...rest] = params;
  if (
    typeof userId !== 'number' ||
    typeof key !== 'string' ||
    typeof model !== 'string' ||
    typeof called !== 'string'
  )
    throw new OdooFault(
      'TypeError',
      `${method} takes database, uid, password, model, method and its arguments`,
    );
  const given = method === 'execute' ? { args: rest, kwargs: {} } : argumentsOf(rest);
  return await odoo.execute(c, door, { userId, key }, { model, method: called, ...given });
}

async function common(
  odoo: OdooService,
  c: HttpContext,
  { door, method, params }: ServiceRequest,
): Promise<Json> {
  if (method === 'version') return odoo.version();
  if (method !== 'login' && method !== 'authenticate')
    throw new OdooFault('NotFound', `There is no method '${method}' of the service 'common' here.`);
  const [, login, password] = params;
  if (typeof login !== 'string' || typeof password !== 'string') return false;
  return await odoo.authenticate(c, door, { login, password });
}

/** A list and, where there are any, an object of named ones. */
function argumentsOf(rest: readonly Json[]): Pick<OdooCall, 'args' | 'kwargs'> {
  const [args = [], kwargs] = rest;
  const named = kwargs === undefined || kwargs === null || kwargs === '' ? {} : kwargs;
  if (rest.length > 2 || !isList(args) || !isObject(named))
    throw new OdooFault('TypeError', 'execute_kw takes a list of arguments, and an object of named ones');
  return { args, kwargs: named };
}
