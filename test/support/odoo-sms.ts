import { z } from 'zod';
import type { TestOdoo } from './odoo.ts';
import { until } from './until.ts';

const Notification = z.object({
  notification_status: z.string(),
  failure_type: z.union([z.string(), z.literal(false)]),
  failure_reason: z.union([z.string(), z.literal(false)]),
});
export type Notification = z.infer<typeof Notification>;

const Ids = z.array(z.number());
/** States in which nothing more is expected to happen by itself. */
const FINAL = ['sent', 'exception', 'bounce', 'canceled'];

/** SMS in Odoo as its users make and see them. */
export function odooSms(odoo: Pick<TestOdoo, 'execute'>) {
  const create = async (model: string, values: object): Promise<number> =>
    z.tuple([z.number()]).parse(await odoo.execute(model, 'create', [[values]]))[0];

  return {
    /** A contact with this number, as Odoo formats it. */
    contact: (phone: string, name = `Contact ${phone}`) => create('res.partner', { name, phone }),
    /** Sends from the contact's form, and gives the SMS that came of it. */
    sendFromContact: async (partnerId: number, body: string): Promise<void> => {
      const values = { composition_mode: 'comment', res_model: 'res.partner', res_id: partnerId, body };
      await odoo.execute('sms.composer', 'action_send_sms', [[await create('sms.composer', values)]]);
    },
    /** Sends without a document, as buttons and automations do: no message, no notification, no tracker. */
    sendToNumbers: async (numbers: readonly string[], body: string): Promise<void> => {
      const values = { composition_mode: 'numbers', numbers: numbers.join(','), body };
      await odoo.execute('sms.composer', 'action_send_sms', [[await create('sms.composer', values)]]);
    },
    /** What the chatter shows beside the SMS to this contact, oldest first. */
    notifications: async (partnerId: number): Promise<Notification[]> => {
      const domain = [
        ['res_partner_id', '=', partnerId],
        ['notification_type', '=', 'sms'],
      ];
      const fields = Object.keys(Notification.shape);
      const rows = await odoo.execute('mail.notification', 'search_read', [domain, fields], { order: 'id' });
      return z.array(Notification).parse(rows);
    },
    /** The same, once all of them have ended. */
    async ended(partnerId: number): Promise<Notification[]> {
      return until(
        () => this.notifications(partnerId),
        (rows) => rows.length > 0 && rows.every((row) => FINAL.includes(row.notification_status)),
      );
    },
    /** SMS that Odoo has not deleted, by domain. */
    messages: async (domain: readonly unknown[]) =>
      z
        .array(z.object({ id: z.number(), uuid: z.string(), state: z.string(), to_delete: z.boolean() }))
        .parse(await odoo.execute('sms.sms', 'search_read', [domain, ['uuid', 'state', 'to_delete']])),
    /** Makes a server action of this code, and gives what runs it. */
    action: async (code: string) => {
      const [modelId] = Ids.parse(
        await odoo.execute('ir.model', 'search', [[['model', '=', 'res.partner']]]),
      );
      const values = { name: 'Test', model_id: modelId, state: 'code', code };
      const id = await create('ir.actions.server', values);
      return (context: object = {}) => odoo.execute('ir.actions.server', 'run', [[id]], { context });
    },
  };
}
