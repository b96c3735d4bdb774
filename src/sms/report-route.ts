import { type HttpContext, type Problem, type RateLimit, type Route, rawBody } from '../http/index.ts';
import type { Journal } from '../journal/index.ts';
import type { SmsDatabase } from './database.ts';
import {
  NO_SECRET,
  NO_SIGNATURE,
  type ReportRefusal,
  readUnsignedReport,
  type VerifiedReport,
  verifyReport,
} from './delivery-report.ts';
import { STATE_QUEUE } from './queues.ts';
import { type DeliveryReport, reportPayload, SMS_UUID } from './schema.ts';
import { isGatewayApiStatus } from './status.ts';
import type { DatabaseKeys, WebhookKeys } from './webhook-keys.ts';

export type ReportRouteOptions = {
  journal: Pick<Journal, 'append'>;
  databases: (name: string | undefined) => Iterable<SmsDatabase>;
  keys: WebhookKeys;
  bodyBytes: number;
  rateLimit: RateLimit;
  onReport: (status: string) => void;
};

const SIGNATURE_HEADER = 'x-gwapi-signature';
/** Refusals (no secret, a secret that does not fit) after which another database is asked. */
const ANOTHER_MAY_FIT: ReadonlySet<number> = new Set([403, 503]);

/**
 * `POST /gatewayapi/dlr`: a delivery report, acknowledged once the journal has it on disk. The address, the header, the
 * status codes and the shape of the answers are those of the module that this stands in for.
 */
export function createReportRoute(options: ReportRouteOptions): Route {
  const { journal, databases, keys } = options;

  async function handle(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c, options.bodyBytes);
    const header = c.env.incoming.headers[SIGNATURE_HEADER];
    const token = typeof header === 'string' ? header : null;
    let refusal = NO_SECRET;
    for (const database of databases(c.req.query('database'))) {
      const found = keys.of(database);
      const verifying = verify(token, bytes, found instanceof Promise ? await found : found);
      // As a rule there is nothing to wait for, and each wait costs a per cent of the throughput.
      const verified = verifying instanceof Promise ? await verifying : verifying;
      if (verified.ok) return acknowledge(c, database, verified);
      if (!ANOTHER_MAY_FIT.has(verified.refusal.status)) return refuse(c, verified.refusal);
      if (refusal === NO_SECRET) refusal = verified.refusal;
    }
    return refuse(c, refusal);
  }

  async function acknowledge(
    c: HttpContext,
    database: SmsDatabase,
    { report, json }: { report: DeliveryReport; json: string },
  ): Promise<Response> {
    options.onReport(isGatewayApiStatus(report.status) ? report.status : 'other');
    const uuid = report.userref ?? '';
    // Another application may share the GatewayAPI account: its messages are no business of this database.
    if (!SMS_UUID.test(uuid)) return c.json({ status: 'ok', message: 'SMS not found but acknowledged' });
    await journal.append([
      {
        database: database.id,
        queue: STATE_QUEUE,
        key: uuid,
        dedupe: `${report.id}:${report.msisdn}:${report.status}:${report.time}`,
        payload: reportPayload(uuid, json),
      },
    ]);
    return c.json({ status: 'ok', message: 'Webhook processed successfully' });
  }

  function refuse(c: HttpContext, { status, words }: ReportRefusal): Response {
    options.onReport('refused');
    return c.json({ status: 'error', message: words }, status);
  }

  return { method: 'POST', path: '/gatewayapi/dlr', handle, rateLimit: options.rateLimit, tellProblem };
}

function verify(
  token: string | null,
  bytes: Buffer,
  { verifying, requireSignature }: DatabaseKeys,
): VerifiedReport | Promise<VerifiedReport> {
  if (token !== null) return verifyReport(token, verifying, bytes);
  if (!requireSignature) return readUnsignedReport(bytes);
  return { ok: false, refusal: verifying.length === 0 ? NO_SECRET : NO_SIGNATURE };
}

function tellProblem(c: HttpContext, { status, detail, headers }: Problem): Response {
  return c.json({ status: 'error', message: detail }, status, { ...headers });
}
