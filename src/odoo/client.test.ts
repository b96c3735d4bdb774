import { describe, expect, test } from 'vitest';
import { type RpcCall, type RpcReply, startOdooRpcServer } from '../../fixtures/odoo-rpc-server.ts';
import { createOdooClient, type ObservedCall, type OdooClientSettings } from './client.ts';

/** A machine that is busy with other tests may take its time. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000, interval: 5 });

const collision = { fault: { name: 'psycopg2.errors.SerializationFailure', message: 'could not serialize' } };
const denied = { fault: { name: 'odoo.exceptions.AccessDenied', message: 'Access Denied' } };
const refusal = { fault: { name: 'odoo.exceptions.UserError', message: 'Not so.' } };
const noWait = { nowMs: () => 0, sleep: async () => {} };

/** Replies of `res.partner` calls in turn (the last for good), with a client that never waits. */
async function startOdoo(replies: RpcReply[], settings: Partial<OdooClientSettings> = {}) {
  const calls: RpcCall[] = [];
  const observed: ObservedCall[] = [];
  const server = await startOdooRpcServer((call) => {
    calls.push(call);
    if (!call.what.startsWith('res.partner')) return undefined;
    return replies.length > 1 ? replies.shift() : replies[0];
  });
  const client = createOdooClient({
    ...{ url: server.url, database: 'db', login: 'me', password: 'the-secret', clock: noWait },
    onCall: (call) => observed.push(call),
    ...settings,
  });
  const asked = (what: string) => calls.filter((call) => call.what === what).length;
  const dispose = async () => {
    await client.stop();
    await server[Symbol.asyncDispose]();
  };
  return { client, server, calls, observed, asked, [Symbol.asyncDispose]: dispose };
}

describe('a call', () => {
  test('logs in once for all, and leaves the caller’s values as they were', async () => {
    await using odoo = await startOdoo([{ result: [1, 2] }]);
    const args = [[['name', '=', 'a\u0000']]];
    const options = { kwargs: { limit: 2, context: { lang: 'fr_FR' } } };
    const ask = () => odoo.client.call('res.partner', 'search', args, options);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(odoo.asked('common.authenticate')).toBe(1);
    expect(odoo.calls.at(-1)).toMatchObject({ args: [[['name', '=', 'a']]], kwargs: options.kwargs });
    expect(args).toEqual([[['name', '=', 'a\u0000']]]);
    expect(odoo.client.callCount()).toBe(4);
    expect(odoo.observed[0]).toMatchObject({ model: 'res.partner', method: 'search', outcome: 'ok' });
  });

  test('logs in once more when its user id is no longer accepted, and then gives up', async () => {
    await using odoo = await startOdoo([denied, { result: true }, denied]);
    await expect(odoo.client.call('res.partner', 'write', [[1], {}])).resolves.toBe(true);
    expect(odoo.asked('common.authenticate')).toBe(2);
    await expect(odoo.client.call('res.partner', 'write', [[1], {}])).rejects.toMatchObject({ kind: 'auth' });
    expect(odoo.asked('res.partner.write')).toBe(4);
  });

  test('logs in once more when its user was deleted, and not when another record was', async () => {
    const gone = (record: string) => ({
      fault: { name: 'odoo.exceptions.MissingError', message: `Deleted.\n\n(Record: ${record}, User: 7)` },
    });
    await using odoo = await startOdoo([gone('res.users(7,)'), { result: true }, gone('res.partner(7,)')]);
    await expect(odoo.client.call('res.partner', 'write', [[1], {}])).resolves.toBe(true);
    await expect(odoo.client.call('res.partner', 'write', [[7], {}])).rejects.toMatchObject({
      kind: 'missing',
    });
    expect(odoo.asked('common.authenticate')).toBe(2);
  });

  test.each([
    ['a collision', collision, {}, 3],
    ['a broken connection', 'reset', { idempotent: true }, 3],
    ['a broken connection, when twice would do harm', 'reset', {}, 1],
    ['a refusal', refusal, { idempotent: true }, 1],
  ] as const)('after %s is tried as often as is safe', async (_name, reply, options, attempts) => {
    await using odoo = await startOdoo([reply]);
    await expect(odoo.client.call('res.partner', 'write', [[1], {}], options)).rejects.toThrow();
    expect(odoo.asked('res.partner.write')).toBe(attempts);
  });

  test('succeeds when a further try does', async () => {
    await using odoo = await startOdoo([collision, collision, { result: 5 }]);
    await expect(odoo.client.call('res.partner', 'create', [[{}]])).resolves.toBe(5);
    expect(odoo.observed.map((call) => call.outcome)).toEqual(['concurrency', 'concurrency', 'ok']);
  });

  test('never tells the password or its values in an error', async () => {
    await using odoo = await startOdoo(['reset', refusal, 'hang']);
    for (const _ of [1, 2, 3]) {
      const error = await odoo.client
        .call('res.partner', 'write', [[1], { name: 'private' }], { timeoutMs: 200 })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error);
      expect(told).not.toMatch(/the-secret|private/);
    }
  });

  test('that is given up by its caller is neither repeated nor held against Odoo', async () => {
    await using odoo = await startOdoo(['hang'], { limits: { failuresToOpen: 1 } });
    const giveUp = new AbortController();
    const call = odoo.client.call('res.partner', 'read', [[1]], { idempotent: true, signal: giveUp.signal });
    await eventually(() => odoo.asked('res.partner.read')).toBe(1);
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ code: 'odoo-cancelled', outcome: 'unknown' });
    expect(odoo.asked('res.partner.read')).toBe(1);
    expect(odoo.client.isAvailable()).toBe(true);
  });
});

