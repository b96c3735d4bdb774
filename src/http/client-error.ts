import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { REQUEST_ID_HEADER } from './answer.ts';
import type { Problem } from './problem.ts';
import { problemMembers } from './problem.ts';

const TOO_LATE: Problem = {
  status: 408,
  code: 'request-timeout',
  detail: 'The request did not arrive in time.',
};
const TOO_LONG: Problem = {
  status: 431,
  code: 'head-too-large',
  detail: 'The head of the request is too long.',
};

/** What is told of a request that is no valid HTTP. */
export const MALFORMED: Problem = {
  status: 400,
  code: 'malformed-request',
  detail: 'The request is no valid HTTP.',
};

const PROBLEM_OF_CODE: ReadonlyMap<string, Problem> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', TOO_LATE],
  ['HPE_HEADER_OVERFLOW', TOO_LONG],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { ...MALFORMED, status: 413 }],
]);

export type RefusalParts = { nextRequestId: () => string; common: Readonly<Record<string, string>> };

/** Answers what Node could not read as a request (too slow, too long a head, no HTTP at all), and ends it. */
export function createConnectionRefusal({ nextRequestId, common }: RefusalParts) {
  return (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (!socket.writable || error.code === 'ECONNRESET' || isAmidAnswer(socket)) {
      socket.destroy();
      return;
    }
    const problem = PROBLEM_OF_CODE.get(error.code ?? '') ?? MALFORMED;
    const requestId = nextRequestId();
    const body = JSON.stringify(problemMembers(problem, requestId));
    const headers = {
      ...common,
      [REQUEST_ID_HEADER]: requestId,
      'content-type': 'application/problem+json',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n`;
    socket.end(head + body, () => socket.destroy());
  };
}

/** Another head in the middle of an answer would be read as a part of it. Node keeps the answer under way at the socket. */
function isAmidAnswer(socket: Duplex): boolean {
  if (!('_httpMessage' in socket)) return false;
  const { _httpMessage: answer } = socket;
  return answer instanceof ServerResponse && answer.headersSent;
}
