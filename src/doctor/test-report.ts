import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { errorText } from '../errors.ts';
import { newTestReference, type SmsAccount, signedNotification } from '../sms/index.ts';
import { askHttp } from './ask-http.ts';
import type { Database } from './database.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

const Noted = z.object({ reference: z.string().nullable() });

const ARRIVAL_LIMIT_MS = 15_000;
const LOOK_AGAIN_MS = 250;
const POST_LIMIT_MS = 10_000;

export type TestReportOptions = {
  /** Where GatewayAPI would post to, without a slash at the end. */
  url: string;
  /** What a post to it must name where several databases share it. */
  query: string;
  clock: Clock;
};

/**
 * Posts a delivery report of no SMS to the public address: unsigned, signed by a stranger, and as GatewayAPI would; and
 * waits until the last has been through the journal into Odoo. One finding for each step; never rejects for what it finds.
 */
export async function testReport(
  account: SmsAccount,
  odoo: Database['odoo'],
  options: TestReportOptions,
): Promise<Finding[]> {
  const check = `gatewayapi ${account.id}`;
  if (account.webhookSecret === null) {
    const cure = 'Set the same webhook secret in the GatewayAPI dashboard and in the account.';
    return [fault(check, 'There is no webhook secret to sign a report with.', cure)];
  }
  const startedMs = options.clock.nowMs();
  const report = { reference: newTestReference(), atMs: startedMs };
  const of = (secret: string) => signedNotification(account.sending.api, report, secret);
  const good = await of(account.webhookSecret);
  const url = `${options.url}${good.path}${options.query}`;
  const unsigned = await post(url, { ...good, headers: {} });
  if (typeof unsigned === 'string') {
    const cure = `Start Viaduct, let its proxy lead there, or set VIADUCT_PUBLIC_URL to where it answers.`;
    return [fault(`${check} address`, `${url} cannot be reached: ${unsigned}.`, cure)];
  }
  const findings = [
    unsignedFinding(`${check} unsigned`, unsigned, account),
    forgedFinding(`${check} forged`, await post(url, await of(`${account.webhookSecret}?`))),
    signedFinding(`${check} signed`, await post(url, good), url),
  ];
  if (findings.at(-1)?.state !== 'ok') return findings;
  return [
    ...findings,
    await arrivalFinding(`${check} in odoo`, report.reference, { odoo, startedMs, ...options }),
  ];
}

/** The status, or why there is none. */
function post(
  url: string,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string },
): Promise<number | string> {
  const signal = AbortSignal.timeout(POST_LIMIT_MS);
  const asked = askHttp(url, { signal, body, headers: { 'content-type': 'application/json', ...headers } });
  return asked.then(({ status }) => status, errorText);
}

function unsignedFinding(check: string, status: number, { requireSignature }: SmsAccount): Finding {
  if (status === 401) return ok(check, 'A report without a signature is refused (401).');
  if (status === 200 && !requireSignature) {
    const cure = 'Switch "Require Signed Reports" on in every account, once the tests are over.';
    return warning(
      check,
      'A report without a signature is believed (200): anybody may report a delivery.',
      cure,
    );
  }
  return explained(check, status);
}

function forgedFinding(check: string, status: number | string): Finding {
  if (status === 403) return ok(check, 'A report with a wrong signature is refused (403).');
  return explained(check, status);
}

function signedFinding(check: string, status: number | string, url: string): Finding {
  if (status === 200) return ok(check, `A signed report is taken at ${url} (200).`);
  return explained(check, status);
}

const CURES: ReadonlyMap<number, string> = new Map([
  [301, 'Let the address be the one that answers, with https://: GatewayAPI follows no redirects.'],
  [
    403,
    'Let a running Viaduct read the account anew (it does within a minute), and the proxy pass headers on.',
  ],
  [404, 'Let the proxy pass /gatewayapi/ on to Viaduct, as docker/nginx.conf does.'],
  [429, 'Wait a minute: this address has guessed too many signatures.'],
  [502, 'Start Viaduct, or let the proxy lead to where it listens.'],
  [503, 'Look at /readyz or "viaduct doctor": Viaduct takes nothing at the moment.'],
]);

function explained(check: string, status: number | string): Finding {
  const words = typeof status === 'string' ? `The post broke: ${status}.` : `The answer was ${status}.`;
  const cure = typeof status === 'number' ? CURES.get(status) : undefined;
  return fault(check, words, cure ?? 'Look into the log of Viaduct, and of what stands before it.');
}

type Awaiting = Pick<TestReportOptions, 'clock'> & { odoo: Database['odoo']; startedMs: number };

async function arrivalFinding(
  check: string,
  reference: string,
  { odoo, clock, startedMs }: Awaiting,
): Promise<Finding> {
  while (clock.nowMs() - startedMs < ARRIVAL_LIMIT_MS) {
    const noted = Noted.parse(await odoo.procedure('viaduct_sms.test_report', {}, { idempotent: true }));
    if (noted.reference === reference) {
      const seconds = ((clock.nowMs() - startedMs) / 1000).toFixed(1);
      return ok(
        check,
        `The report was in Odoo after ${seconds} s; the form of the Viaduct database shows it.`,
      );
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
  const cure = 'Look at /readyz: the database may be held, or Odoo not answer; and at "viaduct dead".';
  return fault(check, `The report was taken, but is not in Odoo after ${ARRIVAL_LIMIT_MS / 1000} s.`, cure);
}
