import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import { type Json, type OdooConnection, OdooError } from '../../odoo/index.ts';
import { sampleEndpoint } from '../testing/sample-endpoint.ts';
import { createActingClients } from './acting.ts';

const HOUR_MS = 3_600_000;
const IDENTITY = {
  ...{ uuid: 'u', neutralized: false, beat: 1 },
  confirmed: { uuid: 'u', neutralized: false, instance: null },
};

/** Acting clients over an Odoo that accepts the keys in `valid`, the minted ones at first. */
function world({ admitted = true } = {}) {
  const clock = createManualClock();
  const [minted, ended]: [string[], string[]] = [[], []];
  const [revoked, seen]: [number[][], Json[]] = [[], []];
  const valid = new Set<string>();
  const blocked: PromiseWithResolvers<void>[] = [];
  const connect = ({ password }: { password: string }): OdooConnection => {
    const call: OdooConnection['call'] = async (_model, method, _args, options) => {
      if (!valid.has(password)) throw new OdooError({ kind: 'auth', outcome: 'refused', message: 'No.' });
      if (method === 'slow') {
        const gate = Promise.withResolvers<void>();
        blocked.push(gate);
        await gate.promise;
      }
      seen.push(options?.kwargs ?? null);
      return password;
    };
    return {
      ...{
        database: 'd',
        call,
        procedure: async () => null,
        callCount: () => 0,
        transport: () => 'json-rpc',
      },
      ...{ isAvailable: () => true, onAvailabilityChange: () => () => {}, apps: async () => [] },
      version: async () => ({ major: 19, text: '19.0', edition: 'community' }),
      stop: async () => void ended.push(password),
    };
  };
  const clients = createActingClients({
    ...{ connect, clock, admits: () => admitted, log: { warn: () => {} } },
    records: {
      actingKey: async (endpoint) => {
        const key = `key ${endpoint}-${minted.length + 1}`;
        minted.push(key);
        valid.add(key);
        const endsAt = new Date(clock.nowMs() + 4 * HOUR_MS).toISOString();
        return { identity: IDENTITY, held: false, login: 'shop', key, endsAt };
      },
      revoke: async (endpoints) => {
        revoked.push([...endpoints]);
        return { identity: IDENTITY, held: false };
      },
    },
  });
  const call = (endpoint = sampleEndpoint(), method = 'read') =>
    clients.of(endpoint).call('res.partner', method, []);
  return { clock, clients, call, minted, ended, revoked, seen, valid, blocked };
}

describe('the user of an endpoint', () => {
  test('gets one key for many calls, made at the first of them', async () => {
    const { call, minted } = world();
    expect(await Promise.all([call(), call(), call()])).toEqual(['key 7-1', 'key 7-1', 'key 7-1']);
    await call(sampleEndpoint({ id: 8 }));
    expect(minted).toEqual(['key 7-1', 'key 8-2']);
  });

  test('gets another one in the last quarter of its life', async () => {
    const { call, clock, ended } = world();
    await call();
    await clock.advance(3 * HOUR_MS - 1);
    expect(await call()).toBe('key 7-1');
    await clock.advance(1);
    expect(await call()).toBe('key 7-2');
    expect(ended).toEqual(['key 7-1']);
  });

  test('gets another one when his was removed in Odoo, but not one after the other', async () => {
    const { call, clock, valid, minted } = world();
    await call();
    valid.clear();
    await expect(call()).rejects.toMatchObject({ kind: 'auth' });
    await clock.advance(30_000);
    expect(await call()).toBe('key 7-2');
    expect(minted).toHaveLength(2);
  });

  test('keeps his connection until the last call over it has ended', async () => {
    const { call, clock, clients, ended, blocked } = world();
    const slow = call(sampleEndpoint(), 'slow');
    await expect.poll(() => blocked.length).toBe(1);
    clients.update([]);
    await clock.advance(1);
    expect(ended).toEqual([]);
    blocked[0]?.resolve();
    expect(await slow).toBe('key 7-1');
    await expect.poll(() => ended).toEqual(['key 7-1']);
  });

  test('calls for the company of the endpoint, whatever the caller says', async () => {
    const { clients, seen } = world();
    const kwargs = { context: { lang: 'fr_FR', allowed_company_ids: [9] }, limit: 1 };
    await clients.of(sampleEndpoint({ companyId: 3 })).call('res.partner', 'search', [], { kwargs });
    await clients.of(sampleEndpoint({ id: 8 })).call('res.partner', 'search', [], { kwargs });
    expect(seen).toEqual([{ context: { lang: 'fr_FR', allowed_company_ids: [3] }, limit: 1 }, kwargs]);
  });
});

describe('an endpoint that changed', () => {
  test('to another user gets a key of his; one that was paused or deleted gets its key revoked', async () => {
    const { clients, call, revoked } = world();
    const [moved, paused, gone] = [7, 8, 9].map((id) => sampleEndpoint({ id }));
    for (const endpoint of [moved, paused, gone]) await call(endpoint);
    const now = sampleEndpoint({ id: 7, userId: 99 });
    clients.update([now, sampleEndpoint({ id: 8, paused: true })]);
    expect(revoked).toEqual([[8, 9]]);
    expect(await call(now)).toBe('key 7-4');
  });

  test('in nothing that matters keeps its key', async () => {
    const { clients, call, revoked } = world();
    await call();
    clients.update([sampleEndpoint({ name: 'Another name' })]);
    expect([await call(), revoked]).toEqual(['key 7-1', []]);
  });
});

test('no more than 64 connections are open; the one used least recently makes place', async () => {
  const { call, ended, minted } = world();
  for (let id = 1; id <= 64; id += 1) await call(sampleEndpoint({ id }));
  await call(sampleEndpoint({ id: 1 }));
  await call(sampleEndpoint({ id: 65 }));
  await expect.poll(() => ended).toEqual(['key 2-2']);
  await call(sampleEndpoint({ id: 1 }));
  expect(minted).toHaveLength(65);
});

test('nobody acts in a database that is held', async () => {
  await expect(world({ admitted: false }).call()).rejects.toMatchObject({ code: 'database-held' });
});

test('all connections end with the channel', async () => {
  const { clients, call, ended } = world();
  await call();
  await clients.stop();
  expect(ended).toEqual(['key 7-1']);
});
