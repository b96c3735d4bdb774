import { expect, test } from 'vitest';
import { unattacked } from './generators.ts';
import { runFuzz } from './scenario.ts';

test('a short run of hostile requests breaks nothing', { timeout: 120_000 }, async () => {
  const { signal } = new AbortController();
  const figures = await runFuzz({ requests: 3_000, seed: 2, crowds: false, say: () => {}, signal });
  // Neither the time nor the memory of a short run on a busy machine says anything.
  const { requests, healthyAnswered, rssMb, rssPeakMb, rssGrowthMb, healthyP99Ms, ...rest } = figures;
  expect([requests >= 3_000, healthyAnswered > 0]).toEqual([true, true]);
  expect(rest).toMatchObject({
    ...{ crashes: 0, unexpected5xx: 0, forgedAccepted: 0, answersWithoutRequestId: 0, unreadableAnswers: 0 },
    ...{ unanswered: 0, secretsInAnswers: 0, slowHeld: 0, limitEvaded: 0, strangersLetIn: 0, leaks: 0 },
    ...{ strayLines: 0, lost: 0, healthyFailed: 0 },
  });
});

test('a route without a generator is named', () => {
  expect(unattacked(['GET /healthz', 'POST /v1/new'])).toEqual(['POST /v1/new']);
});
