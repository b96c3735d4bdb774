import { expect, test } from 'vitest';
import { refusalOf } from './transaction.ts';

test('knows which operation Odoo refused, and why', () => {
  const words =
    'Odoo answered ir.actions.server.run with UserError: viaduct-operation 2: AccessError: You may not: contact us.';
  expect(refusalOf(new Error(words))).toEqual({
    ...{ operation: 2, fault: 'AccessError', words: 'You may not: contact us.' },
  });
});

test('takes other errors for what they are', () => {
  expect(refusalOf(new Error('This endpoint is not in use.'))).toBeNull();
  expect(refusalOf('viaduct-operation two: no')).toBeNull();
});
