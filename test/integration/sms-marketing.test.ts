import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Loop, startLoop } from '../support/loop.ts';
import { countCalls, runNow } from '../support/odoo-work.ts';
import { until } from '../support/until.ts';

const RECIPIENTS = 1_000;
/** Of each kind ten: together 5 % of the recipients. */
const BAD_KINDS = ['unreadable', 'blacklisted', 'undeliverable', 'expired', 'rejected'] as const;
type Kind = (typeof BAD_KINDS)[number] | 'good';
const BAD_OF_A_KIND = 10;

const Traces = z.array(
  z.object({
    res_id: z.number(),
    trace_status: z.string(),
    failure_type: z.union([z.string(), z.literal(false)]),
    failure_reason: z.union([z.string(), z.literal(false)]),
  }),
);

const reason = (pattern: RegExp) => expect.stringMatching(pattern);
const FINAL = {
  good: { trace_status: 'sent', failure_type: false, failure_reason: false },
  // Refused by Viaduct; or by Odoo itself, where its library of phone numbers is installed.
  unreadable: {
    trace_status: expect.stringMatching(/^(error|cancel)$/),
    failure_type: 'sms_number_format',
    failure_reason: expect.anything(),
  },
  blacklisted: {
    ...{
      trace_status: 'error',
      failure_type: 'sms_not_allowed',
      failure_reason: reason(/GatewayAPI.*0x0215/),
    },
  },
  undeliverable: {
    trace_status: 'bounce',
    failure_type: 'sms_invalid_destination',
    failure_reason: reason(/^UNDELIVERABLE Unknown subscriber/),
  },
  expired: { trace_status: 'error', failure_type: 'sms_expired', failure_reason: reason(/^EXPIRED/) },
  rejected: { trace_status: 'bounce', failure_type: 'sms_rejected', failure_reason: reason(/^REJECTED/) },
} as const satisfies Record<Kind, object>;

let loop: Loop;
const contacts = new Map<number, { kind: Kind; number: string }>();
let mailingId: number;

/** Every twentieth recipient is a bad one, of each kind in turn. */
function kindAt(index: number): Kind {
  if (index % (RECIPIENTS / (BAD_KINDS.length * BAD_OF_A_KIND)) !== 0) return 'good';
  return BAD_KINDS[(index / 20) % BAD_KINDS.length] ?? 'good';
}

function numberOf(kind: Kind, index: number): string {
  const digits = String(index).padStart(4, '0');
  switch (kind) {
    case 'unreadable':
      return `+45${digits.slice(0, 3)}`;
    case 'undeliverable':
      return `+452${digits.slice(0, 3)}9901`;
    case 'expired':
      return `+452${digits.slice(0, 3)}9902`;
    case 'rejected':
      return `+452${digits.slice(0, 3)}9903`;
    default:
      return `+4530${digits}00`;
  }
}

async function makeContacts(): Promise<void> {
  const wanted = Array.from({ length: RECIPIENTS }, (_, index) => {
    const kind = kindAt(index);
    return { kind, number: numberOf(kind, index) };
  });
  const values = wanted.map(({ number }, index) => ({ name: `Recipient ${index}`, phone: number }));
  const ids = z.array(z.number()).parse(
    await loop.odoo.execute('res.partner', 'create', [values], {
      context: { tracking_disable: true, mail_create_nosubscribe: true, mail_create_nolog: true },
    }),
  );
  for (const [index, contact] of wanted.entries()) contacts.set(ids[index] ?? 0, contact);
  for (const { kind, number } of wanted) {
    if (kind === 'blacklisted') loop.simulator.account.blacklist.add(number.slice(1));
  }
}

