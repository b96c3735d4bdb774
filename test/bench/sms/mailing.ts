import { z } from 'zod';
import { inBatches, type OdooClient } from '../../../src/odoo/index.ts';

const Ids = z.array(z.number());
const CREATE_BATCH = 1_000;
/** One import of 1,000 contacts, or one batch of 500 SMS, takes Odoo seconds. */
const LONG_CALL_MS = 300_000;

/** An SMS Marketing mailing to so many contacts, as its users make it; returns its id. */
export async function createMailing(admin: OdooClient, recipients: number): Promise<number> {
  const values = Array.from({ length: recipients }, (_, index) => ({
    name: `Recipient ${index}`,
    phone: `+452${String(index).padStart(7, '0')}`,
  }));
  const ids: number[] = [];
  const context = { tracking_disable: true, mail_create_nosubscribe: true, mail_create_nolog: true };
  for (const batch of inBatches(values, CREATE_BATCH)) {
    const created = await admin.call('res.partner', 'create', [batch], {
      kwargs: { context },
      timeoutMs: LONG_CALL_MS,
    });
    ids.push(...Ids.parse(created));
  }
  const [modelId = 0] = Ids.parse(await admin.call('ir.model', 'search', [[['model', '=', 'res.partner']]]));
  const mailing = {
    mailing_type: 'sms',
    sms_subject: 'Bench',
    body_plaintext: 'Everything must go.',
    mailing_model_id: modelId,
    mailing_domain: JSON.stringify([['id', 'in', ids]]),
    sms_allow_unsubscribe: false,
  };
  const [id = 0] = Ids.parse(await admin.call('mailing.mailing', 'create', [[mailing]]));
  return id;
}

/** Puts the mailing into Odoo's queues and lets Odoo work them off: first the mailing, then its SMS. */
export async function sendMailing(admin: OdooClient, mailingId: number): Promise<void> {
  await admin.call('mailing.mailing', 'action_put_in_queue', [[mailingId]]);
  await trigger(admin, 'mass_mailing.ir_cron_mass_mailing_queue');
  let waiting = 1;
  while (waiting > 0) {
    await trigger(admin, 'sms.ir_cron_sms_scheduler_action');
    const domain = [['state', '=', 'outgoing']];
    waiting = z.number().parse(await admin.call('sms.sms', 'search_count', [domain], { idempotent: true }));
  }
}

async function trigger(admin: OdooClient, externalId: string): Promise<void> {
  const reference = await admin.call('ir.model.data', 'check_object_reference', externalId.split('.'));
  const [, id] = z.tuple([z.literal('ir.cron'), z.number()]).parse(reference);
  // Refused while Odoo runs it by itself: then it is done anyway.
  await admin
    .call('ir.cron', 'method_direct_trigger', [[id]], { timeoutMs: LONG_CALL_MS })
    .catch(() => undefined);
}

/** Traces of the mailing by their state. */
export async function countTraces(admin: OdooClient, mailingId: number): Promise<Record<string, number>> {
  const rows = await admin.call(
    'mailing.trace',
    'formatted_read_group',
    [[['mass_mailing_id', '=', mailingId]], ['trace_status'], ['__count']],
    { idempotent: true },
  );
  const Groups = z.array(z.looseObject({ trace_status: z.string(), __count: z.number() }));
  return Object.fromEntries(Groups.parse(rows).map((row) => [row.trace_status, row.__count]));
}
