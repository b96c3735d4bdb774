import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createOdooClient, type Json, type OdooClient } from '../../src/odoo/index.ts';
import { pressButton } from '../support/external-id.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooRecords } from '../support/odoo-records.ts';
import { until } from '../support/until.ts';

/** An endpoint of a running Viaduct: what is changed in Odoo holds at once. */
let loop: Loop;
let service: OdooClient;
let records: ReturnType<typeof odooRecords>;
let clerk: number;
let guest: number;

beforeAll(async () => {
  loop = await startLoop();
  const { odoo, databaseUuid, environment, secrets } = loop;
  service = createOdooClient({
    ...odoo,
    login: environment['ODOO_LOGIN'] ?? '',
    password: secrets.servicePassword,
  });
  records = odooRecords({ odoo, service, databaseUuid, dispose: async () => undefined });
  clerk = (await records.employee('Clerk', ['base.group_partner_manager'])).id;
  guest = (await records.employee('Guest')).id;
});

afterAll(async () => {
  await service?.stop();
  await loop?.dispose();
});

const GRANTS = [{ model: 'res.partner', rights: 'rcwu' }];
const MODEL = 'x_viaduct_endpoint';

async function create(key: string, values: Json): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify(values);
  const answer = await fetch(`${loop.url}/v1/records/res.partner`, { method: 'POST', headers, body });
  await answer.text();
  return answer.status;
}

/** An endpoint that Viaduct knows by now, and its key. */
async function opened(userId = clerk): Promise<{ id: number; key: string }> {
  const id = await records.endpoint(userId, GRANTS);
  const key = await records.newKey(id);
  await until(
    () => create(key, { name: 'Known?' }),
    (status) => status === 201,
    // Seldom: who shows an unknown key too often is made to wait.
    { everyMs: 1_000, timeoutMs: 60_000 },
  );
  return { id, key };
}

const change = (id: number, values: Json) => loop.odoo.execute(MODEL, 'write', [[id], values]);
const becomes = (key: string, wanted: number) =>
  until(
    () => create(key, { name: 'Changed?' }),
    (status) => status === wanted,
    { timeoutMs: 10_000 },
  );

describe('what is changed in Odoo', () => {
  test('holds for the next call: pause, networks, the user, the credentials', async () => {
    const { id, key } = await opened();
    expect(await create(key, { name: 'Made by the clerk' })).toBe(201);
    await change(id, { x_paused: true });
    expect(await becomes(key, 403)).toBe(403);
    await change(id, { x_paused: false, x_networks: '203.0.113.0/24' });
    await change(id, { x_networks: '127.0.0.0/8' });
    expect(await becomes(key, 201)).toBe(201);
    await change(id, { x_user_id: guest });
    expect(await becomes(key, 403)).toBe(403);
    await change(id, { x_user_id: clerk });
    expect(await becomes(key, 201)).toBe(201);
    await pressButton(loop.odoo, 'viaduct_records.action_regenerate', { model: MODEL, id });
    expect(await becomes(key, 401)).toBe(401);
  });

  test('keeps no key of an endpoint that was deleted', async () => {
    const { id, key } = await opened();
    const keys = () => records.search('res.users.apikeys', [['name', '=like', `Viaduct: % (#${id})`]]);
    expect(await keys()).toHaveLength(1);
    await loop.odoo.execute(MODEL, 'unlink', [[id]]);
    expect(await keys()).toEqual([]);
    expect(await becomes(key, 401)).toBe(401);
  });
});

test('a call is made in the name of the user, and is a line of the log with what was asked', async () => {
  const { id, key } = await opened();
  expect(await create(key, { name: 'Signed', password: 'hidden' })).not.toBe(201);
  expect(await create(key, { name: 'Signed' })).toBe(201);
  const [made = 0] = await records.search('res.partner', [['name', '=', 'Signed']]);
  const creator = z.object({ create_uid: z.tuple([z.number(), z.string()]) }).shape;
  expect(await records.read('res.partner', made, creator)).toMatchObject({ create_uid: [clerk, 'Clerk'] });
  const domain = [
    ['x_endpoint_id', '=', id],
    ['x_input', 'like', 'Signed'],
  ];
  const lines = await until(
    () => records.search('x_viaduct_call', domain),
    (found) => found.length === 2,
  );
  const shape = { x_status: z.number(), x_outcome: z.string(), x_model: z.string(), x_input: z.string() };
  const rows = await Promise.all(lines.map((line) => records.read('x_viaduct_call', line, shape)));
  const inTurn = rows.toSorted((a, b) => (a?.x_status ?? 0) - (b?.x_status ?? 0));
  expect(inTurn).toMatchObject([
    { x_status: 201, x_outcome: 'ok', x_model: 'res.partner' },
    { x_outcome: 'refused', x_input: expect.stringContaining('[redacted]') },
  ]);
  const Used = z.array(z.object({ x_last_used_at: z.union([z.string(), z.literal(false)]) }));
  const used = await loop.odoo.execute('x_viaduct_endpoint_key', 'search_read', [
    [['x_endpoint_id', '=', id]],
    ['x_last_used_at'],
  ]);
  expect(Used.parse(used)[0]?.x_last_used_at).not.toBe(false);
  expect(loop.logText()).not.toContain(key);
});

test('an endpoint goes on after a new start of Viaduct, without piling up keys', async () => {
  const { id, key } = await opened();
  await loop.stopViaduct();
  await loop.startViaduct();
  expect(await becomes(key, 201)).toBe(201);
  const keys = await records.search('res.users.apikeys', [['name', '=like', `Viaduct: % (#${id})`]]);
  expect(keys.length).toBeLessThanOrEqual(2);
});