async function makeMailing(): Promise<number> {
  const [modelId] = z
    .array(z.number())
    .parse(await loop.odoo.execute('ir.model', 'search', [[['model', '=', 'res.partner']]]));
  const values = {
    ...{ mailing_type: 'sms', sms_subject: 'Autumn', body_plaintext: 'Everything must go.' },
    ...{ mailing_model_id: modelId, sms_allow_unsubscribe: false, sms_force_send: false },
    mailing_domain: JSON.stringify([['id', 'in', [...contacts.keys()]]]),
  };
  return z.tuple([z.number()]).parse(await loop.odoo.execute('mailing.mailing', 'create', [[values]]))[0];
}

async function traces() {
  const domain = [['mass_mailing_id', '=', mailingId]];
  return Traces.parse(
    await loop.odoo.execute('mailing.trace', 'search_read', [domain, Object.keys(Traces.element.shape)]),
  );
}

async function statesOfTraces(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { trace_status } of await traces()) counts[trace_status] = (counts[trace_status] ?? 0) + 1;
  return counts;
}

beforeAll(async () => {
  loop = await startLoop({ settings: { VIADUCT_SMS_WRITE_INTERVAL_MS: '2000' } });
  await makeContacts();
  mailingId = await makeMailing();
});

afterAll(async () => {
  await loop?.dispose();
});

describe('SMS Marketing to 1,000 recipients, 5 % of them bad', () => {
  test('ends for everyone, at no more than 4 calls of Odoo per 500 recipients', async () => {
    const callsSince = await countCalls(loop);
    const startedAt = performance.now();
    // As the button Send does; Odoo's own scheduled actions do the rest.
    await loop.odoo.execute('mailing.mailing', 'action_put_in_queue', [[mailingId]]);
    await runNow(loop, 'mass_mailing.ir_cron_mass_mailing_queue');
    // Odoo's own thread may have been sooner, and our run was refused: both write the mailing, and one that collides is left for later.
    await until(traces, ({ length }) => length === RECIPIENTS, { timeoutMs: 60_000, everyMs: 500 });
    const open = ['outgoing', 'process', 'pending'];
    await until(
      async () => {
        const states = await statesOfTraces();
        if (states['outgoing'] !== undefined) await runNow(loop, 'sms.ir_cron_sms_scheduler_action');
        return states;
      },
      (states) => Object.keys(states).length > 0 && open.every((state) => states[state] === undefined),
      { timeoutMs: 110_000, everyMs: 500 },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const calls = await callsSince();
    process.stdout.write(`1,000 recipients: ${calls} calls of Odoo, ${seconds.toFixed(1)} s\n`);
    expect(calls).toBeLessThanOrEqual((4 * RECIPIENTS) / 500);
  });

  test('shows each recipient in the right final state, with the words of who refused', async () => {
    const all = await traces();
    expect(all).toHaveLength(RECIPIENTS);
    for (const { res_id, ...shown } of all) {
      const { kind = 'good' } = contacts.get(res_id) ?? {};
      expect({ kind, ...shown }).toEqual({ kind, ...FINAL[kind] });
    }
  });

  test('is done, with the counts that a marketer reads', async () => {
    const fields = ['state', 'delivered', 'bounced', 'failed', 'canceled'];
    const rows = await loop.odoo.execute('mailing.mailing', 'read', [[mailingId], fields]);
    const [row] = z.array(z.record(z.string(), z.unknown())).parse(rows);
    const bad = BAD_KINDS.length * BAD_OF_A_KIND;
    expect(row).toMatchObject({ state: 'done', delivered: RECIPIENTS - bad, bounced: 2 * BAD_OF_A_KIND });
    expect(Number(row?.['failed']) + Number(row?.['canceled'])).toBe(3 * BAD_OF_A_KIND);
  });

  test('was accepted by GatewayAPI once for each number that can be sent to', () => {
    const expected = [...contacts.values()]
      .filter(({ kind }) => kind !== 'unreadable' && kind !== 'blacklisted')
      .map(({ number }) => ({ number, text: 'Everything must go.' }));
    expect(loop.simulator.ledger.judge(expected)).toMatchObject({
      ...{ expected: 980, accepted: 980, mangled: 0, lost: [], twice: [], unexpected: [], userrefsTwice: [] },
    });
  });
});
