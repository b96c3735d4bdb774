import { z } from 'zod';
import {
  type HttpContext,
  HttpError,
  type Problem,
  parseJson,
  type RateLimit,
  type Route,
  rawBody,
} from '../../http/index.ts';
import type { Json } from '../../odoo/index.ts';
import { clientFault, faultData, faultOfProblem, type OdooFault } from './odoo-fault.ts';
import { dispatchService, type OdooService } from './odoo-service.ts';

const AnyJson = z.custom<Json>();
const Request = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  params: z.object({ service: z.string(), method: z.string(), args: z.array(AnyJson).default([]) }),
});

/** Values in one body. */
const MOST_VALUES = 50_000;

/** `POST /jsonrpc`, as of Odoo 17 to 19 (rpc/controllers/jsonrpc.py); its faults are answered with 200, as there. */
export function createJsonRpcRoute(odoo: OdooService, rateLimit: RateLimit): Route {
  return { method: 'POST', path: '/jsonrpc', rateLimit, tellProblem, handle };

  async function handle(c: HttpContext): Promise<Response> {
    const request = Request.safeParse(await jsonBody(c));
    if (!request.success) return c.text('Invalid JSON-RPC data', 400);
    const { id = null, params } = request.data;
    const { service, method, args } = params;
    try {
      const result = await dispatchService(odoo, c, { door: 'json-rpc', service, method, params: args });
      return c.json({ jsonrpc: '2.0', id, ...(result === null ? {} : { result }) });
    } catch (error) {
      return c.json({ jsonrpc: '2.0', id, error: errorOf(clientFault(error)) });
    }
  }
}

/** What the server refuses; its status says so too. */
function tellProblem(c: HttpContext, problem: Problem): Response {
  const body = { jsonrpc: '2.0', id: null, error: errorOf(faultOfProblem(problem)) };
  return c.json(body, problem.status, { ...problem.headers });
}

/** As `JsonRPCDispatcher.handle_error` tells it (odoo/http.py). */
function errorOf(fault: OdooFault) {
  const isMissing = fault.className === 'NotFound';
  return {
    code: isMissing ? 404 : 0,
    message: isMissing ? '404: Not Found' : 'Odoo Server Error',
    data: faultData(fault),
  };
}

/** The body as JSON; an HttpError says that it is none. */
export async function jsonBody(c: HttpContext): Promise<unknown> {
  const bytes = await rawBody(c);
  try {
    return parseJson(bytes, MOST_VALUES);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HttpError({ status: 400, code: 'invalid-json', detail: 'The body is no JSON in UTF-8.' });
  }
}
