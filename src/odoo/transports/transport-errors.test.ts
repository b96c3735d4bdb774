import { expect, test } from 'vitest';
import { connectionError, httpStatusError } from './transport-errors.ts';

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
