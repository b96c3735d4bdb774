import { describe, expect, test } from 'vitest';
import { OdooError } from '../errors.ts';
import { firstThatAnswers } from './choose-transport.ts';
import { absentError, refusedLogin, type Transport, type TransportName } from './transport.ts';

const signal = new AbortController().signal;
const call = { model: 'a', method: 'b', what: 'a.b', args: [], kwargs: {}, signal };
const down = new OdooError({ kind: 'unavailable', outcome: 'unknown', message: 'Down.' });
const absent = absentError('Not here.');

/** Each way does as it is told: fails with that error, or answers with its name. */
function threeWays(does: { [name in TransportName]?: Error }) {
  const asked: TransportName[] = [];
  const way = (name: TransportName): Transport => {
    const answer = async () => {
      asked.push(name);
      const error = does[name];
      if (error !== undefined) throw error;
      return 7;
    };
    return {
      name: () => name,
      authenticate: answer,
      execute: async () => (await answer()) && name,
      version: async () => ({ major: await answer(), text: name, edition: 'community' }),
      callCount: () => asked.filter((one) => one === name).length,
      stop: async () => undefined,
    };
  };
  return { asked, does, auto: firstThatAnswers([way('json-rpc'), way('json-2'), way('xml-rpc')]) };
}

describe('the transport that is chosen', () => {
  test('is the first that answers, and stays it', async () => {
    const ways = threeWays({ 'json-rpc': absent });
    expect(await ways.auto.execute(call, 7)).toBe('json-2');
    expect(await ways.auto.execute(call, 7)).toBe('json-2');
    expect(ways.asked).toEqual(['json-rpc', 'json-2', 'json-2']);
    expect([ways.auto.name(), ways.auto.callCount()]).toEqual(['json-2', 3]);
  });

  test('is another when Odoo is upgraded under it', async () => {
    const ways = threeWays({});
    expect(await ways.auto.execute(call, 7)).toBe('json-rpc');
    ways.does['json-rpc'] = absent;
    expect(await ways.auto.execute(call, 7)).toBe('json-2');
  });

  test('is not changed by an Odoo that is down, lest a call be made twice', async () => {
    const ways = threeWays({ 'json-rpc': down });
    await expect(ways.auto.execute(call, 7)).rejects.toBe(down);
    expect(ways.asked).toEqual(['json-rpc']);
  });

  test('is XML-RPC for a password where JSON-RPC does not pass', async () => {
    const ways = threeWays({ 'json-rpc': absent, 'json-2': refusedLogin('db') });
    expect(await ways.auto.authenticate(signal)).toBe(7);
    expect(ways.auto.name()).toBe('xml-rpc');
  });

  test('is none when a password is refused: one refusal is enough', async () => {
    const ways = threeWays({ 'json-rpc': refusedLogin('db') });
    await expect(ways.auto.authenticate(signal)).rejects.toMatchObject({ kind: 'auth' });
    expect(ways.asked).toEqual(['json-rpc']);
  });

  test('that cannot be found is told as what is wrong', async () => {
    const refused = refusedLogin('db');
    const onlyKeys = threeWays({ 'json-rpc': absent, 'json-2': refused, 'xml-rpc': absent });
    await expect(onlyKeys.auto.authenticate(signal)).rejects.toBe(refused);
    const nothing = threeWays({ 'json-rpc': absent, 'json-2': absent, 'xml-rpc': absent });
    await expect(nothing.auto.version(signal)).rejects.toBe(absent);
    expect(nothing.asked).toEqual(['json-rpc', 'json-2', 'xml-rpc']);
  });
});
