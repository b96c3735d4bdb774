import { expect, test } from 'vitest';
import { sampleSubscription } from '../../fixtures/events-subscription.ts';
import { eventFindings } from './events-checks.ts';

const URL = 'http://127.0.0.1:9/';

test('destinations that take what they are sent are one line, those that a person paused are counted', () => {
  const paused = sampleSubscription(URL, { paused: true, state: 'paused' });
  const archived = sampleSubscription(URL, { active: false, state: 'stopped' });
  expect(eventFindings([sampleSubscription(URL), paused, archived], false)).toMatchObject([
    { check: 'webhooks', state: 'ok', words: expect.stringMatching(/^2 subscriptions, 1 of them paused/) },
  ]);
});

test.each([
  ['failing', 'warning', /tried again/],
  ['paused', 'fault', /events are kept/],
  ['stopped', 'fault', /410 Gone/],
] as const)('a destination that is %s is named', (state, worth, words) => {
  const [, ...found] = eventFindings([sampleSubscription(URL, { state })], false);
  expect(found).toMatchObject([
    { check: 'webhook 7', state: worth, words: expect.stringMatching(words), cure: expect.any(String) },
  ]);
});

test('rules that are not as they must be are a warning', () => {
  expect(eventFindings([], true)).toMatchObject([{ check: 'webhooks', state: 'warning' }]);
});
