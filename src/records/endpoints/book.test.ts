import { expect, test } from 'vitest';
import { createManualClock } from '../../../fixtures/manual-clock.ts';
import { KEY, sampleEndpoint } from '../testing/sample-endpoint.ts';
import { createEndpointBook } from './book.ts';
import type { Endpoint } from './endpoint.ts';

const IDENTITY = {
  ...{ uuid: 'u', neutralized: false, beat: 1 },
  confirmed: { uuid: 'u', neutralized: false, instance: null },
};

/** A book over an Odoo with these endpoints. */
function bookOf(inOdoo: Endpoint[], { isOpen = true } = {}) {
  const [reads, warnings]: [number[], string[]] = [[], []];
  const book = createEndpointBook({
    records: {
      readEndpoints: async () => {
        if (inOdoo.length === 0) throw new Error('Odoo is away.');
        return { identity: IDENTITY, endpoints: [...inOdoo] };
      },
    },
    ...{ publicUrl: 'https://viaduct.example.com', maxAgeMs: 60_000, isOpen: () => isOpen },
    ...{ onRead: (endpoints) => void reads.push(endpoints.length), clock: createManualClock() },
    log: { warn: (_, message) => void warnings.push(message) },
  });
  return { book, reads, warnings };
}

test('endpoints are read when they are first asked for, and again when told', async () => {
  const inOdoo = [sampleEndpoint()];
  const { book, reads } = bookOf(inOdoo);
  const find = async (key: string) => (await book.finder()).find({ key, uuid: null }, 0)?.endpoint.name;
  expect([await find(KEY), await find(KEY), reads]).toEqual(['Shop', 'Shop', [1]]);
  inOdoo[0] = sampleEndpoint({ name: 'Store' });
  book.readAgain();
  await expect.poll(() => find(KEY)).toBe('Store');
});

test('what was read stands while Odoo is away', async () => {
  const inOdoo = [sampleEndpoint()];
  const { book, warnings } = bookOf(inOdoo);
  await book.finder();
  inOdoo.length = 0;
  book.readAgain();
  await expect.poll(() => warnings).toEqual(['API endpoints could not be read']);
  expect((await book.finder()).find({ key: KEY, uuid: null }, 0)).not.toBeNull();
});

test('nothing is read of a database that is held', async () => {
  const { book, reads } = bookOf([sampleEndpoint()], { isOpen: false });
  book.readAgain();
  expect(reads).toEqual([]);
});

test('server actions that an endpoint names are known by their external ids', async () => {
  const [grant] = sampleEndpoint().grants;
  if (grant === undefined) throw new Error('The sample has a grant.');
  const actions = [{ name: 'sale.action_confirm', id: 41 }];
  const { book } = bookOf([sampleEndpoint({ grants: [{ ...grant, actions }] })]);
  expect([await book.actionId('sale.action_confirm'), await book.actionId('base.other')]).toEqual([41, null]);
});
