import { describe, expect, test } from 'vitest';
import { DEFAULT_SENDING, type SendingOptions } from '../accounts/sending-options.ts';
import { messagingApi } from './messaging-api.ts';
import type { OutgoingSms, ProviderAnswer } from './sending-api.ts';

const ULID = '01JNN696A9E0WS89FPYGT15NBX';

function sms(n: number, content = 'Hello'): OutgoingSms {
  return { userref: `ref-${n}`, msisdn: `451000000${n}`, content };
}

function account(sending: Partial<SendingOptions> = {}, baseUrl = 'https://gatewayapi.eu') {
  return { baseUrl, token: 'token', sender: 'Shop', sending: { ...DEFAULT_SENDING, ...sending } };
}

function read(status: number, body: unknown, messages: OutgoingSms[] = [sms(1), sms(2)]) {
  const answer: ProviderAnswer = {
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    retryAfterMs: null,
  };
  return messagingApi.read(answer, messages);
}

const taken = (n: number, changes: object = {}) => ({
  msg_id: `${ULID}-${n}`,
  recipient: Number(sms(n).msisdn),
  reference: `ref-${n}`,
  ...changes,
});
const accepted = (n: number) => ({ kind: 'accepted', messageId: `${ULID}-${n}` });

describe('a request', () => {
  test.each([
    ['https://gatewayapi.eu', 'https://messaging.gatewayapi.eu/mobile/multi'],
    ['https://gatewayapi.com/', 'https://messaging.gatewayapi.com/mobile/multi'],
    ['https://messaging.gatewayapi.eu', 'https://messaging.gatewayapi.eu/mobile/multi'],
    ['http://127.0.0.1:8090', 'http://127.0.0.1:8090/mobile/multi'],
  ])('of an account at %s goes to %s', (baseUrl, url) => {
    expect(messagingApi.url(account({}, baseUrl)).href).toBe(url);
  });

  test('names number and reference of each message, and no address for reports', () => {
    expect(JSON.parse(messagingApi.write(account(), [sms(1), sms(2, 'Привет')]))).toEqual({
      messages: [
        { sender: 'Shop', recipient: 4510000001, message: 'Hello', reference: 'ref-1' },
        { sender: 'Shop', recipient: 4510000002, message: 'Привет', reference: 'ref-2' },
      ],
    });
  });

  test('carries label and validity of the account', () => {
    const body = messagingApi.write(
      account({ label: 'shop', validityMinutes: 90, messageClass: 'premium' }),
      [sms(1)],
    );
    expect(JSON.parse(body).messages[0]).toEqual({
      sender: 'Shop',
      recipient: 4510000001,
      message: 'Hello',
      reference: 'ref-1',
      label: 'shop',
      expiration: 'PT90M',
    });
  });

  test.each([
    ['BULK', 'normal'],
    ['NORMAL', 'normal'],
    ['URGENT', 'urgent'],
    ['VERY_URGENT', 'urgent'],
  ] as const)('writes the priority %s as %s', (priority, written) => {
    expect(JSON.parse(messagingApi.write(account({ priority }), [sms(1)])).messages[0].priority).toBe(
      written,
    );
  });
});

