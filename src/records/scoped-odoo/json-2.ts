import { z } from 'zod';
import type { HttpContext, Problem, RateLimit, Route } from '../../http/index.ts';
import type { Json } from '../../odoo/index.ts';
import { isList } from '../scope/json.ts';
import { jsonBody } from './json-rpc.ts';
import { clientFault, faultData, faultOfProblem, OdooFault } from './odoo-fault.ts';
import type { OdooService } from './odoo-service.ts';

const Body = z.record(z.string(), z.custom<Json>());
const BEARER = /^bearer +(\S+) *$/i;

/** `POST /json/2/<model>/<method>` with named arguments, as of Odoo 19 (rpc/controllers/json2.py). */
export function createJson2Route(odoo: OdooService, rateLimit: RateLimit): Route {
  return { method: 'POST', path: '/json/2/:model/:method', rateLimit, tellProblem, handle };

  async function handle(c: HttpContext): Promise<Response> {
    const body = await bodyOf(c);
    try {
      const key = BEARER.exec(c.env.incoming.headers.authorization ?? '')?.[1];
      if (key === undefined)
        throw new OdooFault('AccessDenied', 'Give the key of an endpoint: Authorization: Bearer <key>.');
      if (body === null) throw new OdooFault('BadRequest', 'The body must be an object of named arguments.');
      const { ids, ...kwargs } = body;
      const [model, method] = [c.req.param('model') ?? '', c.req.param('method') ?? ''];
      const call = { model, method, args: [], kwargs, ...(ids === undefined ? {} : { ids }) };
      const result = await odoo.execute(c, 'json-2', { userId: null, key }, call);
      // A new record is a list of one there, whatever it was made of.
      return c.json(method === 'create' && !isList(result) ? [result] : result);
    } catch (error) {
      const fault = clientFault(error);
      return c.json(dataOf(fault), fault.status);
    }
  }
}

/** `GET /web/version` and `GET /json/version`. */
export function createVersionRoutes(odoo: Pick<OdooService, 'version'>, rateLimit: RateLimit): Route[] {
  return ['/web/version', '/json/version'].map((path) => ({
    ...{ method: 'GET', path, rateLimit },
    handle: (c) => {
      const { server_version_info: info, server_version: version } = odoo.version();
      return c.json({ version_info: info, version });
    },
  }));
}

function tellProblem(c: HttpContext, problem: Problem): Response {
  return c.json(dataOf(faultOfProblem(problem)), problem.status, { ...problem.headers });
}

/** A refused key is told by HTTP's word for it there. */
function dataOf(fault: OdooFault) {
  const data = faultData(fault);
  return fault.className === 'AccessDenied' ? { ...data, name: 'werkzeug.exceptions.Unauthorized' } : data;
}

/** Null for what is no object; an empty body has no arguments. */
async function bodyOf(c: HttpContext): Promise<z.infer<typeof Body> | null> {
  if (c.env.incoming.headers['content-length'] === '0') return {};
  const parsed = Body.safeParse(await jsonBody(c));
  return parsed.success ? parsed.data : null;
}
