import { type HttpContext, type Problem, type RateLimit, type Route, rawBody } from '../../http/index.ts';
import type { Journal } from '../../journal/index.ts';
import type { SmsDatabase } from '../database.ts';
import { inboundEntry } from '../inbound/inbound-sms.ts';
import { STATE_QUEUE } from '../queues.ts';
import { type DeliveryReport, reportPayload, SMS_UUID } from '../schema.ts';
import {
  NO_SECRET,
  NO_SIGNATURE,
  type Notification,
  type ReportRefusal,
  readUnsignedReport,
  type VerifiedReport,
  verifyReport,
  verifySignedBody,
} from './delivery-report.ts';
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

const PROCESSED = { status: 'ok', message: 'Webhook processed successfully' };
/** Of the REST API, and of the messaging API. */
const TOKEN_HEADER = 'x-gwapi-signature';
const SIGNATURE_HEADER = 'signature';
/** Refusals (no secret, a secret that does not fit) after which another database is asked. */
const ANOTHER_MAY_FIT: ReadonlySet<number> = new Set([403, 503]);

/** Where GatewayAPI's webhooks for delivery reports, inbound SMS and the messaging API post to; each takes all. */
const PATHS = ['/gatewayapi/dlr', '/gatewayapi/inbound', '/gatewayapi/events'];

/**
 * What GatewayAPI notifies of, acknowledged once the journal has it on disk. The address of reports, the header, the
 * status codes and the shape of the answers are those of the module that this stands in for.
 */
export function createReportRoutes(options: ReportRouteOptions): Route[] {
  const { journal, databases, keys } = options;

  async function handle(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c, options.bodyBytes);
    const { headers } = c.env.incoming;
    const proof = { token: textOf(headers[TOKEN_HEADER]), signature: textOf(headers[SIGNATURE_HEADER]) };
    let refusal = NO_SECRET;
    for (const database of databases(c.req.query('database'))) {
      const found = keys.of(database);
      const verifying = verify(proof, bytes, found instanceof Promise ? await found : found);
      // As a rule there is nothing to wait for, and each wait costs a per cent of the throughput.
      const verified = verifying instanceof Promise ? await verifying : verifying;
      if (verified.ok) return acknowledge(c, database, verified);
      if (!ANOTHER_MAY_FIT.has(verified.refusal.status)) return refuse(c, verified.refusal);
      if (refusal === NO_SECRET) refusal = verified.refusal;
    }
    return refuse(c, refusal);
  }

  /** Not async: around that of `keepReport` it would be one more wait for each report. */
  function acknowledge(
    c: HttpContext,
    database: SmsDatabase,
    { notification, json }: { notification: Notification; json: string },
  ): Promise<Response> {
    return notification.kind === 'report'
      ? keepReport(c, database, notification.report, json)
      : keepOther(c, database, notification);
  }

  async function keepOther(
    c: HttpContext,
    database: SmsDatabase,
    notification: Exclude<Notification, { kind: 'report' }>,
  ): Promise<Response> {
    options.onReport(notification.kind);
    if (notification.kind === 'ignored') return c.json({ status: 'ok', message: 'Event ignored' });
    await journal.append([inboundEntry(database.id, notification.inbound)]);
    return c.json(PROCESSED);
  }

  async function keepReport(
    c: HttpContext,
    database: SmsDatabase,
    report: DeliveryReport,
    json: string,
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
    return c.json(PROCESSED);
  }

  function refuse(c: HttpContext, { status, words }: ReportRefusal): Response {
    options.onReport('refused');
    return c.json({ status: 'error', message: words }, status);
  }

  return PATHS.map((path) => ({ method: 'POST', path, handle, rateLimit: options.rateLimit, tellProblem }));
}

type Proof = { token: string | null; signature: string | null };

function textOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function verify(
  { token, signature }: Proof,
  bytes: Buffer,
  { verifying, requireSignature }: DatabaseKeys,
): VerifiedReport | Promise<VerifiedReport> {
  const signed = signature === null ? null : verifySignedBody(signature, verifying, bytes);
  if (signed !== null) return signed;
  if (token !== null) return verifyReport(token, verifying, bytes);
  if (!requireSignature) return readUnsignedReport(bytes);
  return { ok: false, refusal: verifying.length === 0 ? NO_SECRET : NO_SIGNATURE };
}

function tellProblem(c: HttpContext, { status, detail, headers }: Problem): Response {
  return c.json({ status: 'error', message: detail }, status, { ...headers });
}
