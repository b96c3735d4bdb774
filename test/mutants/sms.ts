import type { Mutant } from './mutant.ts';

const ODOO = {
  composer: 'test/integration/sms-composer.test.ts',
  credit: 'test/integration/sms-credit.test.ts',
  reports: 'test/integration/sms-reports.test.ts',
  secrets: 'test/integration/sms-secrets.test.ts',
} as const;
const APPLY = 'addon-manifests/viaduct_sms/data/procedure_apply_states.xml';

/** What SMS connectors for Odoo are known to get wrong. */
export const SMS_MUTANTS: readonly Mutant[] = [
  {
    id: 'G1',
    weakness: 'A failure type that Odoo does not know raises, and takes a whole batch back.',
    test: { file: 'src/sms/reports/status.test.ts', name: '%s has a failure type that Odoo knows, or none' },
    change: { file: 'src/sms/reports/status.ts', from: "'sms_expired'", to: "'sms_other'" },
    does: 'EXPIRED gets a failure type of its own making',
  },
  {
    id: 'G2',
    weakness: 'After a crash or a time-out an SMS is sent, and paid, again.',
    test: {
      file: 'src/sms/sending/send-jobs.test.ts',
      name: 'after a crash while it was handed over has an unknown outcome, and is never sent again',
    },
    change: {
      file: 'src/sms/sending/send-jobs.ts',
      from: "jobs.filter(({ memo }) => memo?.stage === 'handed-over')",
      to: "jobs.filter(({ memo }) => memo?.stage === 'not-accepted')",
    },
    does: 'what was handed over before the crash counts as never sent',
  },
  {
    id: 'G3',
    weakness: 'A report that overtakes Odoo’s commit is acknowledged and lost.',
    test: {
      file: 'src/sms/reports/state-jobs.test.ts',
      name: 'is looked for again, uncounted, and waits as long again as it has waited',
    },
    change: {
      file: 'src/sms/reports/state-jobs.ts',
      from: 'if (ageMs > options.maxAgeMs) {',
      to: 'if (ageMs >= 0) {',
    },
    does: 'a report without its SMS is done at once',
  },
  {
    id: 'G4',
    weakness: 'Odoo deletes sent SMS, and later reports find nothing.',
    test: { file: ODOO.reports, name: 'in disorder and in duplicate end as delivered' },
    change: {
      file: APPLY,
      from: ".search([('sms_uuid', 'in', list(updates))])",
      to: ".search([('sms_uuid', 'in', [sms.uuid for sms in env['sms.sms'].sudo().search([('to_delete', '=', False)])])])",
    },
    does: 'an SMS is looked for by its row in Odoo’s queue',
  },
  {
    id: 'G5',
    weakness: 'A report changes the queue’s row only; the chatter goes on to show success.',
    test: { file: ODOO.composer, name: 'a number ending in %s shows as %s with the provider’s words' },
    change: {
      file: APPLY,
      from: 'some._action_update_from_sms_state(state, failure_type=failure_type, failure_reason=reason)',
      to: 'pass',
    },
    does: 'the tracker’s notification is not told',
  },
  {
    id: 'G6',
    weakness: 'An SMS is shown as delivered as soon as the provider has taken it.',
    test: { file: 'src/sms/reports/status.test.ts', name: 'accepted is pending, which Odoo shows as sent' },
    change: {
      file: 'src/sms/reports/status.ts',
      from: "rank: RANK.accepted, state: 'pending'",
      to: "rank: RANK.accepted, state: 'sent'",
    },
    does: 'accepted becomes Odoo’s "sent", which it shows as delivered',
  },
  {
    id: 'G7',
    weakness: 'The provider’s documented answer is misread, and SMS that were taken are shown as failed.',
    test: { file: 'src/sms/gatewayapi/client.test.ts', name: 'is cut off by the end of the document' },
    change: {
      file: 'src/sms/gatewayapi/rest-api.ts',
      from: "body.trimStart().startsWith('{')",
      to: "body.trimEnd().endsWith('}')",
    },
    does: 'an acceptance counts only when its details can be read',
  },
  {
    id: 'G8',
    weakness: 'The signature is not bound to the body: one captured token vouches for any report.',
    test: { file: 'src/sms/reports/delivery-report.test.ts', name: 'another status' },
    change: {
      file: 'src/sms/reports/delivery-report.ts',
      from: 'if (!verified.ok || !saysElse(value, read.value)) return verified;',
      to: 'return verified;',
    },
    does: 'the body is not compared with the claims',
  },
  {
    id: 'G9',
    weakness: 'One number that cannot be read raises, and takes 199 others along.',
    test: { file: 'src/sms/sending/send-route.test.ts', name: 'do not take their neighbours along' },
    change: {
      file: 'src/phone/phone-number.ts',
      from: 'if (number === undefined) {',
      to: "if (number === undefined) {\n    throw new TypeError('not a number');",
    },
    does: 'a number that cannot be read raises',
  },
  {
    id: 'G10',
    weakness: 'A request that is refused for one message fails for all of them.',
    test: {
      file: 'src/sms/sending/send-batch.test.ts',
      name: 'one bad message among 500 that nobody names costs at most 18 more requests',
    },
    change: {
      file: 'src/sms/sending/send-batch.ts',
      from: 'if (smaller.length > 0) {',
      to: 'if (smaller.length > 500) {',
    },
    does: 'a refused request is not taken apart',
  },
  {
    id: 'G11',
    weakness: 'A call without a time limit hangs a worker.',
    test: { file: 'src/sms/gatewayapi/client.test.ts', name: 'the answer %s' },
    change: {
      file: 'src/sms/gatewayapi/client.ts',
      from: 'const { limits } = options;',
      to: 'const limits = { ...options.limits, timeoutMs: 600_000 };',
    },
    does: 'a request may take ten minutes',
  },
  {
    id: 'G12',
    weakness: 'Opening a form or list asks the provider for each row’s balance.',
    test: {
      file: 'src/sms/credit/day.test.ts',
      name: 'a day of checks for 20 accounts makes exactly the calls that their intervals and failures ask for',
    },
    change: {
      file: 'src/sms/credit/decisions.ts',
      from: 'if (row.minimum === null || row.watchAskedAt === null) return false;',
      to: 'if (row.minimum === null) return false;\n  if (row.watchAskedAt === null) return true;',
    },
    does: 'the balance is asked for whenever an account is read',
  },
  {
    id: 'G13',
    weakness: 'Text beyond GSM 03.38 that is no emoji arrives mangled.',
    test: { file: 'src/sms/gatewayapi/client.test.ts', name: 'carries %s, unmangled' },
    change: {
      file: 'src/sms/gatewayapi/rest-api.ts',
      from: "...(encoding === 'UCS2' ? { encoding } : {}),",
      to: '',
    },
    does: 'the encoding is left to the provider’s default',
  },
  {
    id: 'G14',
    weakness: 'Every check below the minimum alerts anew, and no recovery is told.',
    test: {
      file: 'src/sms/credit/day.test.ts',
      name: 'a day of balances raises exactly one alert at each fall below the minimum and one notice at each recovery',
    },
    change: {
      file: 'src/sms/credit/decisions.ts',
      from: 'if (isBelow === row.isLow) return null;',
      to: 'if (!isBelow) return null;',
    },
    does: 'what was told already is not looked at',
  },
  {
    id: 'G15',
    weakness: 'A check that failed counts as one, and the next comes an interval later.',
    test: {
      file: ODOO.credit,
      name: 'takes a failed check for none: it is made again when the schedule runs next',
    },
    change: {
      file: 'addon-manifests/viaduct_sms/data/procedure_credit.xml',
      from: "values = {'x_last_attempt': now,",
      to: "values = {'x_last_attempt': now, 'x_last_success': now,",
    },
    does: 'an attempt is written as a success',
  },
  {
    id: 'G16',
    weakness: 'The administrator’s own notification action is set back to the standard one.',
    test: { file: ODOO.credit, name: 'is the administrator’s own, which nothing overwrites' },
    change: {
      file: 'addon-manifests/viaduct_sms/data/procedure_credit.xml',
      from: 'for chosen in account.x_notification_action_id | default:',
      to: 'for chosen in default:',
    },
    does: 'the chosen action is not run',
  },
  {
    id: 'G17',
    weakness: 'Of several accounts the newest sends for everybody.',
    test: {
      file: 'src/sms/accounts/accounts.test.ts',
      name: 'the company’s own account although Odoo used another’s token',
    },
    change: {
      file: 'src/sms/accounts/accounts.ts',
      from: 'const candidates = own.length > 0 ? own : shared;',
      to: 'const candidates = accounts;',
    },
    does: 'companies are not looked at',
  },
  {
    id: 'G18',
    weakness: 'Every new IAP account becomes one of GatewayAPI, and Odoo’s own services break.',
    test: { file: ODOO.credit, name: 'an account of Odoo’s other services stays as Odoo makes it' },
    change: {
      file: 'addon-manifests/viaduct_sms/data/ir.model.fields-iap_account.csv',
      from: "found.get(record._origin.id, 'odoo')",
      to: "found.get(record._origin.id, 'gatewayapi')",
    },
    does: 'accounts that nobody set up count as GatewayAPI’s',
  },
  {
    id: 'G19',
    weakness: 'Tokens and secrets can be read by every employee.',
    test: { file: ODOO.secrets, name: 'finds no secret in any text of any model he may search' },
    change: {
      file: 'addon-manifests/viaduct_sms/security/ir.model.access.csv',
      from: 'model_x_gatewayapi_account,viaduct_base.group_administrator,1,1,1,1',
      to: 'model_x_gatewayapi_account,viaduct_base.group_administrator,1,1,1,1\naccess_gatewayapi_account_employee,employees,model_x_gatewayapi_account,base.group_user,1,0,0,0',
    },
    does: 'employees may read GatewayAPI accounts',
  },
  {
    id: 'G20',
    weakness: 'Logs hold numbers, texts and signatures.',
    test: {
      file: 'src/sms/reports/report-route.test.ts',
      name: 'no log line holds a number, a signature or what a report says',
    },
    change: {
      file: 'src/http/route.ts',
      from: 'const facts = { requestId: requestId(c), method, route: path, status, error };',
      to: 'const facts = { requestId: requestId(c), method, route: path, status, error, said: c.req.raw.headers.get("x-gwapi-signature") };',
    },
    does: 'a refusal is logged with the request’s headers',
  },
  {
    id: 'G21',
    weakness: 'One switch makes every report believed unsigned.',
    test: {
      file: 'src/sms/reports/report-route.test.ts',
      name: 'is refused while any account of the database asks for one',
    },
    change: {
      file: 'src/sms/reports/webhook-keys.ts',
      from: 'accounts.some(({ requireSignature }) => requireSignature)',
      to: 'accounts.every(({ requireSignature }) => requireSignature)',
    },
    does: 'one account without the requirement switches it off for all',
  },
  {
    id: 'G22',
    weakness: 'A report that comes late overwrites a newer state.',
    test: { file: ODOO.reports, name: 'never move an SMS backwards' },
    change: {
      file: APPLY,
      from: "if update['rank'] > rank_now[uuid] or (update['rank'] == rank_now[uuid] and update['rank'] < 10):",
      to: 'if True:',
    },
    does: 'ranks are not compared',
  },
  {
    id: 'G23',
    weakness: 'Work grows with the square of a batch, or by a call for each SMS.',
    test: {
      file: 'src/sms/reports/state-jobs.test.ts',
      name: 'is one call into Odoo, however many SMS and steps it holds',
    },
    change: {
      file: 'src/sms/reports/state-jobs.ts',
      from: 'inBatches([...furthest.values()], options.callLimit)',
      to: 'inBatches([...furthest.values()], 1)',
    },
    does: 'each SMS is written by itself',
  },
  {
    id: 'G24',
    weakness: 'The sample for nginx does not start, and menus and buttons lead nowhere.',
    test: { file: 'test/conformance/nginx.test.ts', name: 'plain HTTP is sent to HTTPS' },
    change: {
      file: 'docker/nginx.conf',
      from: 'limit_req_zone $binary_remote_addr zone=viaduct_posts:10m rate=2000r/s;',
      to: '',
    },
    does: 'the zone is not where nginx wants it',
  },
  {
    id: 'G25',
    weakness: 'Nobody knows what an SMS costs.',
    test: { file: 'src/sms/gatewayapi/charges.test.ts', name: 'always adds up to what the request cost' },
    change: {
      file: 'src/sms/gatewayapi/charges.ts',
      from: '(upTo(before + segments) - upTo(before)) / MICROS',
      to: 'upTo(segments) / MICROS',
    },
    does: 'each price is rounded by itself',
  },
];
