import { expect, test } from 'vitest';
import { startHttpEdge } from '../../../fixtures/http-edge.ts';
import type { Route } from '../../http/index.ts';
import type { RecordsDatabase } from '../database.ts';
import type { CallLine } from '../log/call-line.ts';
import { KEY, sampleEndpoint, sampleKey, UUID } from '../testing/sample-endpoint.ts';
import { createDoorkeeper } from './door.ts';
import type { Endpoint } from './endpoint.ts';
import { createEndpointFinder } from './find-endpoint.ts';
import { createEndpointPace } from './pace.ts';

const NOW_MS = Date.parse('2026-01-22T10:00:00Z');

type World = { endpoints?: readonly Endpoint[]; heldWords?: string | null; refusals?: number };

/** A door that answers with the name of the endpoint that it let in. */
async function startDoor({ endpoints = [sampleEndpoint()], heldWords = null, refusals = 100 }: World = {}) {
  const [lines, pace]: [CallLine[], ReturnType<typeof createEndpointPace>] = [[], createEndpointPace()];
  const database: RecordsDatabase = {
    ...{ id: 'uuid', name: 'main', series: 19, heldWords: () => heldWords },
    finder: async () => createEndpointFinder(endpoints),
    fields: async () => new Map(),
    acting: () => ({ call: async () => null }),
    findAction: async () => null,
    transact: async () => ({ kind: 'held' }),
    spend: (endpoint) => pace.spend(endpoint, NOW_MS),
    keep: (line) => void lines.push(line),
  };
  const doorkeeper = createDoorkeeper({
    ...{ databases: () => [database], nowMs: () => NOW_MS, newUuid: () => 'line' },
  });
  const route: Route = {
    ...{ method: 'POST', path: '/door/:uuid?' },
    rateLimit: { count: 'refusals', points: refusals, windowSeconds: 60 },
    async handle(c) {
      const key = c.req.header('x-key') ?? null;
      const { endpoint, tell } = await doorkeeper.enter(c, 'v1', { key, uuid: c.req.param('uuid') ?? null });
      tell({ method: 'create', model: 'res.partner', status: 200, records: 1, input: { password: 'p' } });
      return c.text(endpoint.name);
    },
  };
  const edge = await startHttpEdge([route]);
  return {
    lines,
    [Symbol.asyncDispose]: edge[Symbol.asyncDispose],
    async post(key: string | null, uuid = '') {
      const headers = key === null ? {} : { 'x-key': key };
      const answer = await fetch(`http://127.0.0.1:${edge.port}/door${uuid === '' ? '' : `/${uuid}`}`, {
        method: 'POST',
        headers,
      });
      const text = await answer.text();
      const retryAfter = answer.headers.get('retry-after');
      if (answer.status === 200) return { status: 200, text, code: '', detail: '', retryAfter };
      const { code, detail }: { code: string; detail: string } = JSON.parse(text);
      return { status: answer.status, text: '', code, detail, retryAfter };
    },
  };
}

test('who has the key is let in, and his call is one line without its secrets', async () => {
  await using door = await startDoor();
  expect(await door.post(KEY)).toMatchObject({ status: 200, text: 'Shop' });
  expect(door.lines).toEqual([
    {
      ...{ key: expect.stringMatching(/.:line$/), endpoint: 7, keyId: 1, at: '2026-01-22T10:00:00.000Z' },
      ...{ verb: 'POST', door: 'v1', method: 'create', model: 'res.partner', status: 200, outcome: 'ok' },
      ...{ errorCode: null, durationMs: 0, origin: '127.0.0.1', records: 1, output: '' },
      input: '{"password":"[redacted]"}',
    },
  ]);
});

test('a wrong key, a key that is over, an unknown address and another’s address are told the same, and leave no line', async () => {
  const other = sampleEndpoint({ id: 8, uuid: 'other', keys: [] });
  const over = sampleKey('over', { id: 2, expiresAt: '2026-01-22T09:59:59Z' });
  const endpoints = [sampleEndpoint({ keys: [sampleKey(KEY), over] }), other];
  await using door = await startDoor({ endpoints });
  const attempts = [
    ['wrong', ''],
    ['over', ''],
    [KEY, 'unknown'],
    [KEY, 'other'],
    [null, UUID],
    [null, ''],
  ] as const;
  const answers = await Promise.all(attempts.map(([key, uuid]) => door.post(key, uuid)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 401, code: 'unauthorized' });
  expect(door.lines).toEqual([]);
});

test('guesses are slowed down', async () => {
  await using door = await startDoor({ refusals: 3 });
  const statuses: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) statuses.push((await door.post(`guess ${turn}`)).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect((await door.post(KEY)).status).toBe(429);
});

test.each([
  ['is paused', { paused: true }, 403, 'endpoint-closed'],
  ['is archived', { active: false }, 403, 'endpoint-closed'],
  ['has expired', { expiresAt: '2026-01-22T10:00:00Z' }, 403, 'endpoint-closed'],
  ['takes calls of another network only', { networks: ['203.0.113.0/24'] }, 403, 'network-not-allowed'],
] as const)(
  'an endpoint that %s says so to who has its key, and to nobody else',
  async (_, parts, status, code) => {
    const own = { ...parts, networks: 'networks' in parts ? [...parts.networks] : [] };
    await using door = await startDoor({ endpoints: [sampleEndpoint(own)] });
    expect(await door.post(KEY, UUID)).toMatchObject({ status, code });
    expect(await door.post('wrong', UUID)).toMatchObject({ status: 401 });
    expect(door.lines).toMatchObject([{ status, errorCode: code, outcome: 'refused', keyId: 1 }]);
    await using open = await startDoor({ endpoints: [sampleEndpoint({ ...own, auth: 'public' })] });
    expect(await open.post(null, UUID)).toMatchObject({ status: 401 });
  },
);

test('a public endpoint lets in who has its address', async () => {
  await using door = await startDoor({ endpoints: [sampleEndpoint({ auth: 'public' })] });
  expect(await door.post(null, UUID)).toMatchObject({ status: 200 });
  expect(door.lines).toMatchObject([{ keyId: null, outcome: 'ok' }]);
});

test('an endpoint takes no more calls a minute than it allows', async () => {
  await using door = await startDoor({ endpoints: [sampleEndpoint({ ratePerMinute: 2 })] });
  const answers = [await door.post(KEY), await door.post(KEY), await door.post(KEY)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[2]).toMatchObject({ code: 'too-many-calls', retryAfter: '60' });
});

test('a held database takes no call, and says why', async () => {
  await using door = await startDoor({ heldWords: 'This is a copy.' });
  expect(await door.post(KEY)).toMatchObject({
    status: 503,
    code: 'database-held',
    detail: 'This is a copy.',
  });
  expect(door.lines).toMatchObject([{ outcome: 'failed' }]);
});
