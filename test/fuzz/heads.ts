import { type Attack, bytesOf, type Request, withHeaders, without } from './attack.ts';
import type { Dice } from './dice.ts';
import { CANARY, OTHER, OURS } from './secrets.ts';

/** How a request is sent after all; `trick` names what is odd about it. */
export type Sent = Pick<Attack, 'packets' | 'requests' | 'ending'> & { trick?: string; mustRefuse?: boolean };
export type Trick = (dice: Dice, original: Request) => Sent;

const strangeHeaders: Trick = (dice, request) => {
  const [name, value] = dice.pick(STRANGE_HEADERS);
  const headers = dice.chance(0.05) ? Array.from({ length: 3_000 }, (_, n) => [`x-${n}`, 'y'] as const) : [];
  const strange = withHeaders(request, [name, value], ...headers);
  return { trick: 'strange header', packets: [bytesOf(strange)], requests: 1, ending: 'part' };
};

const STRANGE_HEADERS: readonly (readonly [string, string])[] = [
  ...(
    ['evil.test', 'a b', '[::1', 'x:99999', '\xe9', '', '127.0.0.1/..', 'a@b', 'a\\b', '%00', '#'] as const
  ).map((host) => ['host', host] as const),
  ['x-request-id', `${CANARY}-chosen`],
  ['x-forwarded-for', Array(1_000).fill('127.0.0.1').join(',')],
  ['x-long', 'x'.repeat(20_000)],
  ['x-injected', `a\r\nx-request-id: ${CANARY}`],
  ['x-injected', 'a\nset-cookie: b'],
  ['x-nul', '\0'],
  ['x name', 'with a space'],
  ['', 'no name'],
  ['x-gwapi-signature', CANARY],
  ['x-gwapi-signature', ''],
  ['expect', '100-continue'],
  ['expect', `${CANARY}`],
  ['upgrade', 'websocket'],
  ['upgrade', 'h2c'],
  ['connection', 'upgrade, http2-settings'],
  ['connection', 'close'],
  ['connection', 'content-length, x-gwapi-signature'],
  ['keep-alive', 'timeout=999999'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', 'application/json; charset=utf-7'],
  ['content-encoding', 'gzip'],
  ['accept-encoding', 'gzip;q=1,*;q=9'],
  ['x-http-method-override', 'DELETE'],
  ['range', 'bytes=0-,0-,0-'],
  ['authorization', `Bearer ${CANARY}`],
  ['cookie', `a=${CANARY};`.repeat(300)],
  ['__proto__', 'x'],
  ['constructor', 'x'],
  ['te', 'trailers'],
];

const strangeVersion: Trick = (dice, request) => {
  const version = dice.pick([
    'HTTP/1.0',
    'HTTP/0.9',
    'HTTP/1.2',
    'HTTP/2.0',
    'http/1.1',
    'HTTP/1.1.1',
    '',
    CANARY,
  ]);
  const bytes = dice.pick([
    () => bytesOf({ ...request, version }),
    () => bytesOf({ ...without('host', request), version }),
    () => bytesOf(without('host', request)),
    () => Buffer.from(`GET ${request.target}\r\n`, 'latin1'),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => Buffer.concat([Buffer.from([0x16, 0x03, 0x01]), dice.bytes(200)]),
    () => dice.bytes(1 + dice.int(500)),
    () => Buffer.from(`\r\n\r\n\r\n${bytesOf(request).toString('latin1')}`, 'latin1'),
    () => Buffer.from(bytesOf(request).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  ])();
  return { trick: 'strange version', packets: [bytes], requests: 1, ending: 'part', mustRefuse: false };
};

const strangeMethod: Trick = (dice, request) => {
  const known = [
    'TRACE',
    'CONNECT',
    'OPTIONS',
    'QUERY',
    'PROPFIND',
    'PURGE',
    'M-SEARCH',
    'SOURCE',
    'UNLOCK',
    'DELETE',
  ];
  const method = dice.pick([
    ...known,
    'get',
    'Post',
    'GE',
    'FOO',
    `${'X'.repeat(1_000)}`,
    '\xc9',
    ' GET',
    'GET\0',
    '',
  ]);
  return {
    ...{ trick: 'strange method', packets: [bytesOf({ ...request, method })], requests: 1, ending: 'part' },
    // Asks for something else than the call that it was made of, which a right key may have done; a wrong one may not.
    ...(method === 'DELETE' && hasRightKey(request) ? { mustRefuse: false } : {}),
  };
};

const RIGHT_KEYS = [OURS, OTHER].map(({ recordKey }) => `Bearer ${recordKey}`);

function hasRightKey({ headers }: Request): boolean {
  return headers.some(([, value]) => RIGHT_KEYS.includes(value));
}

/** What may be wrong with the head of a request. */
export const HEAD_TRICKS: readonly Trick[] = [strangeHeaders, strangeHeaders, strangeVersion, strangeMethod];
