import type { OdooConnection } from '../../../src/odoo/index.ts';
import { provision } from '../../../src/odoo/provisioning/index.ts';
import { type Fields, odooData } from '../../support/odoo-data.ts';
import { codeOf, type Deed } from './deeds.ts';

const MANIFESTS = new URL('../../../addon-manifests', import.meta.url).pathname;

export type SetUp = {
  admin: OdooConnection;
  service: { login: string; password: string };
  receiverUrl: string;
  /** As Standard Webhooks writes it, for all subscriptions. */
  secret: string;
};

/** What the load works with in Odoo. */
export type Stage = {
  /** One call to any of these is one transaction, with what it is given as `chaos` in the context. */
  actions: Readonly<Record<Deed, number>>;
};

/** The paths of the subscriptions, one with the documented types and payload, one with a list of fields. */
export const PATHS = ['/documented', '/listed'] as const;

/** Attempts every second or so: what takes a day of failures in earnest is not to end the run. */
const SCHEDULE = ['0, 0.5', ...Array.from({ length: 24 }, () => '1')].join(', ');

/** Provisions an Odoo for Viaduct, with two subscriptions to changes of contacts, and makes what the load needs. */
export async function setUpOdoo({ admin, service, receiverUrl, secret }: SetUp): Promise<Stage> {
  await provision({
    admin,
    manifestsDirectory: MANIFESTS,
    service: { ...service, canSignIn: async () => true },
  });
  const { create, createSubscription, find } = odooData(admin.call);
  const subscribe = (path: string, types: readonly string[], values: Fields) =>
    createSubscription('res.partner', types, {
      ...{ x_name: `Chaos ${path}`, x_url: `${receiverUrl}${path}`, x_secret: secret },
      ...{ x_schedule: SCHEDULE, x_timeout_seconds: 2, x_concurrency: 8, ...values },
    });
  const kinds = ['created', 'updated', 'deleted'];
  const [documented, listed] = PATHS;
  await subscribe(
    documented,
    kinds.map((kind) => `res.partner.${kind}`),
    {},
  );
  const nameId = await find('ir.model.fields', [
    ['model', '=', 'res.partner'],
    ['name', '=', 'name'],
  ]);
  await subscribe(
    listed,
    kinds.map((kind) => `*.${kind}`),
    { x_payload: 'fields', x_fields: 'name', x_field_ids: [[6, 0, [nameId]]] },
  );
  const partnerModelId = await find('ir.model', [['model', '=', 'res.partner']]);
  const action = (deed: Deed) =>
    create('ir.actions.server', {
      ...{ name: `Chaos: ${deed}`, model_id: partnerModelId, state: 'code', code: codeOf(deed) },
    });
  const actions = {
    ...{
      twice: await action('twice'),
      slowly: await action('slowly'),
      rolledBack: await action('rolledBack'),
    },
    ...{ partly: await action('partly'), backAndOn: await action('backAndOn') },
    ...{ born: await action('born'), neverBorn: await action('neverBorn') },
    lastWords: await action('lastWords'),
  };
  return { actions };
}
