import { describe, expect, test } from 'vitest';
import { outcomeOfAnswer } from './errors.ts';

const HTML = '<html><body>Bad gateway</body></html>';

function outcome(status: number, body: unknown, retryAfterMs: number | null = null) {
  return outcomeOfAnswer({
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    retryAfterMs,
  });
}

function documented(code: string | undefined, message = 'Refused', variables: string[] = []) {
  return {
    ...(code === undefined ? {} : { code }),
    incident_uuid: '9f7c0a52-7a4e-4be0-8f0c-1c1a6c7d1e02',
    message,
    ...(variables.length === 0 ? {} : { variables }),
  };
}

describe('a documented error code', () => {
  test.each([
    ['0x0210', 401, 'account', 'sms_acc'],
    ['0x0211', 401, 'account', 'sms_acc'],
    ['0x0212', 401, 'account', 'sms_acc'],
    ['0x0213', 403, 'account', 'sms_acc'],
    ['0x0214', 403, 'message', 'sms_not_allowed'],
    ['0x0215', 403, 'message', 'sms_not_allowed'],
    ['0x0216', 403, 'account', 'sms_credit'],
    ['0x0217', 403, 'message', 'sms_country_not_supported'],
    ['0x0218', 422, 'account', 'sms_server'],
    ['0x0219', 403, 'account', 'sms_acc'],
    ['0x021A', 403, 'account', 'sms_acc'],
    ['0x021B', 403, 'account', 'sms_acc'],
    ['0x021C', 403, 'account', 'sms_acc'],
    ['0x021D', 403, 'account', 'sms_acc'],
    ['0x021F', 403, 'message', 'sms_not_allowed'],
    ['0x0220', 400, 'account', 'sms_server'],
    ['0x0221', 400, 'account', 'sms_server'],
    ['0x0222', 400, 'message', 'sms_server'],
    ['0x0223', 401, 'account', 'sms_acc'],
    ['0x0224', 401, 'account', 'sms_acc'],
    ['0x0225', 401, 'account', 'sms_acc'],
    ['0x0226', 401, 'account', 'sms_acc'],
    ['0x0229', 401, 'account', 'sms_acc'],
    ['0x022A', 403, 'account', 'sms_acc'],
    ['0x0310', 422, 'message', 'sms_server'],
    ['0x0311', 422, 'account', 'sms_server'],
    ['0x0312', 422, 'text', 'unknown'],
  ])('%s (%i) is a refusal of the %s, in Odoo %s', (code, status, scope, failureType) => {
    expect(outcome(status, documented(code, 'Refused'))).toEqual({
      kind: 'refused',
      scope,
      failureType,
      words: `GatewayAPI: Refused (${code})`,
      suspects: [],
    });
  });

  test('0x021E, a fault of the service itself (500), was not accepted and is tried again', () => {
    expect(outcome(500, documented('0x021E')).kind).toBe('not-accepted');
  });

  test('means the same in small letters', () => {
    expect(outcome(403, documented('0x022a'))).toMatchObject({ scope: 'account', failureType: 'sms_acc' });
  });

  test.each(['0x0999', 'constructor', '__proto__', ''])(
    '%j, known to nobody, counts as its status',
    (code) => {
      expect(outcome(422, documented(code))).toMatchObject({ scope: 'message', failureType: 'unknown' });
      expect(outcome(403, documented(code))).toMatchObject({ scope: 'account', failureType: 'sms_acc' });
    },
  );
});

describe('a refusal without a known code', () => {
  test.each([
    [400, 'message', 'unknown'],
    [413, 'message', 'unknown'],
    [422, 'message', 'unknown'],
    [401, 'account', 'sms_acc'],
    [403, 'account', 'sms_acc'],
    [404, 'account', 'sms_server'],
    [405, 'account', 'sms_server'],
    [410, 'account', 'sms_server'],
  ])('with status %i is one of the %s, in Odoo %s', (status, scope, failureType) => {
    const words = `GatewayAPI answered ${status}.`;
    expect(outcome(status, HTML)).toEqual({ kind: 'refused', scope, failureType, words, suspects: [] });
  });
});

describe('an answer that says that nothing was taken', () => {
  test.each([
    ['429 with words', 429, { message: 'Too many requests' }, null],
    ['429 as a page', 429, HTML, 30_000],
    ['408, the request never arrived', 408, '', null],
    ['503 with Retry-After', 503, HTML, 1_000],
    ['503 of GatewayAPI itself', 503, documented('0x0201'), null],
    ['500 of GatewayAPI itself', 500, documented('0x0201'), null],
    ['500 of GatewayAPI itself, without a code', 500, documented(undefined), null],
  ])('%s is tried again', (_what, status, body, retryAfterMs) => {
    expect(outcome(status, body, retryAfterMs)).toMatchObject({ kind: 'not-accepted', retryAfterMs });
  });
});

describe('an answer that proves nothing', () => {
  test.each([
    ['500 as a page', 500, HTML],
    ['500 without a body', 500, ''],
    ['500 with half a body', 500, '{"code":"0x0201","incident_uuid":"9f7c'],
    ['500 in the words of a proxy', 500, { message: 'Internal server error' }],
    ['502', 502, HTML],
    ['504 in the words of a proxy', 504, { message: 'Endpoint request timed out' }],
    ['503 of something in between', 503, HTML],
    ['a redirect', 302, ''],
    ['202', 202, { ids: [1] }],
  ])('%s has an unknown outcome', (_what, status, body) => {
    expect(outcome(status, body).kind).toBe('unknown');
  });
});

describe('the words', () => {
  test('have the variables filled in', () => {
    const body = documented('0x0213', 'Address %1 is not allowed for %2, %3', ['192.0.2.1', 'key 7']);
    expect(outcome(403, body)).toMatchObject({
      words: 'GatewayAPI: Address 192.0.2.1 is not allowed for key 7, %3 (0x0213)',
    });
  });

  test('have nothing filled in where variables are null', () => {
    const body = { ...documented('0x0216', 'No %1'), variables: null };
    expect(outcome(403, body)).toMatchObject({ words: 'GatewayAPI: No %1 (0x0216)' });
  });

  test('stay short, whatever the provider writes', () => {
    const { words } = { words: '', ...outcome(422, documented(undefined, 'long '.repeat(10_000))) };
    expect(words.length).toBeLessThan(400);
  });
});

describe('the suspects', () => {
  test.each([
    ['a number in the variables', 'MSISDN %1 blacklisted', ['4512345678'], ['4512345678']],
    ['a number in the text itself', 'Invalid MSISDN: +4512345678', [], ['4512345678']],
    ['several numbers', '%1 are duplicated', ['4512345678, 4587654321'], ['4512345678', '4587654321']],
    ['nobody, where only a country is named', 'Unauthorized destination: country %1', ['999'], []],
  ])('are %s', (_what, message, variables, suspects) => {
    expect(outcome(403, documented('0x0215', message, variables))).toMatchObject({ suspects });
  });
});
