import { loadConfig } from '../../config/index.ts';
import { createHttpServer, type Route } from '../../http/index.ts';
import { createLog } from '../../log.ts';
import { createMetrics } from '../../metrics.ts';
import type { Json, OdooClient } from '../../odoo/index.ts';
import type { RecordsDatabase } from '../database.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { createEndpointFinder } from '../endpoints/find-endpoint.ts';
import type { CallLine } from '../log/call-line.ts';
import { createRecordRoutes } from '../routes.ts';
import { SAMPLE_FIELDS } from '../scope/testing/sample-scope.ts';
import type { Transacted, Transaction } from '../transaction.ts';

export type AskedCall = { model: string; method: string; args: readonly Json[]; kwargs: unknown };

export type RecordDoors = {
  url: string;
  /** What Odoo was asked as the endpoint's user. */
  asked: AskedCall[];
  /** What was asked to happen together. */
  transactions: Transaction[];
  /** Lines for Odoo's log. */
  lines: CallLine[];
  routes: readonly Route[];
  stop: () => Promise<void>;
};

export type RecordDoorsOptions = {
  /** What Odoo answers; may throw. */
  answer?: (call: AskedCall) => Json;
  transact?: (transaction: Transaction) => Transacted;
  /** Wrong keys of one address in a minute. */
  refusals?: number;
};

/** Odoo finds these records, whichever way it is asked for some. */
export function finding(...records: readonly Json[]) {
  return ({ method }: AskedCall): Json =>
    method === 'web_read' ? records : { length: records.length, records };
}

/** All doors of the record API behind Viaduct's own server, before an Odoo that answers what it is told to. */
export async function startRecordDoors(
  endpoints: readonly Endpoint[],
  { answer = () => [], transact, refusals = 1_000 }: RecordDoorsOptions = {},
): Promise<RecordDoors> {
  const [asked, transactions, lines]: [AskedCall[], Transaction[], CallLine[]] = [[], [], []];
  const call: OdooClient['call'] = async (model, method, args, options) => {
    const one = { model, method, args, kwargs: options?.kwargs ?? {} };
    asked.push(one);
    return answer(one);
  };
  const finder = createEndpointFinder(endpoints);
  const database: RecordsDatabase = {
    ...{ id: 'database', name: 'main', series: 19, heldWords: () => null, finder: () => finder },
    fields: async (models) =>
      new Map(
        [...SAMPLE_FIELDS]
          .filter(([model]) => models.includes(model))
          .map(([model, fields]) => [
            model,
            new Map([...fields].map(([name, meta]) => [name, factsOf(meta)])),
          ]),
      ),
    findAction: async () => 31,
    ...{ acting: () => ({ call }), spend: () => null, keep: (line) => void lines.push(line) },
    transact: async (_, transaction) => {
      transactions.push(transaction);
      return transact?.(transaction) ?? { kind: 'done', replayed: false, results: [{ ids: [] }] };
    },
  };
  const required = { ODOO_URL: 'http://odoo.test', ODOO_DATABASE: 'a', ODOO_LOGIN: 'a', ODOO_PASSWORD: 'a' };
  const limits = { VIADUCT_HTTP_REFUSALS_PER_MINUTE: String(refusals) };
  const config = loadConfig({ environment: { ...required, ...limits, VIADUCT_PORT: '0' } });
  const routes = createRecordRoutes({ config, nowMs: () => Date.now(), databases: () => [database] });
  const log = createLog({ level: 'error', destination: { write: () => {} } });
  const server = createHttpServer({
    ...{ config: config.http, log, metrics: createMetrics(), readiness: () => [], routes },
  });
  const { port } = await server.start();
  return { url: `http://127.0.0.1:${port}`, asked, transactions, lines, routes, stop: server.stop };
}

type Meta = NonNullable<ReturnType<NonNullable<ReturnType<typeof SAMPLE_FIELDS.get>>['get']>>;

function factsOf({
  type,
  relation,
  required,
  readonly,
  store,
  string,
  related = null,
  selection = null,
}: Meta) {
  const choices =
    selection === null ? null : selection.map(([value, label]): [string, string] => [value, label]);
  return { type, relation, required, readonly, store, string, related, selection: choices };
}
