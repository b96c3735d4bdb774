import { z } from 'zod';
import type { Json, OdooConnection } from '../../../src/odoo/index.ts';
import { provision } from '../../../src/odoo/provisioning/index.ts';
import { codeOf, type Deed } from './deeds.ts';

const MANIFESTS = new URL('../../../addon-manifests', import.meta.url).pathname;
const Ids = z.array(z.number());

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
  const partnerModelId = await idOf(admin, 'ir.model', [['model', '=', 'res.partner']]);
  const subscribe = async (
    path: string,
    types: readonly string[],
    values: Readonly<Record<string, Json>>,
  ) => {
    const eventIds = Ids.parse(
      await admin.call('x_viaduct_event_type', 'search', [[['x_name', 'in', types]]]),
    );
    await create(admin, 'x_viaduct_subscription', {
      ...{ x_name: `Chaos ${path}`, x_model_id: partnerModelId, x_url: `${receiverUrl}${path}` },
      ...{ x_event_ids: [[6, 0, eventIds]], x_secret: secret, x_schedule: SCHEDULE },
      ...{ x_timeout_seconds: 2, x_concurrency: 8, ...values },
    });
  };
  const kinds = ['created', 'updated', 'deleted'];
  const [documented, listed] = PATHS;
  await subscribe(
    documented,
    kinds.map((kind) => `res.partner.${kind}`),
    {},
  );
  const nameId = await idOf(admin, 'ir.model.fields', [
    ['model', '=', 'res.partner'],
    ['name', '=', 'name'],
  ]);
  await subscribe(
    listed,
    kinds.map((kind) => `*.${kind}`),
    { x_payload: 'fields', x_fields: 'name', x_field_ids: [[6, 0, [nameId]]] },
  );
  const action = (deed: Deed) =>
    create(admin, 'ir.actions.server', {
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

async function create(
  admin: OdooConnection,
  model: string,
  values: Readonly<Record<string, Json>>,
): Promise<number> {
  const [id] = z.tuple([z.number()]).parse(await admin.call(model, 'create', [[{ ...values }]]));
  return id;
}

async function idOf(
  admin: OdooConnection,
  model: string,
  domain: [string, string, string][],
): Promise<number> {
  const [id] = z
    .tuple([z.number()])
    .parse(await admin.call(model, 'search', [domain], { kwargs: { limit: 1 } }));
  return id;
}