describe('a refused login', () => {
  test('is not tried again at once, lest Odoo locks the address out', async () => {
    let nowMs = 0;
    let logins = 0;
    await using server = await startOdooRpcServer(() => {
      logins += 1;
      return { result: false };
    });
    const client = createOdooClient({
      ...{ url: server.url, database: 'db', login: 'me', password: 'wrong' },
      clock: { ...noWait, nowMs: () => nowMs },
    });
    const read = () => client.call('res.partner', 'read', [[1]]).catch((error: unknown) => error);
    for (const _ of [1, 2, 3]) expect(await read()).toMatchObject({ kind: 'auth', retry: 'after-config' });
    expect(logins).toBe(1);
    nowMs = 30_000;
    await read();
    expect(logins).toBe(2);
    await client.stop();
  });
});

describe('many calls', () => {
  test('share few connections, and each gets its own answer', async () => {
    await using server = await startOdooRpcServer(({ what, args: [number] }) => {
      if (what !== 'res.partner.read') return undefined;
      return { result: Number(number) };
    });
    const limits = { connections: 3 };
    const client = createOdooClient({ url: server.url, database: 'db', login: 'me', password: 'x', limits });
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const results = await Promise.all(numbers.map((number) => client.call('res.partner', 'read', [number])));
    expect(results).toEqual(numbers);
    expect(server.socketCount()).toBeLessThanOrEqual(3);
    await client.stop();
  });

  test('beyond those that may wait are refused, to be tried later', async () => {
    await using odoo = await startOdoo(['hang'], { limits: { connections: 1, waitingCalls: 1 } });
    const read = (timeoutMs: number) =>
      odoo.client.call('res.partner', 'read', [[1]], { timeoutMs }).catch((error: unknown) => error);
    const [running, waiting, refused] = await Promise.all([read(300), read(100), read(100)]);
    expect(running).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
    expect(waiting).toMatchObject({ kind: 'unavailable', outcome: 'not-done' });
    expect(refused).toMatchObject({ kind: 'limit', retry: 'later', outcome: 'not-done' });
  });
});

test('an Odoo that is down is probed, and calls go on when it is back', async () => {
  let isDown = true;
  const asked: string[] = [];
  await using server = await startOdooRpcServer(({ what }) => {
    asked.push(what);
    return isDown ? 'reset' : undefined;
  });
  const changes: boolean[] = [];
  const client = createOdooClient({
    ...{ url: server.url, database: 'db', login: 'me', password: 'x' },
    limits: { failuresToOpen: 3, firstProbeMs: 5, longestProbeMs: 20 },
  });
  client.onAvailabilityChange((available) => changes.push(available));
  const read = () => client.call('res.partner', 'read', [[1]]);
  for (const _ of [1, 2, 3]) await expect(read()).rejects.toMatchObject({ kind: 'unavailable' });
  expect(client.isAvailable()).toBe(false);
  const sentBefore = asked.filter((what) => what === 'res.partner.read').length;
  for (const _ of [1, 2, 3]) await expect(read()).rejects.toMatchObject({ outcome: 'not-done' });
  expect(asked.filter((what) => what === 'res.partner.read')).toHaveLength(sentBefore);
  isDown = false;
  await eventually(() => changes).toEqual([false, true]);
  await expect(read()).resolves.toBeNull();
  await client.stop();
});
