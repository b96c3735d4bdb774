import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { confirmDatabase } from '../support/confirm-database.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { odooSms } from '../support/odoo-sms.ts';
import { until } from '../support/until.ts';

let loop: Loop;
let sms: ReturnType<typeof odooSms>;

beforeAll(async () => {
  loop = await startLoop();
  sms = odooSms(loop.odoo);
});

afterAll(async () => {
  // The Odoo may be somebody's who keeps it.
  if (loop !== undefined) {
    await setParameter('database.is_neutralized', false);
    await setParameter('database.uuid', loop.databaseUuid);
  }
  await loop?.dispose();
});

const Readiness = z.object({
  parts: z.array(z.object({ name: z.string(), up: z.boolean(), detail: z.string() })),
});

async function readiness(): Promise<{ status: number; database: string }> {
  const response = await fetch(`${loop.url}/readyz`);
  const { parts } = Readiness.parse(await response.json());
  return { status: response.status, database: parts.find(({ name }) => name === 'database')?.detail ?? '' };
}

const becomes = (status: number) => until(readiness, (ready) => ready.status === status);

function accepted(text: string): number {
  return [...loop.simulator.ledger.entries()].filter((entry) => entry.text === text).length;
}

async function setParameter(key: string, value: string | false): Promise<void> {
  await loop.odoo.execute('ir.config_parameter', 'set_param', [key, value]);
}

async function stateInOdoo(): Promise<unknown> {
  const rows = await loop.odoo.execute('x_viaduct_database', 'search_read', [[], ['x_state', 'x_reason']]);
  return z.array(z.unknown()).parse(rows)[0];
}

async function send(phone: string, text: string): Promise<number> {
  const contact = await sms.contact(phone);
  await sms.sendFromContact(contact, text);
  return contact;
}

/** In one transaction, so that Viaduct takes the SMS before it can see what the database has become. */
async function sendWhileNeutralizing(phone: string, body: string): Promise<number> {
  const contact = await sms.contact(phone);
  const composer = { composition_mode: 'comment', res_model: 'res.partner', res_id: contact, body };
  const code = `
env['ir.config_parameter'].set_param('database.is_neutralized', 'true')
env['sms.composer'].create(${JSON.stringify(composer)}).action_send_sms()`;
  const model = await loop.odoo.execute('ir.model', 'search', [[['model', '=', 'sms.composer']]]);
  const [modelId] = z.tuple([z.number()]).parse(model);
  const values = { name: 'Neutralize', model_id: modelId, state: 'code', code };
  const action = await loop.odoo.execute('ir.actions.server', 'create', [[values]]);
  await loop.odoo.execute('ir.actions.server', 'run', [action]);
  return contact;
}

const delivered = [{ notification_status: 'sent' }];

describe('a neutralized copy', () => {
  test('sends nothing, says why in Odoo and to the operator, and keeps what arrives', async () => {
    loop.simulator.reports.setPaused(true);
    const before = await send('+4520400001', 'Before the copy');
    // Accepted by GatewayAPI, and Odoo knows: from here on Viaduct asks Odoo nothing until the next SMS.
    await until(
      () => sms.notifications(before),
      ([row]) => row?.notification_status === 'pending',
    );
    const first = await sendWhileNeutralizing('+4520400002', 'From the copy');
    const { database } = await becomes(503);
    expect(database).toMatch(/neutralized/);
    expect(await stateInOdoo()).toMatchObject({
      x_state: 'neutralized',
      x_reason: expect.stringMatching(/Confirm this database/),
    });

    const second = await send('+4520400003', 'From the copy again');
    expect(await sms.ended(second)).toMatchObject([
      {
        notification_status: 'exception',
        failure_type: 'unknown',
        failure_reason: expect.stringMatching(/holds the traffic.*neutralized/),
      },
    ]);

    loop.simulator.reports.setPaused(false);
    await until(
      () => loop.simulator.reports.stats(),
      ({ pending, queued, inFlight, waitingForRetry }) => pending + queued + inFlight + waitingForRetry === 0,
    );
    expect(await sms.notifications(before)).not.toMatchObject(delivered);
    expect(await sms.notifications(first)).toMatchObject([{ notification_status: 'process' }]);
    expect([accepted('From the copy'), accepted('From the copy again')]).toEqual([0, 0]);

    await confirmDatabase(loop.odoo);
    await becomes(200);
    expect(await sms.ended(before)).toMatchObject(delivered);
    expect(await sms.ended(first)).toMatchObject(delivered);
    const third = await send('+4520400004', 'After the confirmation');
    expect(await sms.ended(third)).toMatchObject(delivered);
    const texts = ['Before the copy', 'From the copy', 'From the copy again', 'After the confirmation'];
    expect(texts.map(accepted)).toEqual([1, 1, 0, 1]);
  });
});

describe('a copy with an id of its own', () => {
  test('sends nothing until it is confirmed, and then only what it asks for itself', async () => {
    await setParameter('database.is_neutralized', false);
    const acceptedBefore = loop.simulator.ledger.size();

    await setParameter('database.uuid', randomUUID());
    const first = await send('+4520400005', 'From the duplicate');
    expect(await sms.ended(first)).toMatchObject([
      {
        notification_status: 'exception',
        failure_reason: expect.stringMatching(/it is a copy, or its id was changed/),
      },
    ]);
    const { database } = await becomes(503);
    expect(database).toMatch(/it is a copy, or its id was changed/);
    expect(await stateInOdoo()).toMatchObject({ x_state: 'changed-uuid' });
    expect(loop.simulator.ledger.size()).toBe(acceptedBefore);

    await confirmDatabase(loop.odoo);
    await becomes(200);
    const second = await send('+4520400006', 'From the confirmed duplicate');
    expect(await sms.ended(second)).toMatchObject(delivered);
    expect(accepted('From the duplicate')).toBe(0);
    expect(loop.simulator.ledger.size()).toBe(acceptedBefore + 1);
  });
});
