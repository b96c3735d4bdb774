import { chmod, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { errorText, ViaductError } from '../errors.ts';
import { type OperatorParts, operate } from './operations.ts';
import { type OperatorReply, OperatorRequest } from './schema.ts';
import { operatorSocketPath } from './socket-path.ts';

export type OperatorSocketParts = OperatorParts & {
  journalPath: string;
  log: { info: (fields: object, message: string) => void; warn: (fields: object, message: string) => void };
};

const MOST_REQUEST_BYTES = 1_048_576;
const MOST_CONNECTIONS = 8;
const IDLE_MS = 60_000;

/**
 * Listens beside the journal for the commands of operators; one line of JSON asks, one answers. Never rejects: without
 * the socket, commands work only while Viaduct is stopped.
 */
export async function startOperatorSocket(parts: OperatorSocketParts): Promise<{ stop(): Promise<void> }> {
  const { journalPath, log } = parts;
  const path = operatorSocketPath(journalPath);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MOST_REQUEST_BYTES) socket.destroy();
      else if (text.endsWith('\n')) void reply(parts, text).then((line) => socket.end(`${line}\n`));
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  try {
    if (path === null) throw new ViaductError(tooLong(journalPath));
    // Left behind by a Viaduct that was killed: the journal is ours, so nobody else listens there.
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve);
    });
    await chmod(path, 0o600);
  } catch (error) {
    log.warn({ error: errorText(error) }, 'operators can use the journal only while viaduct is stopped');
  }
  return {
    async stop() {
      for (const socket of open) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function reply(parts: OperatorSocketParts, text: string): Promise<string> {
  const answered: OperatorReply = await answer(parts, text).catch((error: unknown) => ({
    error: {
      code: error instanceof ViaductError ? error.code : 'internal-error',
      message: error instanceof ViaductError ? error.message : 'The request was not understood.',
    },
  }));
  return JSON.stringify(answered);
}

async function answer(parts: OperatorSocketParts, text: string): Promise<OperatorReply> {
  const request = OperatorRequest.parse(JSON.parse(text));
  const done = await operate(parts, request);
  if (request.ask === 'replay' || request.ask === 'bury') {
    parts.log.info({ ask: request.ask, entries: done }, 'an operator changed the journal');
  }
  return { answer: done };
}

function tooLong(journalPath: string) {
  return {
    code: 'operator-socket',
    message: `${journalPath} is too long for a socket beside it. Set VIADUCT_JOURNAL_PATH to a shorter path.`,
    retry: 'after-config' as const,
  };
}
