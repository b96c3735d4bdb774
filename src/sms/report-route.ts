import { type HttpContext, type Problem, type RateLimit, type Route, rawBody } from '../http/index.ts';
import type { Journal } from '../journal/index.ts';
import type { SmsDatabase } from './database.ts';
import {
  INVALID_TOKEN,
  type ReportRefusal,
  readUnsignedReport,
  type VerifiedReport,
  verifyReport,
} from './delivery-report.ts';
import { STATE_QUEUE } from './queues.ts';
import { type DeliveryReport, SMS_UUID, type StateJob } from './schema.ts';
import type { WebhookKeys } from './webhook-keys.ts';

export type ReportRouteOptions = {
  journal: Pick<Journal, 'append'>;
  databases: () => readonly SmsDatabase[];
  keys: WebhookKeys;
  bodyBytes: number;
  rateLimit: RateLimit;
  onReport: (status: string) => void;
};

const SIGNATURE_HEADER = 'x-gwapi-signature';

/**
 * `POST /gatewayapi/dlr`: a delivery report, acknowledged once the journal has it on disk. The address, the header, the
 * status codes and the shape of the answers are those of the module that this stands in for.
 */
export function createReportRoute(options: ReportRouteOptions): Route {
  const { journal, databases, keys } = options;

  async function handle(c: HttpContext): Promise<Response> {
    const bytes = await rawBody(c, options.bodyBytes);
    const token = c.env.incoming.headers[SIGNATURE_HEADER];
    for (const database of databases()) {
      const { verifying, requireSignature } = await keys.of(database);
      const verified = await verify(
        typeof token === 'string' ? token : null,
        bytes,
        verifying,
        requireSignature,
      );
      if (verified.ok) return acknowledge(c, database, verified.report);
      if (verified.refusal.status !== 403) return refuse(c, verified.refusal);
    }
    return refuse(c, INVALID_TOKEN);
  }

  async function acknowledge(
    c: HttpContext,
    database: SmsDatabase,
    report: DeliveryReport,
  ): Promise<Response> {
    options.onReport(report.status);
    const uuid = report.userref ?? '';
    // Another application may share the GatewayAPI account: its messages are no business of this database.
    if (!SMS_UUID.test(uuid)) return c.json({ status: 'ok', message: 'SMS not found but acknowledged' });
    const job: StateJob = { kind: 'report', uuid, report };
    await journal.append([
      {
        database: database.id,
        queue: STATE_QUEUE,
        key: uuid,
        dedupe: `${report.id}:${report.msisdn}:${report.status}:${report.time}`,
        payload: JSON.stringify(job),
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

async function verify(
  token: string | null,
  bytes: Buffer,
  verifying: Parameters<typeof verifyReport>[1],
  requireSignature: boolean,
): Promise<VerifiedReport> {
  if (requireSignature && verifying.length === 0) return refused(503, 'JWT secret not configured.');
  if (requireSignature && token === null) {
    const words = 'Missing X-Gwapi-Signature header. Please configure GatewayAPI to send this header.';
    return refused(401, words);
  }
  if (bytes.length === 0) return refused(400, 'Empty JSON data received');
  const body = parseJson(bytes);
  if (body === undefined) return refused(400, 'Invalid JSON data received');
  return token === null ? readUnsignedReport(body) : verifyReport(token, verifying, body);
}

function refused(status: ReportRefusal['status'], words: string): VerifiedReport {
  return { ok: false, refusal: { status, words } };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function tellProblem(c: HttpContext, { status, detail, headers }: Problem): Response {
  return c.json({ status: 'error', message: detail }, status, { ...headers });
}
