import { connect, createServer, type Socket } from 'node:net';

/** One side of an exchange, taken apart: the first line, the headers in small letters, and what follows them. */
export type Message = { firstLine: string; headers: Map<string, string>; body: Buffer };

/** A server on this machine that keeps the bytes of every request and answers with recorded bytes. */
export type RecordedUpstream = {
  port: number;
  origin: string;
  received: Message[];
  stop: () => Promise<void>;
};

/** Answers with `answer`; null means never. */
export async function startRecordedUpstream(answer: Buffer | null): Promise<RecordedUpstream> {
  const received: Message[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isComplete(bytes)) return;
      received.push(takeApart(bytes));
      if (answer !== null) socket.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Sends these bytes and gives what came back until the server closed, chunks put together. */
export async function exchange(port: number, request: string): Promise<Message> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => void socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks))).on('error', reject);
  });
  const message = takeApart(bytes);
  const isChunked = message.headers.get('transfer-encoding') === 'chunked';
  return isChunked ? { ...message, body: joinChunks(message.body) } : message;
}

/** A request as Odoo's `requests` library writes it, for a connection of its own. */
export function odooRequest(path: string, body: string, headers: readonly string[] = []): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: iap.test',
    'User-Agent: python-requests/2.32.3',
    'Accept-Encoding: gzip, deflate',
    'Accept: */*',
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}

function isComplete(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: *(\d+)/i.exec(bytes.subarray(0, end).toString('latin1'))?.[1];
  return bytes.length >= end + 4 + Number(length ?? 0);
}

function takeApart(bytes: Buffer): Message {
  const end = bytes.indexOf('\r\n\r\n');
  const [firstLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(':');
    return [name.toLowerCase(), value.join(':').trim()];
  });
  return { firstLine, headers: new Map(headers), body: bytes.subarray(end + 4) };
}

function joinChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, lineEnd).toString('latin1'), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
