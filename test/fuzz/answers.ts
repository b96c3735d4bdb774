/** One answer as it came. */
export type Answer = { status: number; requestId: string; body: string };

const HEAD_END = '\r\n\r\n';

/**
 * The whole answers in what was received (one character a byte), and what is left. `unreadable` when it is no HTTP:
 * two answers mixed into each other, or a length that is wrong.
 */
export function readAnswers(
  received: string,
  { isHead, isClosed }: { isHead: boolean; isClosed: boolean },
): { answers: Answer[]; rest: string } | 'unreadable' {
  const answers: Answer[] = [];
  let rest = received;
  while (rest !== '') {
    if (!rest.startsWith('HTTP/1.1 '.slice(0, rest.length))) return 'unreadable';
    const headEnd = rest.indexOf(HEAD_END);
    if (headEnd === -1) break;
    const head = rest.slice(0, headEnd);
    const status = Number(head.slice(9, 12));
    const after = rest.slice(headEnd + HEAD_END.length);
    // What is no request at all is told so in words, though it begins as HEAD.
    const isEmpty = (isHead && !after.startsWith('{')) || status === 204 || status === 304 || status < 200;
    const length = isEmpty ? 0 : bodyLength(head, after, isClosed);
    if (length === 'incomplete') break;
    if (length === 'unreadable') return 'unreadable';
    const requestId = /\r\nx-request-id: *([^\r\n]*)/i.exec(head)?.[1] ?? '';
    if (status >= 200) answers.push({ status, requestId, body: after.slice(0, length) });
    rest = after.slice(length);
  }
  return { answers, rest };
}

function bodyLength(head: string, after: string, isClosed: boolean): number | 'incomplete' | 'unreadable' {
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return chunkedLength(after);
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (declared === undefined) return isClosed ? after.length : 'incomplete';
  return after.length < Number(declared) ? 'incomplete' : Number(declared);
}

function chunkedLength(after: string): number | 'incomplete' | 'unreadable' {
  let at = 0;
  for (;;) {
    const lineEnd = after.indexOf('\r\n', at);
    if (lineEnd === -1) return 'incomplete';
    const size = Number.parseInt(after.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) return 'unreadable';
    at = lineEnd + 2 + size + 2;
    if (at > after.length) return 'incomplete';
    if (size === 0) return at;
  }
}
