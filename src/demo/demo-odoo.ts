import { z } from 'zod';
import type { Json, OdooClient } from '../odoo/index.ts';

export type DemoOdoo = ReturnType<typeof createDemoOdoo>;

/** The words that Odoo’s chatter shows for the state of a notification. */
const STATE_WORDS: Readonly<Record<string, string>> = {
  ready: 'Queued',
  process: 'Processing',
  pending: 'Sent',
  sent: 'Delivered',
  exception: 'Failed',
  bounce: 'Failed',
};

/** What the people of the demo do in Odoo: an administrator sets up, Sally sends. */
export function createDemoOdoo({ admin, sally }: { admin: OdooClient; sally: OdooClient }) {
  async function create(model: string, values: { readonly [field: string]: Json }): Promise<number> {
    const [id] = z.array(z.number()).parse(await admin.call(model, 'create', [[values]]));
    return id ?? 0;
  }

  async function reference(externalId: string): Promise<number> {
    const [module = '', name = ''] = externalId.split('.');
    const domain = [
      ['module', '=', module],
      ['name', '=', name],
    ];
    const rows = await admin.call('ir.model.data', 'search_read', [domain, ['res_id']]);
    return z.array(z.object({ res_id: z.number() })).parse(rows)[0]?.res_id ?? 0;
  }

  return {
    /** The GatewayAPI account, as an administrator makes it from the IAP account's form. */
    async createAccount(given: { token: string; webhookSecret: string; baseUrl: string }): Promise<void> {
      const service = await admin.call('iap.service', 'search', [[['technical_name', '=', 'sms']]]);
      const [serviceId = 0] = z.array(z.number()).parse(service);
      const iapAccountId = await create('iap.account', { name: 'SMS', service_id: serviceId });
      await create('x_gatewayapi_account', {
        x_name: 'GatewayAPI',
        x_iap_account_id: iapAccountId,
        x_base_url: given.baseUrl,
        x_token: given.token,
        x_sender: 'Viaduct',
        x_webhook_jwt_secret: given.webhookSecret,
      });
    },

    /** Sally of sales, and the contact she writes to; returns their ids. */
    async createPeople({ contact, number }: { contact: string; number: string }) {
      const groups = [
        await reference('base.group_user'),
        await reference('sales_team.group_sale_salesman_all_leads'),
      ];
      const sallyId = await create('res.users', {
        name: 'Sally Sales',
        login: 'sally',
        password: 'sally',
        group_ids: [[6, 0, groups]],
      });
      return { sallyId, contactId: await create('res.partner', { name: contact, phone: number }) };
    },

    /** An endpoint of the record API by which contacts are read as Sally sees them; returns its key, as its form shows it once. */
    async createEndpoint(sallyId: number): Promise<string> {
      const endpoint = await create('x_viaduct_endpoint', { x_name: 'Contacts', x_user_id: sallyId });
      const [model = 0] = z
        .array(z.number())
        .parse(await admin.call('ir.model', 'search', [[['model', '=', 'res.partner']]]));
      await create('x_viaduct_grant', { x_endpoint_id: endpoint, x_model_id: model, x_read: true });
      const button = await reference('viaduct_records.action_new_key');
      const context = { active_model: 'x_viaduct_endpoint', active_id: endpoint, active_ids: [endpoint] };
      const shown = await admin.call('ir.actions.server', 'run', [[button]], { kwargs: { context } });
      return z.object({ context: z.object({ default_x_key: z.string() }) }).parse(shown).context
        .default_x_key;
    },

    /** The contact's “SMS” button, and “Send” in Odoo's composer. */
    async sendSms(contactId: number, body: string): Promise<void> {
      const context = {
        active_model: 'res.partner',
        active_id: contactId,
        default_res_model: 'res.partner',
        default_res_id: contactId,
        default_composition_mode: 'comment',
      };
      const composer = await sally.call('sms.composer', 'create', [[{ body }]], { kwargs: { context } });
      await sally.call('sms.composer', 'action_send_sms', [composer], { kwargs: { context } });
    },

    /** What the chatter of the contact shows beside its newest SMS. */
    async stateOfSms(contactId: number): Promise<string> {
      const domain = [
        ['notification_type', '=', 'sms'],
        ['mail_message_id.model', '=', 'res.partner'],
        ['mail_message_id.res_id', '=', contactId],
      ];
      const rows = await admin.call('mail.notification', 'search_read', [domain, ['notification_status']], {
        kwargs: { order: 'id desc', limit: 1 },
        idempotent: true,
      });
      const [row] = z.array(z.object({ notification_status: z.string() })).parse(rows);
      return STATE_WORDS[row?.notification_status ?? ''] ?? 'Not yet there';
    },

    async stop(): Promise<void> {
      await Promise.all([admin.stop(), sally.stop()]);
    },
  };
}
