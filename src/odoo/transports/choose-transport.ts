import { OdooError } from '../errors.ts';
import { createJson2 } from './json-2.ts';
import { createJsonRpc } from './json-rpc.ts';
import {
  isAbsent,
  TRANSPORT_NAMES,
  type Transport,
  type TransportName,
  type TransportSettings,
} from './transport.ts';
import { createXmlRpc } from './xml-rpc.ts';

/** What the setting says: one transport, or `auto`. */
export type TransportChoice = 'auto' | TransportName;

const CREATE = {
  'json-rpc': createJsonRpc,
  'json-2': createJson2,
  'xml-rpc': createXmlRpc,
} as const satisfies { readonly [name in TransportName]: (settings: TransportSettings) => Transport };

/** The transport of that name, or the one that answers. Throws on a bad address. */
export function chooseTransport(choice: TransportChoice, settings: TransportSettings): Transport {
  if (choice !== 'auto') return CREATE[choice](settings);
  return firstThatAnswers(TRANSPORT_NAMES.map((name) => CREATE[name](settings)));
}

/**
 * `auto`: JSON-RPC wherever it answers, on 19 too, because a call costs 16 ms there and 26 ms over JSON-2, and the
 * number and price of calls is what Viaduct's speed is made of; the price for it is a deprecation line in Odoo's log per
 * call. Where it is off or gone (Odoo 22) JSON-2 follows, and XML-RPC last. Found out by the calls themselves: only
 * an answer that proves that Odoo never saw a call moves it on, so an upgrade of Odoo under a running Viaduct does too.
 */
export function firstThatAnswers(transports: readonly Transport[]): Transport {
  let current = 0;
  const nowUsed = (): Transport => at(transports, current);

  const run = async <T>(
    ask: (transport: Transport) => Promise<T>,
    movesOn: (error: unknown, transport: Transport) => boolean = isAbsent,
  ): Promise<T> => {
    const first = current;
    const refusals: unknown[] = [];
    for (let step = 0; step < transports.length; step += 1) {
      const index = (first + step) % transports.length;
      const transport = at(transports, index);
      try {
        const result = await ask(transport);
        current = index;
        return result;
      } catch (error) {
        if (!movesOn(error, transport)) {
          current = index;
          throw error;
        }
        refusals.push(error);
      }
    }
    // A refused login says more than that the other ways are closed.
    throw refusals.find((error) => !isAbsent(error)) ?? refusals[0];
  };

  return {
    name: () => nowUsed().name(),
    authenticate: (signal) => run((transport) => transport.authenticate(signal), isAbsentForLogin),
    execute: (call, uid) => run((transport) => transport.execute(call, uid)),
    version: (signal) => run((transport) => transport.version(signal)),
    callCount: () => transports.reduce((sum, transport) => sum + transport.callCount(), 0),
    stop: async () => {
      await Promise.all(transports.map((transport) => transport.stop()));
    },
  };
}

/** JSON-2 refuses every password, which may still be right elsewhere. */
function isAbsentForLogin(error: unknown, transport: Transport): boolean {
  const isRefused = error instanceof OdooError && error.kind === 'auth';
  return isAbsent(error) || (isRefused && transport.name() === 'json-2');
}

function at(transports: readonly Transport[], index: number): Transport {
  const transport = transports[index];
  if (transport === undefined) throw new RangeError('There is no such transport.');
  return transport;
}
