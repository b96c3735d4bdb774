import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type SmsEdge,
  type SmsEdgeOptions,
  sampleDatabase,
  startSmsEdge,
} from '../../../fixtures/sms-edge.ts';
import { DATABASE, sampleAccount, smsUuid } from '../../../fixtures/sms-samples.ts';

let edge: SmsEdge | undefined;
afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

const database = () => sampleDatabase([sampleAccount()]);

async function started(options: SmsEdgeOptions = {}): Promise<SmsEdge> {
  edge = await startSmsEdge({ databases: [database()], ...options });
  return edge;
}

type Message = { content: string | false; numbers: { number: string | false; uuid: string }[] };

function message(
  n: number,
  number: string | false = '+45 12 34 56 78',
  content: string | false = 'Hello',
): Message {
  return { content, numbers: [{ number, uuid: smsUuid(n) }] };
}

/** What Odoo's `iap_jsonrpc` posts. */
function call(messages: readonly Message[], params: Record<string, unknown> = {}) {
  const common = { account_token: 'iap-token', dbuuid: DATABASE, webhook_url: 'http://odoo.test/sms/status' };
  return { jsonrpc: '2.0', method: 'call', params: { ...common, messages, ...params }, id: 'request-1' };
}

async function post({ url }: SmsEdge, body: unknown) {
  const response = await fetch(`${url}/api/sms/3/send`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, headers: response.headers, answer };
}

const kept = ({ journal }: SmsEdge) => journal.list({ limit: 100 });
const result = (lines: unknown[]) => ({ jsonrpc: '2.0', id: 'request-1', result: lines });

describe('SMS that Odoo hands over', () => {
  test('are answered as processing once they are in the journal, not to be looked at before Odoo can commit', async () => {
    const server = await started();
    const beforeMs = Date.now();
    const batch = {
      content: 'Hello',
      numbers: [
        { number: '+45 12 34 56 78', uuid: smsUuid(1) },
        { number: '87654321', uuid: smsUuid(2) },
      ],
    };
    const { status, answer } = await post(server, call([batch]));
    expect(status).toBe(200);
    expect(answer).toEqual(
      result([
        { uuid: smsUuid(1), state: 'processing' },
        { uuid: smsUuid(2), state: 'processing' },
      ]),
    );
    const entries = await kept(server);
    expect(entries.map(({ payload }) => JSON.parse(payload))).toEqual([
      {
        uuid: smsUuid(1),
        number: '+45 12 34 56 78',
        msisdn: '4512345678',
        content: 'Hello',
        iapAccountId: 1,
      },
      { uuid: smsUuid(2), number: '87654321', msisdn: '4587654321', content: 'Hello', iapAccountId: 1 },
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        database: DATABASE,
        queue: 'sms.send',
        dedupe: expect.stringMatching(`^${entry.key}:45\\d{8}$`),
        state: 'ready',
      });
      expect(entry.runAtMs).toBeGreaterThanOrEqual(beforeMs + 80);
    }
  });

  test('that come again are answered alike and kept once', async () => {
    const server = await started();
    await post(server, call([message(1)]));
    const { answer } = await post(server, call([message(1), message(2), message(2)]));
    expect(answer).toEqual(result([1, 2, 2].map((n) => ({ uuid: smsUuid(n), state: 'processing' }))));
    expect((await kept(server)).map(({ key }) => key)).toEqual([smsUuid(1), smsUuid(2)]);
  });

  test('are kept although somebody forged a send of their uuid to another number before', async () => {
    const server = await started();
    await post(server, call([message(1, '+45 87 65 43 21')]));
    await post(server, call([message(1)]));
    expect((await kept(server)).map(({ dedupe }) => dedupe)).toEqual([
      `${smsUuid(1)}:4587654321`,
      `${smsUuid(1)}:4512345678`,
    ]);
  });

  test('that come again after their end are not sent twice; Odoo is told that it is unknown', async () => {
    const server = await started();
    await post(server, call([message(1)]));
    const { token, entries } = await claimWhenDue(server);
    await server.journal.settle(
      token,
      entries.map(({ id }) => ({ id, step: 'complete' })),
    );
    const { answer } = await post(server, call([message(1)]));
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state: 'processing' }]));
    const told = (await kept(server)).filter(({ queue }) => queue === 'sms.state');
    expect(told.map(({ payload }) => JSON.parse(payload))).toMatchObject([
      { kind: 'unknown', uuid: smsUuid(1) },
    ]);
  });

  test('get 503 and Retry-After, all of them, while the journal is full', async () => {
    const server = await started({ journalBytes: 300_000 });
    const filler = { database: 'other', queue: 'filler', key: 'filler', payload: 'x'.repeat(2_000) };
    const fill = async () => {
      for (;;) await server.journal.append([filler]);
    };
    await expect(fill()).rejects.toMatchObject({ code: 'journal-full' });
    const { status, headers } = await post(server, call([message(1, '+4512345678', 'Text '.repeat(2_000))]));
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  async function claimWhenDue({ journal }: SmsEdge) {
    for (;;) {
      const claim = await journal.claim({
        database: DATABASE,
        queue: 'sms.send',
        limit: 10,
        leaseMs: 60_000,
      });
      if (claim.entries.length > 0) return claim;
    }
  }
});

