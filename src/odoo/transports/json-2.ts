import { z } from 'zod';
import { parseVersion } from '../discovery.ts';
import { DATABASE_MISSING, faultError, OdooError, unexpectedAnswer } from '../errors.ts';
import type { Json } from '../odoo.ts';
import { createHttpJson, type HttpJson, type JsonReply } from './http-json.ts';
import { namedArguments } from './json-2-arguments.ts';
import {
  absentError,
  isAbsent,
  refusedLogin,
  type Transport,
  type TransportCall,
  type TransportSettings,
} from './transport.ts';
import { httpStatusError } from './transport-errors.ts';

/** How Odoo tells a fault: the exception's class and words, beside a real HTTP status (odoo/http.py, Json2Dispatcher). */
const Fault = z.object({ name: z.string(), message: z.string() });
type Fault = z.infer<typeof Fault>;
const Version = z.object({ version: z.string() });
const Whose = z.object({ uid: z.number() });
const Logins = z.tuple([z.object({ login: z.string() })]);

/** `POST /json/2/<model>/<method>` with an API key; Odoo 19 and later. Throws on a bad address. */
export function createJson2({ url, database, login, password, limits }: TransportSettings): Transport {
  const http = createHttpJson({ url, limits });

  const execute = async (call: TransportCall): Promise<Json> => {
    const { model, method, what, signal } = call;
    const body = namedArguments(call);
    const headers = { authorization: `bearer ${password()}`, 'x-odoo-database': database };
    const path = `/json/2/${encodeURIComponent(model)}/${encodeURIComponent(method)}`;
    const reply = await http.ask({ path, headers, body, what, signal });
    if (reply.status === 200 && reply.json !== undefined) return resultOf(call, reply.json);
    const fault = Fault.safeParse(reply.json);
    if (fault.success) throw errorOf(what, reply.status, fault.data, database);
    throw await pageError(http, { what, reply, database, signal });
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

function errorOf(what: string, status: number, fault: Fault, database: string): OdooError {
  if (status === 401) return refusedLogin(database);
  return faultError(what, { name: nameElsewhere(fault), message: fault.message });
}

/** What the older ways call a model or a method that is not there. */
function nameElsewhere({ name, message }: Fault): string {
  if (name !== 'werkzeug.exceptions.NotFound') return name;
  return message.startsWith('the model') ? 'odoo.exceptions.UserError' : 'AttributeError';
}

type Page = { what: string; reply: JsonReply; database: string; signal: AbortSignal };

/** A page instead of an answer: this Odoo is older than 19, it does not serve the database, or a proxy spoke. */
async function pageError(http: HttpJson, { what, reply, database, signal }: Page): Promise<OdooError> {
  const { status, location } = reply;
  if (status < 300 || status >= 500 || PROXY_REFUSALS.has(status))
    return httpStatusError(what, status, location);
  const older = await webVersion(http, signal).then(() => false, isAbsent);
  if (older) {
    return absentError('This Odoo has no JSON-2, which came with Odoo 19. Set ODOO_TRANSPORT to auto.');
  }
  if (!reply.page.includes(NO_DATABASE)) return httpStatusError(what, status, location);
  return new OdooError({
    kind: 'unavailable',
    outcome: 'not-done',
    code: DATABASE_MISSING,
    message: `Odoo has no database "${database}", or does not serve it at this address.`,
  });
}

/** Odoo's words where no database is served (odoo/http.py, _serve_nodb). */
const NO_DATABASE = 'No database is selected';

/** Too large, too many. */
const PROXY_REFUSALS: ReadonlySet<number> = new Set([413, 429]);

/** Came with JSON-2; rejects as absent where any other page answers. */
async function webVersion(http: HttpJson, signal: AbortSignal): Promise<unknown> {
  const what = 'web/version';
  const { status, location, json } = await http.ask({ path: '/web/version', what, signal });
  const version = Version.safeParse(json);
  if (version.success) return { server_version: version.data.version, server_serie: version.data.version };
  if (status >= 500 || location !== undefined) throw httpStatusError(what, status, location);
  throw absentError('This Odoo tells its version to older transports only, as before Odoo 19.');
}