describe('an acceptance', () => {
  test.each([202, 200])('with status %i gives each message its own id, in whatever order', (status) => {
    expect(read(status, { responses: [taken(2), taken(1)] })).toEqual({
      kind: 'each',
      outcomes: [accepted(1), accepted(2)],
    });
  });

  test('without references is matched by place and number', () => {
    const responses = [taken(1, { reference: null }), taken(2, { reference: undefined })];
    expect(read(202, { responses })).toEqual({ kind: 'each', outcomes: [accepted(1), accepted(2)] });
  });

  test('of another number in that place gives no message a foreign id', () => {
    const responses = [taken(2, { reference: null }), taken(1, { reference: null })];
    expect(read(202, { responses })).toMatchObject({
      outcomes: [{ kind: 'unknown' }, { kind: 'unknown' }],
    });
  });

  test('that says nothing of a message leaves its outcome unknown', () => {
    expect(read(202, { responses: [taken(1)] })).toMatchObject({
      outcomes: [accepted(1), { kind: 'unknown' }],
    });
    expect(read(202, { responses: [taken(1), taken(2, { msg_id: null })] })).toMatchObject({
      outcomes: [accepted(1), { kind: 'unknown' }],
    });
  });

  test.each([
    [{ error: { code: '0x0215', message: 'MSISDN blacklisted' } }, 'GatewayAPI: MSISDN blacklisted (0x0215)'],
    [{ code: '0x0215', message: 'MSISDN blacklisted' }, 'GatewayAPI: MSISDN blacklisted (0x0215)'],
  ])('with an error in the place of an id is a refusal of that message: %j', (error, words) => {
    expect(read(202, { responses: [taken(1), taken(2, { msg_id: undefined, ...error })] })).toMatchObject({
      outcomes: [accepted(1), { kind: 'refused', failureType: 'sms_not_allowed', words }],
    });
  });

  test('stays one when its answer is cut off', () => {
    expect(read(202, '{"responses":[{"msg_id":"01J')).toEqual({ kind: 'accepted', ids: [] });
  });

  test.each(['<html>Welcome to the hotel</html>', ''])('is none when it says %j', (body) => {
    expect(read(202, body).kind).toBe('unknown');
  });
});

describe('a refusal', () => {
  const invalid = (...detail: object[]) => read(422, { detail });

  test('that lists invalid messages is about them alone', () => {
    const outcome = invalid(
      { loc: ['body', 'messages', 1, 'recipient'], msg: 'value is not a phone number', type: 'value_error' },
      { loc: ['body', 'messages', 1, 'message'], msg: 'too short', type: 'string_too_short' },
    );
    expect(outcome).toEqual({
      kind: 'invalid',
      messages: new Map([
        [
          1,
          {
            kind: 'refused',
            failureType: 'sms_number_format',
            words: 'GatewayAPI: recipient: value is not a phone number',
          },
        ],
      ]),
    });
  });

  test.each(['sender', 'label', 'priority', 'expiration'])(
    'of the %s is about the account, however many messages it lists',
    (field) => {
      expect(invalid({ loc: ['body', 'messages', 0, field], msg: 'wrong', type: 'value_error' })).toEqual({
        kind: 'refused',
        scope: 'account',
        failureType: 'sms_server',
        words: `GatewayAPI: ${field}: wrong`,
        suspects: [],
      });
    },
  );

  test.each([
    ['a place that the request does not have', { loc: ['body', 'messages', 7, 'recipient'], msg: 'wrong' }],
    ['no place', { loc: ['body', 'messages'], msg: 'wrong' }],
  ])('that names %s is about one message among others', (_what, detail) => {
    expect(invalid(detail)).toMatchObject({ kind: 'refused', scope: 'message', failureType: 'unknown' });
  });

  test('with a documented code means what it means on the REST API', () => {
    const body = { code: '0x0216', incident_uuid: 'a', message: 'Insufficient credit', detail: [] };
    expect(read(403, body)).toMatchObject({ kind: 'refused', scope: 'account', failureType: 'sms_credit' });
  });

  test.each([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
  ])('with status %i and a mere description is of the token', (status, description) => {
    expect(read(status, { description, detail: [] })).toMatchObject({
      kind: 'refused',
      scope: 'account',
      failureType: 'sms_acc',
      words: `GatewayAPI: ${description}`,
    });
  });

  test('may have its detail as a text', () => {
    expect(read(404, { detail: 'Not Found' })).toMatchObject({
      scope: 'account',
      words: 'GatewayAPI: Not Found',
    });
  });
});

test('a fault of the service is tried again only when it says so itself', () => {
  expect(read(500, { code: '0x0201', incident_uuid: 'a', message: 'Unknown error' }).kind).toBe(
    'not-accepted',
  );
  expect(read(500, { description: 'Internal Server Error', detail: [] }).kind).toBe('unknown');
});
