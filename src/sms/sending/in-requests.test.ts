import { expect, test } from 'vitest';
import { sampleAccount } from '../../../fixtures/sms-samples.ts';
import { inRequests } from './in-requests.ts';

const { sending } = sampleAccount();

function sms(n: number, id: number, country: string | null, api: 'rest' | 'messaging' = 'rest') {
  return { n, routing: { account: { id, sending: { ...sending, api } }, country } };
}

const numbers = (requests: { n: number }[][]) => requests.map((request) => request.map(({ n }) => n));

test('a request holds messages of one account to one country, in their order', () => {
  const batch = [sms(1, 1, 'DK'), sms(2, 1, 'SE'), sms(3, 2, 'DK'), sms(4, 1, 'DK'), sms(5, 1, null)];
  expect(numbers(inRequests(batch, 500))).toEqual([[1, 4], [2], [3], [5]]);
});

test('a request to the messaging API, which names no cost, holds all countries of one account', () => {
  const batch = [sms(1, 1, 'DK', 'messaging'), sms(2, 1, 'SE', 'messaging'), sms(3, 2, 'DK', 'messaging')];
  expect(numbers(inRequests(batch, 500))).toEqual([[1, 2], [3]]);
});

test('a request holds no more messages than it may', () => {
  const batch = [1, 2, 3, 4, 5].map((n) => sms(n, 1, 'DK'));
  expect(numbers(inRequests(batch, 2))).toEqual([[1, 2], [3, 4], [5]]);
});

test('nothing to send is no request', () => {
  expect(inRequests([], 500)).toEqual([]);
});
