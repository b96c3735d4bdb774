import { describe, expect, test } from 'vitest';
import { readFault, xmlFaultError } from './xml-rpc-faults.ts';

const traceback = (...last: string[]) =>
  [
    'Traceback (most recent call last):',
    '  File "a.py", line 1, in run',
    '    x()',
    "KeyError: 'x'",
    '',
    'During handling of the above exception, another exception occurred:',
    '',
    'Traceback (most recent call last):',
    '  File "xmlrpc.py", line 2, in xmlrpc_1',
    '    run()',
    ...last,
  ].join('\n');

function errorOf(faultCode: string, faultString: string) {
  const fault = readFault(Object.assign(new Error('XML-RPC fault'), { faultCode, faultString }));
  if (fault === undefined) throw new TypeError('This is no fault.');
  return xmlFaultError('a.b', fault);
}

describe('a fault', () => {
  test.each([
    ['AccessDenied', 'Access Denied', 'auth'],
    ['warning -- AccessError\n\nNot you.', '', 'access'],
    ['warning -- MissingError\n\nGone.\n(Record: x)', '', 'missing'],
    ['warning -- UserError\n\nNot so.', '', 'validation'],
    ['warning -- Warning\n\nLook there.', '', 'validation'],
    [
      'could not serialize',
      traceback('psycopg2.errors.SerializationFailure: could not', 'DETAIL: x'),
      'concurrency',
    ],
    ['too many', traceback('odoo.sql_db.PoolError: too many', ''), 'unavailable'],
    ['x', traceback('ZeroDivisionError', ''), 'protocol'],
  ])('with the code %j is read', (code, text, kind) => {
    expect(errorOf(code, text)).toMatchObject({ kind });
    expect(errorOf(code, text)?.message).not.toContain('xmlrpc.py');
  });

  test('that says that the method returned nothing is no error', () => {
    const words = 'cannot marshal None unless allow_none is enabled';
    const nil = traceback('  File "client.py", line 528, in dump_nil', `TypeError: ${words}`);
    expect(errorOf(words, nil)).toBeNull();
    const inside = traceback('  File "client.py", line 582, in dump_struct', `TypeError: ${words}`);
    expect(errorOf(words, inside)).toMatchObject({
      ...{ code: 'odoo-answer-lost', kind: 'protocol', outcome: 'unknown', retry: 'never' },
    });
    expect(errorOf('int exceeds XML-RPC limits', traceback('OverflowError: int exceeds'))).toMatchObject({
      code: 'odoo-answer-lost',
    });
  });

  test('is not made of any other error', () => {
    expect(readFault(new Error('socket hang up'))).toBeUndefined();
    expect(readFault('Error connecting to database.')).toBeUndefined();
  });
});
