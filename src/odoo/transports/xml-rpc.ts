import { z } from 'zod';
import { parseVersion } from '../discovery.ts';
import { OdooError, unexpectedAnswer } from '../errors.ts';
import type { Json } from '../odoo.ts';
import { parseAddress, refusedLogin, type Transport, type TransportSettings, uidOf } from './transport.ts';
import { abortError, connectionError } from './transport-errors.ts';
import { createWatchedAgent } from './xml-rpc-agent.ts';
import { XmlRpcClient } from './xml-rpc-client.ts';
import { readFault, xmlFaultError } from './xml-rpc-faults.ts';
import { xmlValue } from './xml-rpc-values.ts';

const SystemFault = z.object({ code: z.string() });

/** `/xmlrpc/common` and `/xmlrpc/object`, through odoo-await; up to Odoo 21. Throws on a bad address. */
export function createXmlRpc({ url, database, login, password, limits }: TransportSettings): Transport {
  const { origin, prefix } = parseAddress(url);
  let sent = 0;
  const agent = createWatchedAgent(origin.startsWith('https:'), limits, () => {
    sent += 1;
  });
  const account = () => ({ baseUrl: origin, db: database, username: login, password: password() });

  const ask = async (
    what: string,
    signal: AbortSignal,
    work: (client: XmlRpcClient) => Promise<unknown>,
  ): Promise<Json> => {
    const aborted = abortError(what, signal, 'not-done');
    if (aborted !== undefined) throw aborted;
    try {
      const answer = await work(new XmlRpcClient(account(), { agent, prefix, what, signal }));
      return z.custom<Json>().parse(answer);
    } catch (error) {
      const fault = readFault(error);
      const failure =
        fault === undefined ? failureOf(what, error, { signal, database }) : xmlFaultError(what, fault);
      if (failure === null) return null;
      throw failure;
    }
  };

  return {
    name: () => 'xml-rpc',
    callCount: () => sent,
    stop: async () => agent.destroy(),
    authenticate: async (signal) =>
      uidOf(await ask('common.authenticate', signal, (client) => client.connect()), database),
    execute: ({ model, method, args, kwargs, what, signal }, uid) =>
      ask(what, signal, (client) => client.executeAs(uid, model, method, [xmlValue(args), xmlValue(kwargs)])),
    version: async (signal) =>
      parseVersion(await ask('common.version', signal, (client) => client.version())),
  };
}

type Circumstances = { signal: AbortSignal; database: string };

function failureOf(what: string, error: unknown, { signal, database }: Circumstances): OdooError {
  if (error instanceof OdooError) return error;
  const aborted = abortError(what, signal);
  if (aborted !== undefined) return aborted;
  // The library's only text that is thrown: no id for this login.
  if (typeof error === 'string') return refusedLogin(database);
  if (SystemFault.safeParse(error).success) return connectionError(what, error);
  // The cause is left out: the library keeps the request and the answer on its errors.
  return unexpectedAnswer(what, 'an XML-RPC answer');
}
