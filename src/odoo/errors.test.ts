import { describe, expect, test } from 'vitest';
import { connectionError, faultError, httpStatusError } from './errors.ts';

describe('a fault of Odoo', () => {
  test.each([
    ['odoo.exceptions.AccessDenied', 'auth', 'refused', 'after-config'],
    ['odoo.exceptions.AccessError', 'access', 'refused', 'after-config'],
    ['odoo.exceptions.UserError', 'validation', 'refused', 'never'],
    ['odoo.exceptions.ValidationError', 'validation', 'refused', 'never'],
    ['odoo.exceptions.MissingError', 'missing', 'refused', 'never'],
    ['psycopg2.errors.SerializationFailure', 'concurrency', 'refused', 'later'],
    ['psycopg2.errors.LockNotAvailable', 'concurrency', 'refused', 'later'],
    ['psycopg2.errors.DeadlockDetected', 'concurrency', 'refused', 'later'],
    ['psycopg2.OperationalError', 'unavailable', 'unknown', 'later'],
    ['odoo.sql_db.PoolError', 'unavailable', 'unknown', 'later'],
    ['werkzeug.exceptions.NotFound', 'protocol', 'not-done', 'after-config'],
    ['builtins.ZeroDivisionError', 'protocol', 'refused', 'later'],
  ])('%s means %s, %s, again %s', (name, kind, outcome, retry) => {
    const error = faultError('res.partner.write', { name, message: 'No.' });
    expect(error).toMatchObject({ kind, outcome, retry, code: `odoo-${kind}` });
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
});

test.each([
  ['ECONNREFUSED', 'unavailable', 'not-done'],
  ['ENOTFOUND', 'unavailable', 'not-done'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unavailable', 'not-done'],
  ['ECONNRESET', 'unavailable', 'unknown'],
  ['UND_ERR_SOCKET', 'unavailable', 'unknown'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'limit', 'unknown'],
])('a connection that ended with %s is %s, and the work is %s', (code, kind, outcome) => {
  const cause = Object.assign(new Error('x'), { code });
  expect(connectionError('a.b', cause)).toMatchObject({ kind, outcome, cause });
});

test.each([
  [302, 'protocol', 'not-done', 'after-config'],
  [404, 'protocol', 'not-done', 'after-config'],
  [413, 'limit', 'not-done', 'never'],
  [429, 'unavailable', 'not-done', 'later'],
  [502, 'unavailable', 'unknown', 'later'],
  [504, 'unavailable', 'unknown', 'later'],
  [200, 'protocol', 'unknown', 'after-config'],
])('status %i without JSON is %s, the work is %s, again %s', (status, kind, outcome, retry) => {
  const error = httpStatusError('a.b', status, 'https://user:secret@odoo.example/web/login?token=secret');
  expect(error).toMatchObject({ kind, outcome, retry });
  expect(error.message).not.toContain('secret');
});
