import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type GatewayApiSimulator, SUFFIX_FATES } from '../../fixtures/gatewayapi/index.ts';
import { isMessagingStatus, type StatusRow, statusRows } from '../../src/sms/reports/status-table.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

type Fates = NonNullable<Parameters<GatewayApiSimulator['reports']['configure']>[0]['fates']>;
type Fate = Fates[number]['fate'];

/** Odoo's names of the states on a notification. */
const NOTIFICATION_STATUS = {
  ...{ process: 'process', pending: 'pending', sent: 'sent', error: 'exception', bounce: 'bounce' },
};
const Trackers = z.array(z.object({ x_viaduct_status: z.unknown() }));
const Shown = z.object({
  sms_number: z.string(),
  notification_status: z.string(),
  failure_type: z.union([z.string(), z.literal(false)]),
  failure_reason: z.union([z.string(), z.literal(false)]),
});

let loop: Loop;
let sms: ReturnType<typeof odooSms>;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(() => loop?.dispose());

/** The account sends over this API from now on. */
async function sendOver(api: 'rest' | 'messaging'): Promise<void> {
  await loop.odoo.execute('x_gatewayapi_account', 'write', [[loop.accountId], { x_api: api }]);
  // Started anew it knows of it: the bell may take a moment longer than the next SMS.
  await loop.stopViaduct();
  await loop.startViaduct();
  await until(
    async () => (await fetch(`${loop.url}/readyz`)).status,
    (status) => status === 200,
  );
}

function fateOf({ status, code }: StatusRow): Fate {
  const more = code === null ? {} : { code };
  switch (status) {
    case 'UNKNOWN':
    case 'SCHEDULED':
    case 'BUFFERED':
    case 'ENROUTE':
      return { ends: 'stuck', status };
    case 'DELIVERED':
    case 'ACCEPTED':
    case 'EXPIRED':
    case 'DELETED':
    case 'UNDELIVERABLE':
    case 'REJECTED':
    case 'SKIPPED':
      return { ends: 'final', status, ...more };
    default:
      throw new Error(`The simulator has no fate ${status}.`);
  }
}

/** One SMS to each of these numbers, all through Odoo's queue in one batch. */
async function sendToAll(numbers: readonly string[], text: string): Promise<void> {
  const code = `
numbers = ${JSON.stringify(numbers)}
partners = env['res.partner'].create([{'name': number, 'phone': number} for number in numbers])
for partner in partners:
    partner._message_sms('${text}', sms_numbers=[partner.phone], put_in_queue=True)
env['sms.sms']._process_queue()
`;
  await (await sms.action(code))();
}

/** What the chatter shows of SMS to these numbers, once as many of them have been told a status. */
async function shown(numbers: readonly string[]): Promise<z.infer<typeof Shown>[]> {
  const told = [
    ['mail_notification_id.sms_number', 'in', numbers],
    ['x_viaduct_status', 'not in', [false, 'accepted']],
  ];
  await until(
    async () =>
      Trackers.parse(await loop.odoo.execute('sms.tracker', 'search_read', [told, ['x_viaduct_status']])),
    (trackers) => trackers.length === numbers.length,
  );
  const asked = [[['sms_number', 'in', numbers]], Object.keys(Shown.shape)];
  const rows = await loop.odoo.execute('mail.notification', 'search_read', asked, { order: 'sms_number' });
  return z.array(Shown).parse(rows);
}

describe.each([
  ['REST', 'rest', '+45207', statusRows()],
  ['messaging', 'messaging', '+45208', statusRows().filter(({ status }) => isMessagingStatus(status))],
] as const)('over the %s API', (_name, api, prefix, rows) => {
  test('each status and code shows in Odoo as the table says', async () => {
    await sendOver(api);
    const numbered = rows.map((row, index) => ({ ...row, number: `${prefix}${10_000 + index}` }));
    const numbers = numbered.map(({ number }) => number);
    loop.simulator.reports.configure({
      transient: [],
      fates: numbered.map((row) => ({ numbers: [row.number], fate: fateOf(row) })),
    });
    await sendToAll(numbers, `Over ${api}`);
    expect(await shown(numbers)).toEqual(
      numbered.map(({ number, seen }) => ({
        sms_number: number,
        notification_status: NOTIFICATION_STATUS[seen.state],
        failure_type: seen.failureType ?? false,
        failure_reason: seen.failureType === null ? false : seen.words,
      })),
    );
    const sent = [...loop.simulator.ledger.entries()].filter(({ text }) => text === `Over ${api}`);
    expect(sent.map((entry) => entry.api)).toEqual(rows.map(() => api));
    loop.simulator.reports.configure({ fates: SUFFIX_FATES });
  });
});
