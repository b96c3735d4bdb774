import { connect, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';

/** What a generator is sent as a message, one at a time, after being forked with `serialization: 'advanced'`. */
export type LoadOrder = {
  port: number;
  /** Kept-alive connections, each with one request under way. */
  connections: number;
  /** Whole HTTP/1.1 requests; each is sent once, in this order. */
  requests: readonly string[];
  /** The run ends after this time (ms) even when requests are left. */
  maxMs: number;
};

/** What it sends back for each order. It ends when it is disconnected. */
export type LoadResult = {
  answered: number;
  /** Positions in `requests` that were answered with 2xx. */
  acknowledged: number[];
  /** Connections that broke, and answers that could not be read. */
  errors: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
};

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
const NS_PER_MS = 1e6;

process.on('message', (order: LoadOrder) => {
  void generateLoad(order).then((result) => process.send?.(result));
});

/**
 * Sends requests as fast as they are answered, in a process of its own, so that this work is not the server's.
 * Plain sockets instead of an HTTP client: a client costs as much as the server it measures.
 */
async function generateLoad({ port, connections, requests, maxMs }: LoadOrder): Promise<LoadResult> {
  const histogram = createHistogram();
  const acknowledged: number[] = [];
  let sent = 0;
  let answered = 0;
  let errors = 0;
  const startedMs = performance.now();

  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      let position = 0;
      let sentAtMs = 0;
      let received = '';
      const next = () => {
        const request = performance.now() - startedMs < maxMs ? requests[sent] : undefined;
        if (request === undefined) return void socket.end();
        position = sent;
        sent += 1;
        received = '';
        sentAtMs = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true).setEncoding('latin1');
      socket.on('connect', next);
      socket.on('data', (chunk: string) => {
        received += chunk;
        const answer = readAnswer(received);
        if (answer === 'incomplete') return;
        if (answer === 'unreadable') return void socket.destroy(new Error('unreadable answer'));
        histogram.record(Math.max(1, Math.round((performance.now() - sentAtMs) * NS_PER_MS)));
        answered += 1;
        if (answer.startsWith('2')) acknowledged.push(position);
        next();
      });
      socket.on('error', () => {
        errors += 1;
      });
      socket.on('close', () => resolve());
    });

  await Promise.all(Array.from({ length: connections }, () => drive(connect({ host: '127.0.0.1', port }))));
  return {
    answered,
    acknowledged,
    errors,
    seconds: (performance.now() - startedMs) / 1_000,
    p50Ms: histogram.percentile(50) / NS_PER_MS,
    p99Ms: histogram.percentile(99) / NS_PER_MS,
    maxMs: histogram.max / NS_PER_MS,
  };
}

/**
 * The status of a whole answer; one byte is one character here. The last chunk is looked for at the end only, which is
 * enough for the short answers of a bench.
 */
function readAnswer(received: string): string {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return 'incomplete';
  if (!received.startsWith('HTTP/1.1 ')) return 'unreadable';
  const head = received.slice(0, headEnd);
  const status = received.slice(9, 12);
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    return received.endsWith(LAST_CHUNK) ? status : 'incomplete';
  }
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) return 'unreadable';
  return received.length < headEnd + HEAD_END.length + Number(length) ? 'incomplete' : status;
}
