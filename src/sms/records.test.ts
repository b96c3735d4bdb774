import { expect, test } from 'vitest';
import { ViaductError } from '../errors.ts';
import type { OdooClient } from '../odoo/index.ts';
import { createSmsRecords } from './records.ts';

function odooThatThrows(error: unknown): OdooClient {
  const fail = () => Promise.reject(error);
  return {
    ...{ database: 'db', call: fail, procedure: fail, version: fail, apps: fail },
    callCount: () => 0,
    stop: async () => {},
  };
}

test('a write that Odoo refuses is tried again before it is buried', async () => {
  const refused = new ViaductError({ code: 'odoo-validation', message: 'Key exists.', retry: 'never' });
  const records = createSmsRecords(odooThatThrows(refused));
  await expect(records.apply('db', [])).rejects.toMatchObject({ code: 'odoo-validation', retry: 'later' });
  await expect(records.readBack([])).rejects.toMatchObject({ retry: 'later' });
});

test('other verdicts stay as they are', async () => {
  const config = new ViaductError({ code: 'odoo-access', message: 'No.', retry: 'after-config' });
  await expect(createSmsRecords(odooThatThrows(config)).apply('db', [])).rejects.toBe(config);
});
