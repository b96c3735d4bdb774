import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshOdoo, type TestOdoo } from '../support/odoo.ts';

let odoo: TestOdoo;

beforeAll(async () => {
  odoo = await freshOdoo();
});

afterAll(async () => {
  await odoo?.dispose();
});

async function parameter(of: TestOdoo, key: string): Promise<unknown> {
  return of.execute('ir.config_parameter', 'get_param', [key]);
}

async function companyCountry(of: TestOdoo): Promise<unknown> {
  const [company] = [
    await of.execute('res.company', 'search_read', [[], ['country_code']], { limit: 1 }),
  ].flat();
  return company;
}

test('lets the administrator in, and is the Odoo it says', async () => {
  await expect(odoo.execute('res.users', 'context_get')).resolves.toHaveProperty('lang');
  const answer = await fetch(`${odoo.url}/web/webclient/version_info`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","params":{}}',
  });
  const expected = {
    result: { server_version: expect.stringMatching(new RegExp(`^${odoo.version.major}\\.0`)) },
  };
  expect(await answer.json()).toMatchObject(expected);
});

test('says what is wrong when a call fails', async () => {
  await expect(odoo.execute('no.such.model', 'read', [[1]])).rejects.toThrow(/no\.such\.model/);
});

// What a stack of our own promises cannot be asked of an Odoo that somebody else runs, and the other way round.
if (inject('odooPlace').kind === 'named') {
  test('uses the database that the environment names', async () => {
    expect(odoo.database).toBe(process.env['TEST_ODOO_DATABASE']);
    expect((await freshOdoo()).database).toBe(odoo.database);
  });
} else {
  describe('a database of our own', () => {
    test('has an identity of its own', async () => {
      const other = await freshOdoo();
      const uuids = await Promise.all([odoo, other].map((one) => parameter(one, 'database.uuid')));
      expect(new Set(uuids).size).toBe(2);
      expect(await parameter(other, 'web.base.url')).toBe(odoo.url);
      await other.dispose();
      await expect(other.execute('res.users', 'context_get')).rejects.toThrow();
    });

    test('has the apps, both languages, a Danish company and no file outside the database', async () => {
      const installed = [['state', '=', 'installed']];
      const apps = await odoo.execute('ir.module.module', 'search_read', [installed, ['name']]);
      for (const name of [
        'sale_management',
        'crm',
        'mass_mailing_sms',
        'base_automation',
        'base_import_module',
      ]) {
        expect(apps).toContainEqual(expect.objectContaining({ name }));
      }
      const languages = await odoo.execute('res.lang', 'get_installed');
      expect(languages).toEqual(expect.arrayContaining([expect.arrayContaining(['fr_FR'])]));
      expect(await companyCountry(odoo)).toMatchObject({ country_code: 'DK' });
      const files = await odoo.stack?.query(
        odoo.database,
        'select count(*) from ir_attachment where store_fname is not null',
      );
      expect(files).toBe('0');
    });

    test('keeps what was committed when Odoo and PostgreSQL are killed', async () => {
      const id = await odoo.execute('res.partner', 'create', [{ name: 'Survivor' }]);
      await odoo.stack?.odoo.kill();
      await odoo.stack?.postgres.kill();
      await expect(odoo.execute('res.partner', 'read', [[id], ['name']])).rejects.toThrow();
      await odoo.stack?.postgres.start();
      await odoo.stack?.odoo.start();
      const rows = await odoo.execute('res.partner', 'read', [[id], ['name']]);
      expect(rows).toEqual([{ id, name: 'Survivor' }]);
      expect(await odoo.stack?.odoo.logs()).toContain('HTTP service');
    });
  });
}
