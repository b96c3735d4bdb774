import { expect, test } from 'vitest';
import type { Json, OdooClient } from '../odoo.ts';
import { systemParameterStep } from './steps.ts';

/** An Odoo that has nothing but system parameters. */
function parametersOnly(first: Json): OdooClient & { value: () => Json } {
  let value = first;
  const call: OdooClient['call'] = async (_model, method, [, next]) => {
    if (method === 'set_param') value = next ?? false;
    return value;
  };
  const refuse = () => Promise.reject(new Error('not expected'));
  return {
    database: 'db',
    call,
    procedure: refuse,
    version: refuse,
    apps: refuse,
    callCount: () => 0,
    stop: async () => {},
    value: () => value,
  };
}

const step = systemParameterStep({ addon: 'viaduct_sms', key: 'sms.endpoint', value: 'http://viaduct' });

test('sets a system parameter once', async () => {
  const odoo = parametersOnly(false);
  expect(await step.read(odoo)).toBeNull();
  expect(await step.apply(odoo)).toBe('set the system parameter sms.endpoint');
  expect(odoo.value()).toBe('http://viaduct');
  expect(await step.apply(odoo)).toBeNull();
});

test.each<[string | null, Json]>([
  ['https://before', 'https://before'],
  [null, false],
])('puts %s back, also when this Viaduct would set another value', async (found, expected) => {
  const odoo = parametersOnly('http://an-older-viaduct');
  expect(await step.revert(odoo, { found, left: 'http://an-older-viaduct' })).toMatch(/^put back/);
  expect(odoo.value()).toBe(expected);
});

test('leaves a value that somebody else has set since', async () => {
  const odoo = parametersOnly('https://somebody');
  expect(await step.revert(odoo, { found: null, left: 'http://viaduct' })).toMatch(/^left .* somebody else/);
  expect(odoo.value()).toBe('https://somebody');
});

test('has nothing to put back where the first value stands', async () => {
  const odoo = parametersOnly('https://before');
  expect(await step.revert(odoo, { found: 'https://before', left: 'http://viaduct' })).toBeNull();
});
