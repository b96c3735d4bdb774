import { expect, test } from 'vitest';
import { pullFraction } from './pull.ts';

const layer = (id: string, status: string, current = 0, total = 100) => ({
  ...{ id, status },
  progressDetail: { current, total },
});

test('counts a layer by its download first and its extraction after', () => {
  const layers = new Map<string, number>();
  expect(pullFraction(layers, layer('aaaaaaaaaaaa', 'Downloading', 50))).toBeCloseTo(0.375);
  expect(pullFraction(layers, layer('aaaaaaaaaaaa', 'Extracting', 50))).toBeCloseTo(0.875);
  expect(pullFraction(layers, layer('aaaaaaaaaaaa', 'Pull complete'))).toBe(1);
});

test('takes all layers together and no notice of what is not a layer', () => {
  const layers = new Map<string, number>();
  pullFraction(layers, layer('aaaaaaaaaaaa', 'Already exists'));
  pullFraction(layers, layer('bbbbbbbbbbbb', 'Pulling fs layer'));
  expect(pullFraction(layers, { id: '17', status: 'Pulling from library/postgres' })).toBe(0.5);
});
