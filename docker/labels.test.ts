import { expect, test } from 'vitest';
import { labelsFor, OWNER_LABEL, ownerOf } from './labels.ts';

test('names a running process by pid and start time, the same at every look', async () => {
  const owner = await ownerOf(process.pid);
  expect(owner).toMatch(new RegExp(`^${process.pid}-\\d+$`));
  expect((await labelsFor('odoo'))[OWNER_LABEL]).toBe(owner);
});

test('names no process that is gone', async () => {
  // Above the highest pid that Linux gives.
  await expect(ownerOf(4_194_305)).resolves.toBeUndefined();
});