describe('SMS that are known to be wrong at once', () => {
  let server: SmsEdge;
  beforeAll(async () => {
    server = await startSmsEdge({ databases: [database()] });
  });
  afterAll(() => server.stop());

  test.each([false, '', '   ', '+45 12', 'call me', '+4512345678901234'] as const)(
    'are refused with words for the number %j',
    async (number) => {
      const { answer } = await post(server, call([message(1, number)]));
      const reason = expect.stringContaining('The number');
      expect(answer).toEqual(
        result([{ uuid: smsUuid(1), state: 'wrong_number_format', failure_reason: reason }]),
      );
    },
  );

  test.each([
    ['no text', false, 'The SMS is empty. Write a text.'],
    ['only white space', ' \n', 'The SMS is empty. Write a text.'],
    [
      'too long a text',
      'x'.repeat(153 * 255 + 1),
      'The SMS is too long: 39016 characters, at most 39015 are allowed.',
    ],
    [
      'too many segments of other characters',
      '\u{1f4a9}'.repeat(9_000),
      'The SMS is too long: 269 segments, at most 255 are allowed.',
    ],
  ] as const)('are refused with words for %s', async (_what, content, state) => {
    const { answer } = await post(server, call([message(1, '+4512345678', content)]));
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state }]));
  });

  test.each([
    ['another token', { account_token: 'guess' }],
    ['no token', { account_token: false }],
    ['an empty token', { account_token: '' }],
  ])('are unregistered with %s', async (_what, params) => {
    const { answer } = await post(server, call([message(1)], params));
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state: 'unregistered' }]));
  });

  test('are refused in words when they come from another database', async () => {
    const { answer } = await post(await started(), call([message(1)], { dbuuid: 'other' }));
    const state = expect.stringMatching(/does not serve this database: it is a copy/);
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state }]));
  });

  test('leave nothing in the journal', async () => {
    await post(server, call([message(1, 'call me')]));
    expect(await kept(server)).toEqual([]);
  });

  test('do not take their neighbours along', async () => {
    const { answer } = await post(server, call([message(11, 'call me'), message(12), message(13, false)]));
    expect(answer).toMatchObject({
      result: [{ state: 'wrong_number_format' }, { state: 'processing' }, { state: 'wrong_number_format' }],
    });
    expect((await kept(server)).map(({ key }) => key)).toEqual([smsUuid(12)]);
  });

  test.each([
    ['no JSON', '{', 'not-json-rpc'],
    ['no JSON-RPC', {}, 'not-json-rpc'],
    ['no parameters', { jsonrpc: '2.0', id: 1 }, 'not-json-rpc'],
    [
      'a uuid that is none',
      call([{ content: 'Hello', numbers: [{ number: '+4512345678', uuid: '1' }] }]),
      'wrong-parameters',
    ],
    ['parameters of another kind', call([], { messages: 'Hello' }), 'wrong-parameters'],
  ])('are answered with 400 for %s', async (_what, body, code) => {
    expect(await post(server, body)).toMatchObject({ status: 400, answer: { code } });
  });
});

