import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, readAnswers } from './answers.ts';
import type { Attack } from './attack.ts';

/** What came of one attack. */
export type Outcome = {
  answers: readonly Answer[];
  /** Bytes that are no answer. */
  unreadable: boolean;
  /** A well-framed request that got no answer and no end of the connection in time. */
  unanswered: boolean;
};

/** Connections that one visitor opens one after the other, from one address. */
export type Visitor = {
  carryOut: (attack: Attack) => Promise<Outcome>;
  leave: () => void;
};

const ANSWER_MS = 20_000;
/** How long an answer to something that is hardly a request is waited for. */
const MOMENT_MS = 60;

/** A visitor with an address of its own (any in 127.0.0.0/8 is this machine; Linux). */
export function createVisitor({ port, address }: { port: number; address: string }): Visitor {
  let kept: Socket | null = null;

  function open(): Socket {
    if (kept?.writable) return kept;
    const socket = connect({ host: '127.0.0.1', port, localAddress: address, noDelay: true });
    socket.setEncoding('latin1');
    return socket;
  }

  async function carryOut(attack: Attack): Promise<Outcome> {
    const socket = open();
    kept = null;
    const outcome = await exchange(socket, attack);
    if (attack.ending === 'keep' && !outcome.unreadable && !outcome.unanswered) kept = socket;
    else socket.destroy();
    return outcome;
  }

  return { carryOut, leave: () => kept?.destroy() };
}

function exchange(socket: Socket, attack: Attack): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let received = '';
  let moment: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => finish({ isClosed: false, isLate: true }), ANSWER_MS);

  function finish({ isClosed, isLate = false }: { isClosed: boolean; isLate?: boolean }): void {
    clearTimeout(limit);
    clearTimeout(moment);
    for (const event of ['data', 'close', 'error']) socket.removeAllListeners(event);
    socket.on('error', () => {});
    const read = readAnswers(received, { isHead: attack.isHead, isClosed });
    const unanswered = isLate && attack.ending === 'keep';
    if (read === 'unreadable') resolve({ answers: [], unreadable: true, unanswered });
    else resolve({ answers: read.answers, unreadable: false, unanswered });
  }

  socket.on('data', (bytes: string) => {
    received += bytes;
    const read = readAnswers(received, { isHead: attack.isHead, isClosed: false });
    if (read === 'unreadable' || read.answers.length >= attack.requests) finish({ isClosed: false });
    else if (attack.ending === 'part') moment?.refresh();
  });
  // A connection that breaks is an answer too: the process itself is watched.
  socket.on('error', () => {});
  socket.on('close', () => finish({ isClosed: true }));
  void send(socket, attack).then(() => {
    if (attack.ending === 'part') moment = setTimeout(() => finish({ isClosed: false }), MOMENT_MS);
  });
  return promise;
}

async function send(socket: Socket, { packets, ending }: Attack): Promise<void> {
  for (const [index, packet] of packets.entries()) {
    if (socket.destroyed) return;
    if (packet.length > 0) await new Promise((resolve) => socket.write(packet, resolve));
    if (index < packets.length - 1) await sleep(0);
  }
  if (ending === 'half-close') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
}
