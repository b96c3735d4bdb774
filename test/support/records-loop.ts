import { z } from 'zod';
import type { Json } from '../../src/odoo/index.ts';
import { createOdooClient } from '../../src/odoo/index.ts';
import { type Loop, startLoop } from './loop.ts';
import { type GivenGrant, odooRecords } from './odoo-records.ts';
import { until } from './until.ts';

/** An endpoint that Viaduct serves. */
export type OpenEndpoint = { id: number; uuid: string; key: string };

export type RecordsLoop = Awaited<ReturnType<typeof startRecordsLoop>>;

/** A real Odoo with endpoints, and Viaduct before them. */
export async function startRecordsLoop({
  settings = {},
}: {
  settings?: Readonly<Record<string, string>>;
} = {}) {
  const loop = await startLoop({ settings: { VIADUCT_HTTP_REFUSALS_PER_MINUTE: '100000', ...settings } });
  const { odoo, environment, databaseUuid } = loop;
  const login = { login: environment['ODOO_LOGIN'] ?? '', password: environment['ODOO_PASSWORD'] ?? '' };
  const service = createOdooClient({ ...odoo, ...login });
  const records = odooRecords({ odoo, service, databaseUuid, dispose: async () => {} });

  return {
    ...loop,
    records,
    /** Makes an endpoint that acts as this user, with a key, and waits until Viaduct knows it. */
    async openEndpoint(
      userId: number,
      grants: readonly GivenGrant[],
      values: Readonly<Record<string, Json>> = {},
    ): Promise<OpenEndpoint> {
      const id = await records.endpoint(userId, grants, values);
      const key = await records.newKey(id);
      const read = await records.read('x_viaduct_endpoint', id, { x_uuid: z.string() });
      const uuid = read?.x_uuid ?? '';
      await until(
        () => callJson2(loop, key, 'res.users/context_get', {}),
        ({ status }) => status === 200,
      );
      return { id, uuid, key };
    },
    dispose: async () => {
      await service.stop();
      await loop.dispose();
    },
  };
}

/** `POST /json/2/<path>` of Viaduct with an endpoint's key. */
export async function callJson2({ url }: Pick<Loop, 'url'>, key: string, path: string, body: object) {
  const response = await fetch(`${url}/json/2/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}
