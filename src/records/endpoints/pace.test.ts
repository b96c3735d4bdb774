import { expect, test } from 'vitest';
import { createEndpointPace } from './pace.ts';

const ENDPOINT = { id: 7, ratePerMinute: 2 };

test('takes so many calls a minute, and says how long to wait', () => {
  const pace = createEndpointPace();
  expect([0, 10_000, 20_000, 60_000].map((ms) => pace.spend(ENDPOINT, ms))).toEqual([
    null,
    null,
    40_000,
    null,
  ]);
});

test('counts each endpoint by itself, and those without a limit not at all', () => {
  const pace = createEndpointPace();
  const free = { id: 8, ratePerMinute: 0 };
  const waits = [ENDPOINT, ENDPOINT, { ...ENDPOINT, id: 9 }, free, free, free].map((one) =>
    pace.spend(one, 0),
  );
  expect(waits).toEqual([null, null, null, null, null, null]);
  expect(pace.spend(ENDPOINT, 0)).toBe(60_000);
});

test('begins anew when the clock was set back, and with an endpoint that was deleted', () => {
  const pace = createEndpointPace();
  const three = () => [1, 2, 3].map(() => pace.spend(ENDPOINT, 100_000));
  expect(three().at(-1)).not.toBeNull();
  expect(pace.spend(ENDPOINT, 1_000)).toBeNull();
  expect(three().at(-1)).not.toBeNull();
  pace.keepOnly(new Set([8]));
  expect(pace.spend(ENDPOINT, 100_000)).toBeNull();
});