describe('SMS that nobody can send now', () => {
  test('fail with the reason for which their database is held', async () => {
    const held = sampleDatabase([sampleAccount()], { heldWords: 'This database is a copy.' });
    const server = await started({ databases: [held] });
    const { answer } = await post(server, call([message(1)]));
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state: 'This database is a copy.' }]));
    expect(await kept(server)).toEqual([]);
  });

  test('fail with the problem of their account', async () => {
    const faulty = sampleAccount({ problem: 'The API token is missing.' });
    const server = await started({ databases: [sampleDatabase([faulty])] });
    const { answer } = await post(server, call([message(1)]));
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state: 'The API token is missing.' }]));
  });

  test('are taken where one of several accounts may send them: only the company decides which', async () => {
    const accounts = [
      sampleAccount({ problem: 'The API token is missing.' }),
      sampleAccount({ id: 2, iapAccountId: 2, iapToken: 'second', country: null, countries: ['FR'] }),
    ];
    const server = await started({ databases: [sampleDatabase(accounts)] });
    const { answer } = await post(server, call([message(1), message(2, '06 12 34 56 78'), message(3, '12')]));
    expect(answer).toMatchObject(
      result([
        { uuid: smsUuid(1), state: 'processing' },
        { uuid: smsUuid(2), state: 'processing' },
        { uuid: smsUuid(3), state: 'wrong_number_format' },
      ]),
    );
  });

  test('are unregistered with the empty token of an account that has none', async () => {
    const server = await started({ databases: [sampleDatabase([sampleAccount({ iapToken: '' })])] });
    const { answer } = await post(server, call([message(1)], { account_token: '' }));
    expect(answer).toEqual(result([{ uuid: smsUuid(1), state: 'unregistered' }]));
  });

  test('are too many for one post', async () => {
    const server = await started({ environment: { VIADUCT_SMS_POST_MESSAGES: '2' } });
    expect(await post(server, call([message(1), message(2), message(3)]))).toMatchObject({
      status: 413,
      answer: { code: 'too-many-messages', detail: expect.stringContaining('sms.session.batch.size') },
    });
    expect(await kept(server)).toEqual([]);
  });

  test.each([
    ['recipients that are none', `[{"content":"x","numbers":[${'[],'.repeat(400)}0]}]`, 'too-many-messages'],
    ['messages that are none', `[${'0,'.repeat(400)}0]`, 'too-many-messages'],
    ['values', `[${'[],'.repeat(1_000_000)}0]`, 'too-many-values'],
  ])('are refused for too many %s before they are looked at', async (_what, messages, code) => {
    const server = await started({ environment: { VIADUCT_SMS_POST_MESSAGES: '100' } });
    const body = `{"jsonrpc":"2.0","params":{"messages":${messages}}}`;
    expect(await post(server, body)).toMatchObject({ status: 413, answer: { code } });
  });
});

test('no log line holds a text, a number or a token', async () => {
  const server = await started();
  const secrets = ['Words for Ida', '4512345678', 'iap-token', 'stranger'];
  const bodies = [
    call([message(1, '+4512345678', 'Words for Ida')]),
    call([message(2, '+4512345678', 'Words for Ida')], { account_token: 'stranger' }),
    call([{ content: 'Words for Ida', numbers: [{ number: '+4512345678', uuid: 'wrong' }] }]),
    `broken ${JSON.stringify(call([message(3, '+4512345678', 'Words for Ida')]))}`,
  ];
  for (const body of bodies) await post(server, body);
  expect(server.logged()).toContain('/api/sms/3/send');
  for (const secret of secrets) expect(server.logged()).not.toContain(secret);
});
