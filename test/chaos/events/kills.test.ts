import { expect, test } from 'vitest';
import { seededRandom } from '../../../fixtures/gatewayapi/index.ts';
import { KILL_POINTS, LEAST_AT_POINT, planKills } from './kills.ts';

const countOf = (plan: readonly string[], step: string) => plan.filter((one) => one === step).length;

test('plans at least five kills at each point of an event, three of each server, and bells that are cut off', () => {
  const plan = planKills(50, seededRandom(1));
  for (const point of KILL_POINTS) expect(countOf(plan, point), point).toBeGreaterThanOrEqual(LEAST_AT_POINT);
  expect([countOf(plan, 'odoo'), countOf(plan, 'postgres')]).toEqual([3, 3]);
  for (const bell of ['bell', 'listener']) expect(countOf(plan, bell)).toBeGreaterThan(2);
  expect(KILL_POINTS.reduce((sum, point) => sum + countOf(plan, point), 0)).toBe(50);
});

test('plans no more kills than were asked for', () => {
  const plan = planKills(4, seededRandom(1));
  expect(KILL_POINTS.reduce((sum, point) => sum + countOf(plan, point), 0)).toBe(4);
});
