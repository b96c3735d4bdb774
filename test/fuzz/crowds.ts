import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAnswers } from './answers.ts';
import { bytesOf, request } from './attack.ts';
import type { Dice } from './dice.ts';
import type { Ledger } from './ledger.ts';
import { CANARY, OURS } from './secrets.ts';

/** What a crowd is after (connections, memory, answers that pile up), and how many connections it has at a time. */
const CROWDS = [
  { crowd: 'slow heads', size: 200 },
  { crowd: 'slow bodies', size: 200 },
  { crowd: 'hoarded bodies', size: 40 },
  { crowd: 'slow readers', size: 3 },
  { crowd: 'silent', size: 100 },
] as const;
type Crowd = (typeof CROWDS)[number]['crowd'];

const DRIP_MS = 200;
const READ_ON_MS = 3_000;
const HOARDED_BYTES = 15_000_000;
const CHUNK = Buffer.alloc(65_536, `${CANARY} `);
/** Each is answered with a line for each of 2,000 SMS; together more than the buffers of a connection take. */
const UNREAD_REQUESTS = 40;
const UNREAD_SMS = 2_000;

type Member = { socket: Socket; received: string; isClosed: boolean };

/**
 * Many connections at once that keep the server waiting: it must have ended them when `patienceMs` are over. Returns how
 * many came.
 */
export async function sendCrowds(parts: {
  port: number;
  patienceMs: number;
  ledger: Ledger;
  dice: Dice;
}): Promise<number> {
  await Promise.all(CROWDS.map((crowd, index) => sendCrowd({ ...parts, ...crowd, network: 240 + index })));
  return CROWDS.reduce((sum, { size }) => sum + size, 0);
}

type CrowdParts = Parameters<typeof sendCrowds>[0] & { crowd: Crowd; size: number; network: number };

async function sendCrowd(parts: CrowdParts): Promise<void> {
  const { port, patienceMs, ledger, dice, crowd, size, network } = parts;
  const members = Array.from({ length: size }, (_, n) => join(port, `127.${network}.0.${1 + n}`, crowd));
  const untilMs = performance.now() + patienceMs;
  await Promise.all(members.map((member) => start(member, crowd)));
  while (performance.now() < untilMs && members.some(({ isClosed }) => !isClosed)) {
    if (crowd === 'slow heads' || crowd === 'slow bodies') for (const member of members) drip(member, dice);
    await sleep(DRIP_MS);
  }
  // Who does not read cannot see that he was let go of; if he was, the end follows on what was under way.
  if (crowd === 'slow readers') await readOn(members);
  for (const { socket, received, isClosed } of members) {
    socket.destroy();
    const read = readAnswers(received, { isHead: false, isClosed: true });
    if (read === 'unreadable') ledger.fault('unreadableAnswers', `a crowd of ${crowd}`);
    else for (const answer of read.answers) ledger.noteAnswer(answer, `a crowd of ${crowd}`);
    if (!isClosed) ledger.fault('slowHeld', `a crowd of ${crowd}`);
  }
}

function join(port: number, localAddress: string, crowd: Crowd): Member {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  const member: Member = { socket, received: '', isClosed: false };
  socket.on('close', () => {
    member.isClosed = true;
  });
  // Ended by the server: that is what is waited for.
  socket.on('error', () => {});
  if (crowd === 'slow readers') socket.pause();
  else
    socket.setEncoding('latin1').on('data', (text: string) => {
      member.received += text;
    });
  return member;
}

async function readOn(members: readonly Member[]): Promise<void> {
  for (const { socket } of members) socket.resume();
  const untilMs = performance.now() + READ_ON_MS;
  while (performance.now() < untilMs && members.some(({ isClosed }) => !isClosed)) await sleep(DRIP_MS);
}

async function start({ socket }: Member, crowd: Crowd): Promise<void> {
  switch (crowd) {
    case 'slow heads':
      return void socket.write('POST /gatewayapi/dlr HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
    case 'slow bodies':
      return void socket.write(slowBody('/gatewayapi/dlr', 10_000));
    case 'hoarded bodies':
      socket.write(slowBody('/api/sms/3/send', HOARDED_BYTES + 1));
      for (let sent = 0; sent < HOARDED_BYTES && !socket.destroyed; sent += CHUNK.length) {
        await new Promise((resolve) => socket.write(CHUNK, resolve));
      }
      return;
    case 'slow readers':
      return void socket.write(longAnswered().toString('latin1').repeat(UNREAD_REQUESTS));
    case 'silent':
      return;
  }
}

function longAnswered(): Buffer {
  const numbers = Array<object>(UNREAD_SMS).fill({ uuid: 'f'.repeat(32), number: '' });
  const params = { account_token: CANARY, dbuuid: OURS.id, messages: [{ content: '', numbers }] };
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, params }));
  return bytesOf(request({ method: 'POST', target: '/api/sms/3/send', body }));
}

function slowBody(target: string, length: number): string {
  return `POST ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${length}\r\n\r\n`;
}

function drip({ socket, isClosed }: Member, dice: Dice): void {
  if (!isClosed && socket.writable) socket.write(dice.pick(['x', ' ', '{', '"']));
}
