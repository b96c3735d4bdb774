import { expect, test } from 'vitest';
import { seededRandom } from '../../../fixtures/gatewayapi/index.ts';
import { KILL_POINTS, planKills } from './kills.ts';

const countOf = (plan: readonly string[], step: string) => plan.filter((one) => one === step).length;

test('plans at least five kills at each point, and some of both servers', () => {
  const plan = planKills(50, seededRandom(1));
  for (const point of KILL_POINTS) expect(countOf(plan, point), point).toBeGreaterThanOrEqual(5);
  expect(countOf(plan, 'odoo')).toBeGreaterThanOrEqual(3);
  expect(countOf(plan, 'postgres')).toBeGreaterThanOrEqual(3);
  expect(plan.length).toBe(50 + countOf(plan, 'odoo') + countOf(plan, 'postgres'));
});

test('makes the same plan from the same seed, and another from another', () => {
  expect(planKills(20, seededRandom(7))).toEqual(planKills(20, seededRandom(7)));
  expect(planKills(20, seededRandom(7))).not.toEqual(planKills(20, seededRandom(8)));
});
