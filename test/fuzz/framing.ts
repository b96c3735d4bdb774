import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { bytesOf, lengthHeader, withHeaders, without } from './attack.ts';
import type { Trick } from './heads.ts';
import { CANARY } from './secrets.ts';

const MOST_PIPELINED = 40;
const BOMB_BYTES = 64 * 1_048_576;
/** What is small on the wire and 64 MiB when somebody inflates it. */
const BOMBS: readonly (readonly [string, Buffer])[] = [
  ['gzip', gzipSync(Buffer.alloc(BOMB_BYTES, ' '))],
  ['deflate', deflateSync(Buffer.alloc(BOMB_BYTES, ' '))],
  ['br', brotliCompressSync(Buffer.alloc(BOMB_BYTES, ' '))],
  ['zstd', zstdCompressSync(Buffer.alloc(BOMB_BYTES, ' '))],
  ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(BOMB_BYTES, ' ')))],
];

const truncated: Trick = (dice, request) => {
  const bytes = bytesOf(request);
  const packets = [bytes.subarray(0, dice.int(bytes.length))];
  return { trick: 'truncated', packets, requests: 1, ending: dice.pick(['half-close', 'reset']) };
};

const leaving: Trick = (dice, request) => {
  return {
    trick: 'left alone',
    packets: [bytesOf(request)],
    requests: 1,
    ending: dice.pick(['half-close', 'reset']),
  };
};

const wrongLength: Trick = (dice, request) => {
  const { length } = request.body;
  const lies = [
    length - 1,
    length + 1,
    0,
    -1,
    '',
    'abc',
    '0x10',
    '1e3',
    '9'.repeat(30),
    `${length}, ${length}`,
    `+${length}`,
  ];
  const bare = without('content-length', request);
  const lie = lengthHeader(dice.pick(lies));
  const lied = dice.chance(0.7) ? withHeaders(bare, lie) : withHeaders(request, lie);
  return { trick: 'wrong length', packets: [bytesOf(lied)], requests: 1, ending: 'part' };
};

const chunked: Trick = (dice, request) => {
  const bare = withHeaders(without('content-length', request), ['transfer-encoding', 'chunked']);
  const size = request.body.length.toString(16);
  const sizes = [
    size,
    size.toUpperCase(),
    `0${size}`,
    `${size};x=${CANARY}`,
    `${size};${'y'.repeat(20_000)}`,
  ];
  const wrong = ['-1', '0x5', 'ffffffffffffffffff', 'zz', '', ' ', `${size} `, '7fffffffffffffff'];
  const first = dice.pick([...sizes, ...wrong]);
  const end = dice.pick([
    '\r\n0\r\n\r\n',
    '\r\n0\r\n\r\n',
    '\r\n0\r\nx-trailer: 1\r\n\r\n',
    '\n0\n\n',
    '0\r\n',
    '\r\n0\r\n',
    '',
  ]);
  const body = Buffer.concat([Buffer.from(`${first}\r\n`), request.body, Buffer.from(end)]);
  return { trick: 'chunked', packets: [bytesOf({ ...bare, body })], requests: 1, ending: 'part' };
};

const manyChunks: Trick = (_dice, request) => {
  const bare = withHeaders(without('content-length', request), ['transfer-encoding', 'chunked']);
  const bytes = [...request.body.subarray(0, 5_000)].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`);
  const body = Buffer.from(`${bytes.join('')}0\r\n\r\n`, 'latin1');
  return { trick: 'one byte a chunk', packets: [bytesOf({ ...bare, body })], requests: 1, ending: 'part' };
};

/** Two ways to see where a request ends, with another request in between. */
const smuggled: Trick = (dice, request) => {
  const codings = [
    'chunked',
    'identity',
    'chunked, identity',
    'xchunked',
    'chunked\t',
    '"chunked"',
    'chunked, chunked',
  ];
  const names = ['transfer-encoding', 'Transfer-Encoding ', ' transfer-encoding', 'x\r\ntransfer-encoding'];
  const inner = 'GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\nx-forwarded-for: 127.0.0.1\r\n\r\n';
  const body = Buffer.from(`0\r\n\r\n${inner}`);
  const both = withHeaders({ ...without('content-length', request), body }, lengthHeader(body.length));
  const lied = withHeaders(both, [dice.pick(names), dice.pick(codings)]);
  return { trick: 'smuggled', packets: [bytesOf(lied)], requests: 2, ending: 'part' };
};

const bomb: Trick = (dice, request) => {
  const [coding, body] = dice.pick(BOMBS);
  const bare = without('content-length', { ...request, method: 'POST', body: body.subarray(0, 300_000) });
  const bombing = withHeaders(bare, lengthHeader(bare.body.length), ['content-encoding', coding]);
  return {
    trick: 'compressed bomb',
    packets: [bytesOf(bombing)],
    requests: 1,
    ending: 'part',
    mustRefuse: true,
  };
};

const pipelined: Trick = (dice, request) => {
  const bytes = bytesOf(request);
  const requests = bytes.length > 20_000 ? 1 : 2 + dice.int(MOST_PIPELINED);
  return { trick: 'pipelined', packets: Array<Buffer>(requests).fill(bytes), requests, ending: 'part' };
};

/** Rubbish right behind a whole request: its answer must not be mixed with the one to the rubbish. */
const followed: Trick = (dice, request) => {
  const packets = [Buffer.concat([bytesOf(request), dice.bytes(1 + dice.int(100))])];
  return { trick: 'rubbish behind', packets, requests: 1, ending: 'part' };
};

/** What may be wrong with where a request begins and ends. */
export const FRAMING_TRICKS: readonly Trick[] = [
  ...[truncated, leaving, wrongLength, chunked, chunked, manyChunks, smuggled, bomb, pipelined, followed],
];
