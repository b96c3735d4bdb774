import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { SMS_UUID } from '../schema.ts';
import { isTestReference, newTestReference } from './test-report.ts';

test('a test reference passes for an SMS at the door, and is known behind it', () => {
  const reference = newTestReference();
  expect(reference).toMatch(SMS_UUID);
  expect(isTestReference(reference)).toBe(true);
  expect(newTestReference()).not.toBe(reference);
});

test('no uuid that Odoo makes is a test reference', () => {
  const uuids = Array.from({ length: 1_000 }, () => randomUUID().replaceAll('-', ''));
  expect(uuids.filter(isTestReference)).toEqual([]);
});
