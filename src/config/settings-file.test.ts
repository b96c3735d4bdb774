import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from './index.ts';

const GOOD = `# Odoo
export ODOO_URL=http://odoo.test
ODOO_DATABASE = "shop" # of the shop
ODOO_PASSWORD='hunter#2'
ODOO_LOGIN=viaduct # a user
  # indented

`;

/** The faults of the good file with more lines at its end, the first of which is line 8. */
function faultsWith(lines: string, text = GOOD): string[] {
  try {
    loadConfig({ environment: { VIADUCT_CONFIG: 'v.env' }, readFile: () => text + lines });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ name, problem }) => `${name}: ${problem}`);
  }
}

test('a good file has no faults, and is named', () => {
  const config = loadConfig({ environment: { VIADUCT_CONFIG: 'v.env' }, readFile: () => GOOD });
  expect([config.file, config.databases[0].password.reveal()]).toEqual(['v.env', 'hunter#2']);
});

test.each([
  ['VIADUCT_PORT 8068', 'VIADUCT_CONFIG: line 8 of v.env is no NAME=value.'],
  ['hunter2', 'VIADUCT_CONFIG: line 8 of v.env is no NAME=value.'],
  ['ODOO_LOGIN=other', 'ODOO_LOGIN: is set again by line 8 of v.env; line 5 sets it already.'],
  ['viaduct_port=1', 'viaduct_port: line 8 of v.env sets no setting. Write VIADUCT_PORT.'],
  ['OTHER="open', 'OTHER: line 8 of v.env opens a quote and does not close it.'],
  [
    'OTHER=abc#def',
    'OTHER: line 8 of v.env has a # in its value, which would end it there. Put the value in quotes.',
  ],
])('the line %s is a fault', (line, fault) => {
  expect(faultsWith(`${line}\nVIADUCT_LOG_LEVEL=info\n`)).toEqual([fault]);
});

test('a name in small letters is not missing as well', () => {
  const text = GOOD.replace('ODOO_LOGIN', 'odoo_login');
  expect(faultsWith('', text)).toEqual(['odoo_login: line 5 of v.env sets no setting. Write ODOO_LOGIN.']);
});

test('names of others are left alone', () => {
  expect(faultsWith('http_proxy=http://proxy\nOTHER=kept out\n')).toEqual([]);
});
