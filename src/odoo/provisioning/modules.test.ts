import { expect, test } from 'vitest';
import { OdooError } from '../errors.ts';
import type { OdooClient } from '../odoo.ts';
import { importAddon } from './modules.ts';

const addon = { name: 'viaduct_x', version: '1.0.0', depends: [], files: new Map(), hash: '' };

/** An Odoo that refuses imports in these words, one after the other, and then takes them. */
function odooThatSays(words: string[]) {
  const calls: string[] = [];
  const call: OdooClient['call'] = async (_model, method) => {
    calls.push(method);
    const message = method === 'import_module' ? words.shift() : undefined;
    if (message !== undefined) throw new OdooError({ kind: 'validation', outcome: 'refused', message });
    return 1;
  };
  const unused = () => Promise.reject(new Error('not asked for'));
  const admin: OdooClient = {
    ...{ database: 'db', call, procedure: unused, version: unused, apps: unused },
    ...{ callCount: () => calls.length, stop: async () => {} },
  };
  return { admin, calls };
}

test('an import that met Odoo setting its models up anew is made again', async () => {
  const { admin, calls } = odooThatSays([
    "Error while importing module 'viaduct_x'. KeyError: 46 while parsing",
  ]);
  await importAddon(admin, { addon, major: 19 });
  expect(calls).toEqual(['create', 'import_module', 'create', 'import_module']);
});

test('an import that Odoo refuses for a reason is not made again', async () => {
  const { admin, calls } = odooThatSays(["KeyError: 'x_name'"]);
  await expect(importAddon(admin, { addon, major: 19 })).rejects.toMatchObject({ code: 'import-failed' });
  expect(calls).toEqual(['create', 'import_module']);
});
