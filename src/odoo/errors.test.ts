import { describe, expect, test } from 'vitest';
import { faultError, isOdooOutage, OdooError } from './errors.ts';

describe('a fault of Odoo', () => {
  test.each([
    ['odoo.exceptions.AccessDenied', 'auth', 'refused', 'after-config'],
    ['odoo.exceptions.AccessError', 'access', 'refused', 'after-config'],
    ['odoo.exceptions.UserError', 'validation', 'refused', 'alone'],
    ['odoo.exceptions.ValidationError', 'validation', 'refused', 'alone'],
    ['odoo.exceptions.MissingError', 'missing', 'refused', 'alone'],
    ['psycopg2.errors.SerializationFailure', 'concurrency', 'refused', 'later'],
    ['psycopg2.errors.LockNotAvailable', 'concurrency', 'refused', 'later'],
    ['psycopg2.errors.DeadlockDetected', 'concurrency', 'refused', 'later'],
    ['psycopg2.OperationalError', 'unavailable', 'unknown', 'later'],
    ['odoo.sql_db.PoolError', 'unavailable', 'unknown', 'later'],
    ['werkzeug.exceptions.NotFound', 'protocol', 'not-done', 'after-config'],
    ['builtins.ZeroDivisionError', 'protocol', 'refused', 'later'],
  ])('%s means %s, %s, again %s', (name, kind, outcome, retry) => {
    const error = faultError('res.partner.write', { name, message: 'No.' });
    expect(error).toMatchObject({
      kind,
      outcome,
      retry,
      code: name.endsWith('NotFound') ? 'odoo-transport-absent' : `odoo-${kind}`,
    });
    expect(error.message).toContain('res.partner.write');
    expect(error.message).toContain('No.');
  });

  test('is told on one line, without the code of a server action, and cut', () => {
    const message = `ValueError('x')\n while evaluating\n'secret = 1'`;
    expect(faultError('a.b', { name: 'ValueError', message }).message).not.toContain('secret');
    const long = faultError('a.b', { name: 'ValueError', message: `one\ntwo ${'x'.repeat(5000)}` }).message;
    expect(long).toContain('one two');
    expect(long.length).toBeLessThan(500);
  });

  test('keeps the words of an import and leaves its traceback out', () => {
    const message = [
      "Error while importing module 'x'.",
      '',
      ' Traceback (most recent call last):',
      '  File "/odoo/tools/convert.py", line 1, in _tag_record',
      '    call(secret)',
      'ValueError: External ID not found: x.nothing',
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "/odoo/tools/convert.py", line 2, in parse',
      '    raise ParseError',
      'odoo.tools.convert.ParseError: while parsing menus.xml:3',
    ].join('\n');
    expect(faultError('a.b', { name: 'UserError', message }).message).toContain(
      "Error while importing module 'x'. ValueError: External ID not found: x.nothing odoo.tools.convert.ParseError: while parsing menus.xml:3",
    );
  });
});

test.each([
  ['unavailable', true],
  ['concurrency', true],
  ['auth', true],
  ['access', true],
  ['validation', false],
  ['missing', false],
] as const)('an error of the kind %s keeps all work waiting and blames none of it: %s', (kind, isOutage) => {
  expect(isOdooOutage(new OdooError({ kind, outcome: 'refused', message: '' }))).toBe(isOutage);
});
