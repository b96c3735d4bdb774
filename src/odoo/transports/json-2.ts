import { z } from 'zod';
import { parseVersion } from '../discovery.ts';
import { faultError, OdooError, unexpectedAnswer } from '../errors.ts';
import type { Json } from '../odoo.ts';
import { createHttpJson, type HttpJson, type JsonReply } from './http-json.ts';
import { namedArguments } from './json-2-arguments.ts';
import {
  absentError,
  refusedLogin,
  type Transport,
  type TransportCall,
  type TransportSettings,
} from './transport.ts';
import { httpStatusError } from './transport-errors.ts';

/** How Odoo tells a fault: the exception's class and words, beside a real HTTP status (odoo/http.py, Json2Dispatcher). */
const Fault = z.object({ name: z.string(), message: z.string() });
const Version = z.object({ version: z.string() });
const Whose = z.object({ uid: z.number() });
const Logins = z.tuple([z.object({ login: z.string() })]);

/** `POST /json/2/<model>/<method>` with an API key; Odoo 19 and later. Throws on a bad address. */
export function createJson2({ url, database, login, password, limits }: TransportSettings): Transport {
  const http = createHttpJson({ url, limits });
  const headers = { authorization: `bearer ${password}`, 'x-odoo-database': database };

  const execute = async (call: TransportCall): Promise<Json> => {
    const { model, method, what, signal } = call;
    const body = namedArguments(call);
    const path = `/json/2/${encodeURIComponent(model)}/${encodeURIComponent(method)}`;
    const reply = await http.ask({ path, headers, body, what, signal });
    if (reply.status === 200 && reply.json !== undefined) return resultOf(call, reply.json);
    if (reply.status === 404 && reply.json === undefined) throw await absent(http, database, signal);
    throw errorOf(what, reply, database);
  };
  const ask = (method: string, args: readonly Json[], signal: AbortSignal) =>
    execute({ model: 'res.users', method, args, kwargs: {}, what: `res.users.${method}`, signal });

  return {
    name: () => 'json-2',
    callCount: http.sent,
    stop: http.stop,
    execute,
    // A key alone says who calls: without this look, a wrong key would work under another name than it was given for.
    authenticate: async (signal) => {
      const whose = Whose.safeParse(await ask('context_get', [], signal));
      if (!whose.success) throw unexpectedAnswer('res.users.context_get', 'a user');
      const { uid } = whose.data;
      const logins = Logins.safeParse(await ask('read', [[uid], ['login']], signal));
      if (logins.success && logins.data[0].login === login) return uid;
      throw refusedLogin(database);
    },
    version: async (signal) => parseVersion(await webVersion(http, signal)),
  };
}

/** The older ways unwrap what `create` gives for one record; here it is done by hand (odoo/service/model.py, call_kw). */
function resultOf({ method, args: [values] }: TransportCall, json: unknown): Json {
  const result = z.custom<Json>().parse(json);
  const isOneRecord = method === 'create' && values !== undefined && !Array.isArray(values);
  return isOneRecord && Array.isArray(result) ? (result[0] ?? null) : result;
}

function errorOf(what: string, { status, location, json }: JsonReply, database: string): OdooError {
  const fault = Fault.safeParse(json);
  if (!fault.success) return httpStatusError(what, status, location);
  const { name, message } = fault.data;
  if (status === 401) return refusedLogin(database);
  return faultError(what, { name: nameElsewhere(name, message), message });
}

/** What the older ways call a model or a method that is not there. */
function nameElsewhere(name: string, message: string): string {
  if (name !== 'werkzeug.exceptions.NotFound') return name;
  return message.startsWith('the model') ? 'odoo.exceptions.UserError' : 'AttributeError';
}

/** A page instead of an answer: either this Odoo is older than 19, or it does not serve the database. */
async function absent(http: HttpJson, database: string, signal: AbortSignal): Promise<OdooError> {
  const isServed = await webVersion(http, signal).then(
    () => true,
    () => false,
  );
  if (isServed) {
    return new OdooError({
      kind: 'unavailable',
      outcome: 'not-done',
      message: `Odoo has no database "${database}", or does not serve it at this address.`,
    });
  }
  return absentError('This Odoo has no JSON-2, which came with Odoo 19. Set ODOO_TRANSPORT to auto.');
}

async function webVersion(http: HttpJson, signal: AbortSignal): Promise<unknown> {
  const what = 'web/version';
  const { status, location, json } = await http.ask({ path: '/web/version', what, signal });
  if (status === 404) throw absentError('This Odoo tells its version to older transports only.');
  const version = Version.safeParse(json);
  if (!version.success) throw httpStatusError(what, status, location);
  return { server_version: version.data.version, server_serie: version.data.version };
}
