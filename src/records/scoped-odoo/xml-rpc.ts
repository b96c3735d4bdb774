import { type HttpContext, type Problem, type RateLimit, type Route, rawBody } from '../../http/index.ts';
import { clientFault, faultOfProblem, type OdooFault } from './odoo-fault.ts';
import { dispatchService, type OdooService } from './odoo-service.ts';
import { readXmlRpcCall } from './xml-rpc-reader.ts';
import { writeNumberFault, writeTextFault, writeXmlRpcAnswer } from './xml-rpc-writer.ts';

const XML = { 'content-type': 'text/xml; charset=utf-8' };

/** `POST /xmlrpc/2/<service>` and the older `/xmlrpc/<service>`, whose faults have texts for codes (rpc/controllers/xmlrpc.py). */
export function createXmlRpcRoutes(odoo: OdooService, rateLimit: RateLimit): Route[] {
  return [
    createRoute(odoo, { path: '/xmlrpc/2/:service', rateLimit, writeFault: writeNumberFault }),
    createRoute(odoo, { path: '/xmlrpc/:service', rateLimit, writeFault: writeTextFault }),
  ];
}

type Way = { path: string; rateLimit: RateLimit; writeFault: (fault: OdooFault) => string };

function createRoute(odoo: OdooService, { path, rateLimit, writeFault }: Way): Route {
  return { method: 'POST', path, rateLimit, tellProblem, handle };

  async function handle(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c);
    try {
      const { method, params } = readXmlRpcCall(bytes.toString('utf8'));
      const service = c.req.param('service') ?? '';
      const value = await dispatchService(odoo, c, { door: 'xml-rpc', service, method, params });
      return c.body(writeXmlRpcAnswer(value), 200, XML);
    } catch (error) {
      return c.body(writeFault(clientFault(error)), 200, XML);
    }
  }

  function tellProblem(c: HttpContext, problem: Problem): Response {
    return c.body(writeFault(faultOfProblem(problem)), problem.status, { ...problem.headers, ...XML });
  }
}
