import { z } from 'zod';
import type { OdooConnection } from '../../../src/odoo/index.ts';
import { provision, systemParameterStep } from '../../../src/odoo/provisioning/index.ts';
import { odooData } from '../../support/odoo-data.ts';

const MANIFESTS = new URL('../../../addon-manifests', import.meta.url).pathname;
/** Each partner gets several SMS, each with a text of its own. */
const PARTNERS = 400;

export type SetUp = {
  admin: OdooConnection;
  service: { login: string; password: string };
  /** Where Odoo hands its SMS over. */
  endpoint: string;
  gatewayApi: { url: string; token: string; webhookSecret: string };
};

/** What the load works with in Odoo. */
export type Stage = {
  partnerIds: number[];
  partnerModelId: number;
  /** Sends to `chaos.number`, and then writes on a record that others write on at the same time. */
  collideActionId: number;
  /** Sends to `chaos.number`, and then fails. */
  raiseActionId: number;
};

const SEND = `
payload = env.context['chaos']
partner = env['res.partner'].browse(payload['partner'])
partner.message_post(body=payload['body'], message_type='sms', sms_numbers=[payload['number']])`;
const COLLIDE = `${SEND}
env['res.partner'].browse(payload['shared']).write({'comment': payload['body']})`;
const RAISE = `${SEND}
raise UserError('Rolled back on purpose.')`;

/** Provisions an Odoo for Viaduct, gives it an account at the simulator, and makes what the load needs. */
export async function setUpOdoo({ admin, service, endpoint, gatewayApi }: SetUp): Promise<Stage> {
  await provision({
    admin,
    manifestsDirectory: MANIFESTS,
    service: { ...service, canSignIn: async () => true },
    steps: [systemParameterStep({ addon: 'viaduct_sms', key: 'sms.endpoint', value: endpoint })],
  });
  const { create, find } = odooData(admin.call);
  const serviceId = await find('iap.service', [['technical_name', '=', 'sms']]);
  const iapAccountId = await create('iap.account', { service_id: serviceId, name: 'Chaos' });
  await create('x_gatewayapi_account', {
    x_name: 'Chaos',
    x_iap_account_id: iapAccountId,
    x_base_url: gatewayApi.url,
    x_token: gatewayApi.token,
    x_sender: 'Chaos',
    x_webhook_jwt_secret: gatewayApi.webhookSecret,
  });
  await switchOffCleaning(admin);
  const partnerModelId = await find('ir.model', [['model', '=', 'res.partner']]);
  const action = (name: string, code: string) =>
    create('ir.actions.server', { name, model_id: partnerModelId, state: 'code', code });
  return {
    partnerIds: await createPartners(admin),
    partnerModelId,
    collideActionId: await action('Chaos: collide', COLLIDE),
    raiseActionId: await action('Chaos: raise', RAISE),
  };
}

/** Odoo's daily cleaning deletes SMS that were handed over; by chance it would run amid this. */
async function switchOffCleaning(admin: OdooConnection): Promise<void> {
  const cleaning = await odooData(admin.call).find('ir.cron', [
    ['cron_name', 'ilike', 'Base: Auto-vacuum'],
    ['active', 'in', [true, false]],
  ]);
  await admin.call('ir.cron', 'write', [[cleaning], { active: false }]);
}

async function createPartners(admin: OdooConnection): Promise<number[]> {
  const rows = Array.from({ length: PARTNERS }, (_, index) => ({
    name: `Chaos ${index}`,
    phone: `+4520${String(100_000 + index)}`,
  }));
  return z.array(z.number()).parse(await admin.call('res.partner', 'create', [rows]));
}
