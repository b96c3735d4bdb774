import { z } from 'zod';
import { parseVersion } from '../discovery.ts';
import { faultError, unexpectedAnswer } from '../errors.ts';
import type { Json } from '../odoo.ts';
import { createHttpJson } from './http-json.ts';
import { type Transport, type TransportSettings, uidOf } from './transport.ts';
import { httpStatusError } from './transport-errors.ts';

/**
 * The envelope of an answer. `result` is absent for a method that returned None (odoo/http.py, JsonRPCDispatcher);
 * a fault's own name and words are in `error.data`.
 */
const Answer = z.object({
  result: z.custom<Json>().optional(),
  error: z
    .object({
      message: z.string().default(''),
      data: z.object({ name: z.string().default(''), message: z.string().default('') }).optional(),
    })
    .optional(),
});

type Ask = {
  service: 'common' | 'object';
  method: string;
  args: readonly Json[];
  what: string;
  signal: AbortSignal;
};

/** `POST /jsonrpc`: Odoo's fastest way, up to version 21. Throws on a bad address. */
export function createJsonRpc({ url, database, login, password, limits }: TransportSettings): Transport {
  const http = createHttpJson({ url, limits });
  const ask = async ({ service, method, args, what, signal }: Ask): Promise<Json> => {
    const body = { jsonrpc: '2.0', method: 'call', id: http.sent() + 1, params: { service, method, args } };
    const { status, location, json } = await http.ask({ path: '/jsonrpc', body, what, signal });
    if (status !== 200 || json === undefined) throw httpStatusError(what, status, location);
    const answer = Answer.safeParse(json);
    if (!answer.success) throw unexpectedAnswer(what, 'a JSON-RPC answer');
    const { result, error } = answer.data;
    if (error === undefined) return result ?? null;
    throw faultError(what, {
      name: error.data?.name ?? '',
      message: error.data?.message || error.message,
    });
  };
  return {
    name: () => 'json-rpc',
    callCount: http.sent,
    stop: http.stop,
    authenticate: async (signal) => {
      const args = [database, login, password(), {}];
      const what = 'common.authenticate';
      return uidOf(await ask({ service: 'common', method: 'authenticate', args, what, signal }), database);
    },
    execute: async ({ model, method, args, kwargs, what, signal }, uid) =>
      await ask({
        service: 'object',
        method: 'execute_kw',
        args: [database, uid, password(), model, method, args, kwargs],
        what,
        signal,
      }),
    version: async (signal) => {
      const what = 'common.version';
      return parseVersion(await ask({ service: 'common', method: 'version', args: [], what, signal }));
    },
  };
}
