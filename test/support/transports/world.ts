import { z } from 'zod';
import { createOdooClient, type Json, type OdooConnection } from '../../../src/odoo/index.ts';
import { type Account, freshOdoo, type TestOdoo } from '../odoo.ts';
import { newService, provisioned, provisionedTemplate } from '../provisioned.ts';

type ClientSettings = Parameters<typeof createOdooClient>[0];
export type TransportName = Exclude<NonNullable<ClientSettings['transport']>, 'auto'>;

/** What the suite of the transports works on; one for all of them. */
export type World = {
  odoo: TestOdoo;
  major: number;
  /** An administrator, and the provisioned service user, each with an API key in the place of the password. */
  admin: Account;
  service: Account;
  /** A client of its own, ended with the world. */
  connect: (settings?: Partial<ClientSettings>) => OdooConnection;
  /** A record that is deleted with the world. */
  make: (model: string, values: { readonly [field: string]: Json }) => Promise<number>;
  dispose: () => Promise<void>;
};

/** A provisioned Odoo, fresh or the one that the environment names, with an API key for whoever calls. */
export async function openWorld(): Promise<World> {
  const odoo = await freshOdoo({ templateOf: provisionedTemplate });
  const service = newService();
  const takeOut = await provisioned(odoo, { service });
  const clients: OdooConnection[] = [];
  const made: { model: string; id: number }[] = [];
  const connect = (settings: Partial<ClientSettings> = {}) => {
    const client = createOdooClient({ url: odoo.url, database: odoo.database, ...odoo.admin, ...settings });
    clients.push(client);
    return client;
  };
  const base = connect({ transport: 'json-rpc' });
  const make: World['make'] = async (model, values) => {
    const id = z.tuple([z.number()]).parse(await base.call(model, 'create', [[values]]))[0];
    made.push({ model, id });
    return id;
  };
  const { major } = await base.version();
  const keyOf = await keyMaker(base, major);
  return {
    ...{ odoo, major, connect, make },
    admin: { ...odoo.admin, password: await keyOf(odoo.admin.login) },
    service: { ...service, password: await keyOf(service.login) },
    dispose: async () => {
      for (const { model, id } of made.reverse()) await base.call(model, 'unlink', [[id]]);
      await takeOut();
      await Promise.all(clients.map((client) => client.stop()));
      await odoo.dispose();
    },
  };
}

/** API keys are made in the browser only; a server action may. They end by themselves after a day, on 17 with the user. */
async function keyMaker(base: OdooConnection, major: number): Promise<(login: string) => Promise<string>> {
  const days = major < 18 ? '' : ', datetime.datetime.now() + datetime.timedelta(days=1)';
  const code = `
user = env['res.users'].search([('login', '=', env.context['login'])])
action = {'key': env['res.users.apikeys'].with_user(user).sudo()._generate('rpc', 'transports'${days})}
`;
  const [model] = z
    .array(z.number())
    .parse(await base.call('ir.model', 'search', [[['model', '=', 'res.users']]]));
  const values = { name: 'Make a key', model_id: model ?? 0, state: 'code', code };
  const ids = await base.call('ir.actions.server', 'create', [[values]]);
  return async (login) => {
    const answer = await base.call('ir.actions.server', 'run', [ids], { kwargs: { context: { login } } });
    return z.object({ key: z.string() }).parse(answer).key;
  };
}
